import type { Chat } from '../api/chats.ts'

/** What the person calls a chat, or what Telegram does; the id when nobody gave it a name. */
export function nameOfChat({ id, name, title, username }: Pick<Chat, 'id' | 'name' | 'title' | 'username'>): string {
  return name ?? title ?? (username === null ? id : `@${username}`)
}
