import type { Chat } from '../domain/chat.ts'
import type { Records } from '../store/store.ts'

export type ListChats = (userId: string) => Promise<Chat[]>

/** Every chat that the account linked, blocked ones too. */
export function listChats(deps: { store: Pick<Records, 'listChats'> }): ListChats {
  return (userId) => deps.store.listChats(userId)
}
