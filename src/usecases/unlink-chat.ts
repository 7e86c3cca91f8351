import type { Clock } from '../domain/clock.ts'
import type { Records } from '../store/store.ts'

/** False when the account has no such chat (any more). */
export type UnlinkChat = (input: { userId: string; chatId: string }) => Promise<boolean>

/** Nothing goes to this chat for this account any more; what waits for it ends as failed (`chat_unlinked`). */
export function unlinkChat(deps: { store: Pick<Records, 'unlinkChat'>; clock: Clock }): UnlinkChat {
  return ({ userId, chatId }) => deps.store.unlinkChat(userId, chatId, { nowMs: deps.clock.now() })
}
