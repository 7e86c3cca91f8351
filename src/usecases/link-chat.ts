import type { User } from '../domain/account.ts'
import type { TelegramChat } from '../domain/chat.ts'
import type { Clock } from '../domain/clock.ts'
import { type LinkKey, readLinkKey } from '../domain/codes.ts'
import { newId } from '../domain/ids.ts'
import type { Random } from '../domain/random.ts'
import type { AccessTokens, Secrets } from '../domain/secrets.ts'
import type { Records, Store } from '../store/store.ts'
import type { CodeGuesses } from './code-guesses.ts'
import { moveSecretHash } from './confirm-move.ts'

export type LinkOutcome =
  | { result: 'linked'; accountName: string }
  /** It was this account's chat before; nothing changed. */
  | { result: 'already_linked'; accountName: string }
  /**
   * The chat belongs to another account: put this question (again, when the same code comes again), and give the answer to
   * `confirm-move` with the secret.
   */
  | { result: 'asks'; fromName: string; toName: string; secret: string; expiresAtMs: number }
  /** Wrong, used, expired, or of another bot: nobody learns which. */
  | { result: 'code_invalid' }
  /** Too many wrong codes came from this chat; this one was not looked at. */
  | { result: 'wait'; seconds: number }

/** `code` is what the chat sent to be linked by: anything that `readLinkKey` reads. */
export type LinkChat = (input: { botId: string; chat: TelegramChat; code: string }) => Promise<LinkOutcome>

interface Deps {
  store: Pick<Store, 'transaction'>
  secrets: Pick<Secrets, 'hashCode'>
  accessTokens: Pick<AccessTokens, 'verify'>
  clock: Clock
  random: Random
  /** Counted by chat. */
  guesses: CodeGuesses
  /** Life of the question whether to move a chat, in milliseconds (`LINK_CODE_TTL`). */
  ttlMs: number
}

/**
 * A chat redeems an account's code. A private chat that belongs to another account is not moved but asked about, because whoever
 * can make a person press a link must not be able to redirect that person's messages.
 */
export function linkChat(deps: Deps): LinkChat {
  return async ({ botId, chat, code }) => {
    const guesser = `${botId} ${chat.telegramChatId}`
    const seconds = deps.guesses.secondsToWait(guesser)
    if (seconds > 0) return { result: 'wait', seconds }
    const takeBack = deps.guesses.count(guesser)
    const outcome = await redeem(deps, botId, chat, readLinkKey(code)).catch((error: unknown) => {
      takeBack()
      throw error
    })
    if (outcome.result !== 'code_invalid') takeBack()
    return outcome
  }
}

async function redeem(deps: Deps, botId: string, chat: TelegramChat, key: LinkKey | undefined): Promise<LinkOutcome> {
  const named = key?.kind === 'access_token' ? await deps.accessTokens.verify(key.token) : undefined
  const code = key && codeOf(key, named)
  if (code === undefined) return { result: 'code_invalid' }
  const hash = accountCodeHash(deps.secrets, code)
  const nowMs = deps.clock.now()
  return deps.store.transaction(async (records) => {
    const peer = await records.savePeer(botId, chat)
    const links = await records.chatsOfPeer(peer.id)
    const owner = chat.type === 'private' ? links[0]?.user : undefined
    if (named) await admitSession(records, { botId, hash, nowMs, named })
    // Whoever shows an access token or a link token has no other way to say where messages shall go.
    const makesDefault = key?.kind !== 'code'
    const question = owner && { peerId: peer.id, owner, secret: questionSecret(deps.secrets, code), makesDefault }
    const taken = await records.takeAccountCode(botId, hash, nowMs, peer.id)
    if (!taken) {
      const used = await records.usedAccountCode(botId, hash, nowMs, peer.id)
      const again = ownLink(links, used?.userId) ?? (question && (await askAgain(deps, records, question)))
      return again ?? { result: 'code_invalid' }
    }
    const own = links.find(({ user }) => user.id === taken.userId)
    if (own && makesDefault) await records.setDefaultChat(taken.userId, own.chat.id)
    if (own) return { result: 'already_linked', accountName: own.user.name }
    const account = await records.getUser(taken.userId)
    if (!account) return { result: 'code_invalid' }
    if (question) return ask(deps, records, question, account.user)
    const id = newId('cht', deps)
    await records.linkChat({ id, userId: taken.userId, peerId: peer.id, nowMs })
    if (makesDefault) await records.setDefaultChat(taken.userId, id)
    // This person has chosen the account: what they were given before to enter in one must not link the chat after an unlink.
    if (chat.type === 'private') await records.voidChatCodes(peer.id)
    return { result: 'linked', accountName: account.user.name }
  })
}

