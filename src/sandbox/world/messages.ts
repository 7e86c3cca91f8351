import type { MessageData } from './data.ts'

/** Every message of a world, found by its key, by a bot's message_id, or by the conversation it stands in. */
export class MessageStore {
  readonly #byKey = new Map<number, MessageData>()
  readonly #keyById = new Map<string, number>()
  readonly #conversations = new Map<string, MessageData[]>()
  #lastKey = 0

  nextKey(): number {
    return this.#lastKey + 1
  }

  add(message: MessageData): void {
    this.#lastKey = Math.max(this.#lastKey, message.key)
    this.#byKey.set(message.key, message)
    for (const [box, id] of Object.entries(message.ids))
      this.#keyById.set(idIndex(box, message.chatId, id), message.key)
    const name = conversation(message.chatId, message.bot)
    const list = this.#conversations.get(name)
    if (list === undefined) this.#conversations.set(name, [message])
    else list.push(message)
  }

  byKey(key: number): MessageData | undefined {
    return this.#byKey.get(key)
  }

  /** By what the bot knows as (chat_id, message_id); also when deleted. */
  byId(bot: number, chatId: number, messageId: number): MessageData | undefined {
    const key =
      this.#keyById.get(idIndex('chat', chatId, messageId)) ??
      this.#keyById.get(idIndex(String(bot), chatId, messageId))
    return key === undefined ? undefined : this.#byKey.get(key)
  }

  /** Oldest first. */
  inPrivateChat(bot: number, user: number): readonly MessageData[] {
    return this.#conversations.get(conversation(user, bot)) ?? []
  }

  /** Oldest first. */
  inChat(chatId: number): readonly MessageData[] {
    return this.#conversations.get(conversation(chatId, undefined)) ?? []
  }

  /** Oldest first. */
  all(): MessageData[] {
    return [...this.#byKey.values()]
  }

  clear(): void {
    this.#byKey.clear()
    this.#keyById.clear()
    this.#conversations.clear()
    this.#lastKey = 0
  }
}

/** The message's number as this bot knows it; undefined when the bot was not there. */
export function messageIdFor(message: MessageData, bot: number | undefined): number | undefined {
  return message.ids.chat ?? (bot === undefined ? Object.values(message.ids)[0] : message.ids[String(bot)])
}

function idIndex(box: string, chatId: number, id: number): string {
  return `${box}/${chatId}/${id}`
}

function conversation(chatId: number, bot: number | undefined): string {
  return `${chatId}/${bot ?? ''}`
}
