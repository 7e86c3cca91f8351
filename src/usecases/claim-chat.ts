import type { User } from '../domain/account.ts'
import type { Chat } from '../domain/chat.ts'
import type { Clock } from '../domain/clock.ts'
import { normaliseCode } from '../domain/codes.ts'
import { newId } from '../domain/ids.ts'
import type { Random } from '../domain/random.ts'
import { Refusal } from '../domain/refusals.ts'
import type { Secrets } from '../domain/secrets.ts'
import type { Records, Store } from '../store/store.ts'
import type { CodeGuesses } from './code-guesses.ts'
import { networkOf } from './network-of.ts'

/**
 * An account enters the code that the bot gave to a chat. Refuses with `link_code_invalid`, and with `too_many_requests` when this
 * account or this address guessed wrong too often; then no code is looked up.
 */
export type ClaimChat = (input: {
  user: User
  code: string
  /** Where the request came from. */
  address: string
  /** Done in the same commit, after the link. It may run more than once, with one commit in the end. */
  also?: (records: Records, chat: Chat) => Promise<void>
}) => Promise<Chat>

/** Tells the chat whose it is now. Never rejects: the link stands whether the chat hears of it or not. */
export type AnnounceLink = (linked: { chat: Chat; user: User }) => Promise<void>

interface Deps {
  store: Pick<Store, 'transaction'>
  secrets: Pick<Secrets, 'hashCode'>
  clock: Clock
  random: Random
  guesses: { byAccount: CodeGuesses; byNetwork: CodeGuesses }
  announce: AnnounceLink
}

export function claimChat(deps: Deps): ClaimChat {
  return async ({ user, code, address, also }) => {
    const takeBack = countGuess(deps.guesses, user.id, networkOf(address))
    const chat = await claim(deps, { userId: user.id, code, also }).catch((error: unknown) => {
      takeBack()
      throw error
    })
    if (chat) {
      takeBack()
      // Telegram may be slow or away, and whoever entered the code does not wait for that.
      void deps.announce({ chat, user })
      return chat
    }
    throw new Refusal('link_code_invalid', {
      detail: 'For a new one write anything to the bot, in a group /start with its name.',
    })
  }
}

function countGuess(guesses: Deps['guesses'], userId: string, network: string): () => void {
  const seconds = Math.max(guesses.byAccount.secondsToWait(userId), guesses.byNetwork.secondsToWait(network))
  if (seconds > 0) {
    const detail = `Too many wrong codes; try again in ${seconds} s.`
    throw new Refusal('too_many_requests', { detail, retryAfterSeconds: seconds })
  }
  const counted = [guesses.byAccount.count(userId), guesses.byNetwork.count(network)]
  return () => counted.forEach((takeBack) => takeBack())
}

/** Answers undefined instead of throwing inside the transaction: a code that was good but cannot be used is used up all the same. */
async function claim(
  deps: Deps,
  { userId, code, also }: { userId: string; code: string; also: Parameters<ClaimChat>[0]['also'] },
): Promise<Chat | undefined> {
  const nowMs = deps.clock.now()
  const hash = deps.secrets.hashCode('chat-code', normaliseCode(code))
  return deps.store.transaction(async (records) => {
    const taken = await records.takeChatCode(hash, nowMs)
    if (!taken || !(await mayLink(records, userId, taken.peerId))) return undefined
    const chat = await records.linkChat({ id: newId('cht', deps), userId, peerId: taken.peerId, nowMs })
    await also?.(records, chat)
    return chat
  })
}

/** A chat code is given to a chat that is not linked, and never takes a private chat from the account that linked it meanwhile. */
async function mayLink(records: Records, userId: string, peerId: number): Promise<boolean> {
  const peer = await records.getPeer(peerId)
  const bot = peer && (await records.getBot(peer.botId))
  if (!bot || (bot.ownerId !== null && bot.ownerId !== userId)) return false
  if (peer.type !== 'private') return true
  return (await records.chatsOfPeer(peerId)).every(({ user }) => user.id === userId)
}
