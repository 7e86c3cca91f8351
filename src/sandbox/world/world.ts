import type { Clock } from '../../domain/clock.ts'
import type { Random } from '../../domain/random.ts'
import type { Changes } from './changes.ts'
import { integerBetween } from './chance.ts'
import type { BotData, CallbackData, ChatData, DialogData, MessageData, UserData, WorldData } from './data.ts'
import { FileStore } from './files.ts'
import { MessageStore } from './messages.ts'

/** Who and what there is: bots, people, chats, messages. Knows no HTTP and no method of the Bot API. */
export class World {
  readonly clock: Clock
  readonly random: Random
  readonly changes: Changes
  /** The world behind `/bot<token>/test/`. */
  readonly test: boolean
  readonly bots = new Map<number, BotData>()
  readonly users = new Map<number, UserData>()
  readonly chats = new Map<number, ChatData>()
  readonly callbacks = new Map<string, CallbackData>()
  readonly messages = new MessageStore()
  readonly files = new FileStore()
  /** What bots show they are doing, by bot and chat. Gone after a restart, as in life. */
  readonly actions = new Map<string, { name: string; untilMs: number }>()
  readonly #dialogs = new Map<string, DialogData>()

  constructor(parts: { clock: Clock; random: Random; changes: Changes; test: boolean }) {
    this.clock = parts.clock
    this.random = parts.random
    this.changes = parts.changes
    this.test = parts.test
  }

  /** Unix time in whole seconds. */
  get nowSeconds(): number {
    return Math.floor(this.clock.now() / 1000)
  }

  dialog(bot: number, user: number): DialogData | undefined {
    return this.#dialogs.get(`${bot}:${user}`)
  }

  openDialog(bot: number, user: number): DialogData {
    const existing = this.dialog(bot, user)
    if (existing !== undefined) return existing
    const dialog = { bot, user, started: false, blocked: false }
    this.#dialogs.set(`${bot}:${user}`, dialog)
    return dialog
  }

  dialogs(): DialogData[] {
    return [...this.#dialogs.values()]
  }

  /** Bots that are in the chat now. */
  botsIn(chat: ChatData): BotData[] {
    return Object.entries(chat.members).flatMap(([id, member]) => {
      const bot = member.bot && isPresent(member.status) ? this.bots.get(Number(id)) : undefined
      return bot === undefined ? [] : [bot]
    })
  }

  /** A group, supergroup or channel by its public name, without `@`, in any case. */
  chatByName(username: string): ChatData | undefined {
    return [...this.chats.values()].find((chat) => !chat.deleted && sameName(chat.username, username))
  }

  botByName(username: string): BotData | undefined {
    return [...this.bots.values()].find((bot) => sameName(bot.username, username))
  }

  userByName(username: string): UserData | undefined {
    return [...this.users.values()].find((user) => sameName(user.username, username))
  }

  /** A number that neither a bot nor a user has. */
  freeAccountId(): number {
    for (;;) {
      const id = integerBetween(this.random, 100_000_000, 7_999_999_999)
      if (!this.bots.has(id) && !this.users.has(id)) return id
    }
  }

  /** Basic groups are −N, supergroups and channels −100XXXXXXXXXX. */
  freeChatId(type: ChatData['type']): number {
    for (;;) {
      const number = integerBetween(this.random, 1_000_000_000, 3_999_999_999)
      const id = type === 'group' ? -number : -(1_000_000_000_000 + number)
      if (!this.chats.has(id)) return id
    }
  }

  toData(): WorldData {
    return {
      bots: [...this.bots.values()],
      users: [...this.users.values()],
      chats: [...this.chats.values()],
      dialogs: this.dialogs(),
      messages: this.messages.all(),
      files: this.files.list(),
      callbacks: [...this.callbacks.values()],
    }
  }

  load(data: WorldData): void {
    this.clear()
    for (const bot of data.bots) this.bots.set(bot.id, bot)
    for (const user of data.users) this.users.set(user.id, user)
    for (const chat of data.chats) this.chats.set(chat.id, chat)
    for (const dialog of data.dialogs) this.#dialogs.set(`${dialog.bot}:${dialog.user}`, dialog)
    for (const message of data.messages) this.#restore(message)
    for (const file of data.files) this.files.addKnown(file)
    for (const callback of data.callbacks) this.callbacks.set(callback.id, callback)
  }

  /** Numbers never go back, even where the message was saved and its bot not yet. */
  #restore(message: MessageData): void {
    this.messages.add(message)
    for (const [box, id] of Object.entries(message.ids)) {
      const counter = box === 'chat' ? this.chats.get(message.chatId) : this.bots.get(Number(box))
      if (counter !== undefined) counter.nextMessageId = Math.max(counter.nextMessageId, id + 1)
    }
  }

  clear(): void {
    for (const map of [this.bots, this.users, this.chats, this.#dialogs, this.callbacks, this.actions]) map.clear()
    this.messages.clear()
    this.files.clear()
  }
}

/** Whether somebody with this status is in the chat. */
export function isPresent(status: string): boolean {
  return status !== 'left' && status !== 'kicked'
}

function sameName(one: string | undefined, other: string): boolean {
  return one !== undefined && one.toLowerCase() === other.replace(/^@/, '').toLowerCase()
}
