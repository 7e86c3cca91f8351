import type { Chat } from '../domain/chat.ts'
import { Refusal } from '../domain/refusals.ts'
import type { Records } from '../store/store.ts'

/** Refuses with `not_found` when the account has no such chat. */
export type SetDefaultChat = (input: { userId: string; chatId: string }) => Promise<Chat>

/** From now on, messages that name no chat go there. Those accepted before keep the chat that they were accepted for. */
export function setDefaultChat(deps: { store: Pick<Records, 'setDefaultChat'> }): SetDefaultChat {
  return async ({ userId, chatId }) => {
    const chat = await deps.store.setDefaultChat(userId, chatId)
    if (!chat) throw new Refusal('not_found')
    return chat
  }
}
