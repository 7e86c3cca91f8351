import type { Chat } from '../domain/chat.ts'
import { Refusal } from '../domain/refusals.ts'
import type { Records, Store } from '../store/store.ts'

/** What is absent stays as it is. */
export interface ChatWishes {
  /** What the account calls it; null takes its own name away. */
  name?: string | null
  /** `true`: from now on, messages that name no chat go there. */
  isDefault?: boolean
}

/**
 * All of it or nothing. Refuses with `not_found` when the account has no such chat, and with `request_invalid` when the default chat shall
 * be none, because there always is one.
 */
export type ChangeChat = (input: { userId: string; chatId: string; wishes: ChatWishes }) => Promise<Chat>

export function changeChat(deps: { store: Pick<Store, 'transaction'> }): ChangeChat {
  return (input) => deps.store.transaction((records) => change(records, input))
}

async function change(records: Records, input: Parameters<ChangeChat>[0]): Promise<Chat> {
  const { userId, chatId, wishes } = input
  const { name, isDefault } = wishes
  let chat = name === undefined ? await records.getChat(userId, chatId) : await records.renameChat(userId, chatId, name)
  if (isDefault === true) chat = await records.setDefaultChat(userId, chatId)
  if (!chat) throw new Refusal('not_found')
  if (isDefault === false && chat.isDefault) throw new Refusal('request_invalid', ALWAYS_A_DEFAULT)
  return chat
}

const ALWAYS_A_DEFAULT = {
  errors: [
    { where: '/body/isDefault', what: 'cannot be false on the default chat: make another chat the default one' },
  ],
}
