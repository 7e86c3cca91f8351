import type { TelegramChat } from '../domain/chat.ts'
import type { Clock } from '../domain/clock.ts'
import { newChatCode, normaliseCode } from '../domain/codes.ts'
import type { Random } from '../domain/random.ts'
import type { Secrets } from '../domain/secrets.ts'
import type { Records } from '../store/store.ts'

export type OfferChatCode = (input: { botId: string; chat: TelegramChat }) => Promise<{
  /** As it is shown: `abcd-efgh-jkmn`. */
  code: string
  expiresAtMs: number
}>

/** Gives a chat a one-time code which its person enters in their account. Several may be valid at once; using one voids the others. */
export function offerChatCode(deps: {
  store: Pick<Records, 'createChatCode' | 'savePeer'>
  secrets: Pick<Secrets, 'hashCode'>
  clock: Clock
  random: Random
  /** Life of a code in milliseconds (`LINK_CODE_TTL`). */
  ttlMs: number
}): OfferChatCode {
  return async ({ botId, chat }) => {
    const peer = await deps.store.savePeer(botId, chat)
    const code = newChatCode(deps.random)
    const expiresAtMs = deps.clock.now() + deps.ttlMs
    const hash = deps.secrets.hashCode('chat-code', normaliseCode(code))
    await deps.store.createChatCode({ hash, peerId: peer.id, expiresAtMs })
    return { code, expiresAtMs }
  }
}
