import type { Chat } from '../domain/chat.ts'
import { Refusal } from '../domain/refusals.ts'
import type { Records } from '../store/store.ts'

/** Refuses with `not_found` when the account has no such chat. */
export type GetChat = (input: { userId: string; chatId: string }) => Promise<Chat>

export function getChat(deps: { store: Pick<Records, 'getChat'> }): GetChat {
  return async ({ userId, chatId }) => {
    const chat = await deps.store.getChat(userId, chatId)
    if (!chat) throw new Refusal('not_found')
    return chat
  }
}
