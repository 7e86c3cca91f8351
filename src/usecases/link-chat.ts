import type { User } from '../domain/account.ts'
import type { TelegramChat } from '../domain/chat.ts'
import type { Clock } from '../domain/clock.ts'
import { looksLikeAccountCode, normaliseCode } from '../domain/codes.ts'
import { newId, randomText } from '../domain/ids.ts'
import type { Random } from '../domain/random.ts'
import type { Secrets } from '../domain/secrets.ts'
import type { Records, Store } from '../store/store.ts'
import type { CodeGuesses } from './code-guesses.ts'
import { moveSecretHash } from './confirm-move.ts'

export type LinkOutcome =
  | { result: 'linked'; accountName: string }
  /** It was this account's chat before; nothing changed. */
  | { result: 'already_linked'; accountName: string }
  /** The chat belongs to another account: put this question, and give the answer to `confirm-move` with the secret. */
  | { result: 'asks'; fromName: string; toName: string; secret: string; expiresAtMs: number }
  /** Wrong, used, expired, or of another bot: nobody learns which. */
  | { result: 'code_invalid' }
  /** Too many wrong codes came from this chat; this one was not looked at. */
  | { result: 'wait'; seconds: number }

/** What the chat sent as an account's code. */
export type LinkChat = (input: { botId: string; chat: TelegramChat; code: string }) => Promise<LinkOutcome>

interface Deps {
  store: Pick<Store, 'transaction'>
  secrets: Pick<Secrets, 'hashCode'>
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
    const outcome = await redeem(deps, botId, chat, normaliseCode(code)).catch((error: unknown) => {
      takeBack()
      throw error
    })
    if (outcome.result !== 'code_invalid') takeBack()
    return outcome
  }
}

async function redeem(deps: Deps, botId: string, chat: TelegramChat, code: string): Promise<LinkOutcome> {
  if (!looksLikeAccountCode(code)) return { result: 'code_invalid' }
  const hash = deps.secrets.hashCode('account-code', code)
  const nowMs = deps.clock.now()
  return deps.store.transaction(async (records) => {
    const peer = await records.savePeer(botId, chat)
    const links = await records.chatsOfPeer(peer.id)
    const taken = await records.takeAccountCode(botId, hash, nowMs, peer.id)
    if (!taken) {
      const used = await records.usedAccountCode(botId, hash, nowMs, peer.id)
      return ownLink(links, used?.userId) ?? { result: 'code_invalid' }
    }
    const own = ownLink(links, taken.userId)
    if (own) return own
    const account = await records.getUser(taken.userId)
    if (!account) return { result: 'code_invalid' }
    const owner = chat.type === 'private' ? links[0]?.user : undefined
    if (owner) return ask(deps, records, { peerId: peer.id, owner, to: account.user })
    const id = newId('cht', deps)
    await records.linkChat({ id, userId: taken.userId, peerId: peer.id, nowMs })
    return { result: 'linked', accountName: account.user.name }
  })
}

function ownLink(links: readonly { user: User }[], userId: string | undefined): LinkOutcome | undefined {
  const own = links.find(({ user }) => user.id === userId)
  return own && { result: 'already_linked', accountName: own.user.name }
}

async function ask(
  deps: Deps,
  records: Records,
  { peerId, owner, to }: { peerId: number; owner: User; to: User },
): Promise<LinkOutcome> {
  // 130 bits: as hard to guess as the code itself, and `mv:` with it stays far below the 64 bytes of callback data.
  const secret = randomText(deps.random, 26)
  const expiresAtMs = deps.clock.now() + deps.ttlMs
  const hash = moveSecretHash(deps.secrets, secret, owner.id)
  await records.createMove({ hash, peerId, toUserId: to.id, expiresAtMs })
  return { result: 'asks', fromName: owner.name, toName: to.name, secret, expiresAtMs }
}
