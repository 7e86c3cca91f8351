import type { Chat } from '../../domain/chat.ts'
import type { Write } from '../schema.ts'
import type { AccountEventType } from '../store.ts'
import { takeNumbers } from './change-numbers.ts'

interface AccountEvent {
  userId: string
  type: AccountEventType
  atMs: number
  data: Readonly<Record<string, string | null>>
}

/** Remembers something that happened to an account, for whoever follows its changes. */
export async function addEvent(tx: Write, { userId, type, atMs, data }: AccountEvent): Promise<void> {
  const seq = await takeNumbers(tx, 1)
  await tx.db
    .insertInto('account_events')
    .values({ seq, user_id: userId, type, at_ms: atMs, data: JSON.stringify(data) })
    .execute()
  tx.changedUsers.add(userId)
}

/** What an event tells about a chat; enough to show it when the link is gone. */
export function aboutChat(chat: Chat): Record<string, string | null> {
  return { chatId: chat.id, botId: chat.botId, type: chat.type, title: chat.title, username: chat.username }
}