interface NamedSession {
  sessionId: string
  userId: string
}

/** What is hashed. Of an access token it is the session, so that no other form of the same token is a second one. */
function codeOf(key: LinkKey, named: NamedSession | undefined): string | undefined {
  if (key.kind === 'access_token') return named && sessionCode(named.sessionId)
  return key.kind === 'code' ? key.code : key.uuid
}

function sessionCode(sessionId: string): string {
  return `session ${sessionId}`
}

function accountCodeHash(secrets: Pick<Secrets, 'hashCode'>, code: string): string {
  return secrets.hashCode('account-code', code)
}

/** The hash of the account code that there is once a session's access token was shown to a bot which may link by it. */
export function sessionCodeHash(secrets: Pick<Secrets, 'hashCode'>, sessionId: string): string {
  return accountCodeHash(secrets, sessionCode(sessionId))
}

/**
 * An access token links one chat and no second one, so it becomes a code when it is first shown: good while its session is, and
 * only to a bot that may carry the account's messages.
 */
async function admitSession(
  records: Records,
  { botId, hash, nowMs, named }: { botId: string; hash: string; nowMs: number; named: NamedSession },
): Promise<void> {
  const { userId, sessionId } = named
  const session = (await records.getSession(sessionId))?.session
  const bot = await records.getBot(botId)
  const isAlive = session?.userId === userId && session.expiresAtMs > nowMs
  const mayCarry = bot !== undefined && (bot.ownerId === null || bot.ownerId === userId)
  if (!isAlive || !mayCarry) return
  await records.createAccountCode({ hash, userId, botId, expiresAtMs: session.expiresAtMs })
}

function ownLink(links: readonly { user: User }[], userId: string | undefined): LinkOutcome | undefined {
  const own = links.find(({ user }) => user.id === userId)
  return own && { result: 'already_linked', accountName: own.user.name }
}

/** To whom a private chat belongs, and what its buttons would carry. */
interface Question {
  peerId: number
  owner: User
  secret: string
  /** Whether messages go to the chat once it is moved. */
  makesDefault: boolean
}

/**
 * The same code asks by the same secret, so that the question can be put again without a second one being open. 256 bits under our
 * key: who knows the code does not know it, and `mv:` with its 43 characters stays below the 64 bytes of callback data.
 */
function questionSecret(secrets: Pick<Secrets, 'hashCode'>, code: string): string {
  return secrets.hashCode('move', code)
}

async function ask(deps: Deps, records: Records, question: Question, to: User): Promise<LinkOutcome> {
  const { peerId, owner, secret } = question
  const expiresAtMs = deps.clock.now() + deps.ttlMs
  const hash = questionHash(deps, question)
  await records.createMove({ hash, peerId, toUserId: to.id, expiresAtMs })
  return { result: 'asks', fromName: owner.name, toName: to.name, secret, expiresAtMs }
}

function questionHash({ secrets }: Deps, { owner, secret, makesDefault }: Question): string {
  return moveSecretHash(secrets, { secret, ownerId: owner.id, makesDefault })
}

/** The question that this code put before, while it is open; undefined when there is none. */
async function askAgain(deps: Deps, records: Records, question: Question): Promise<LinkOutcome | undefined> {
  const { peerId, owner, secret } = question
  const move = await records.findMove(questionHash(deps, question), peerId, deps.clock.now())
  const to = move && (await records.getUser(move.toUserId))?.user
  return to && { result: 'asks', fromName: owner.name, toName: to.name, secret, expiresAtMs: move.expiresAtMs }
}
