import type { TestContext } from 'node:test'
import { Departures } from '../../src/delivery/departures.ts'
import { Dispatcher, type DispatcherOptions } from '../../src/delivery/dispatcher.ts'
import { Pacer } from '../../src/delivery/pacer.ts'
import { Replies } from '../../src/delivery/replies.ts'
import type { Locale } from '../../src/domain/account.ts'
import type { TelegramChat } from '../../src/domain/chat.ts'
import type { DeliveryOptions } from '../../src/domain/delivery-options.ts'
import { newId } from '../../src/domain/ids.ts'
import type { Log } from '../../src/domain/log.ts'
import type { Message } from '../../src/domain/message.ts'
import type { Sandbox, SandboxOptions } from '../../src/sandbox/sandbox.ts'
import type { NewMessage, Outbox } from '../../src/store/outbox.ts'
import type { MessageWithAttempts, Store } from '../../src/store/store.ts'
import { createBotApiClient } from '../../src/telegram/bot-api-client.ts'
import type { TelegramClient } from '../../src/telegram/telegram-client.ts'
import { ManualClock } from './manual-clock.ts'
import { testSandbox } from './sandbox.ts'
import { seededRandom } from './seeded-random.ts'
import { testStore } from './test-store.ts'
import { TimeLapse } from './time-lapse.ts'

export const BOT = 'bot_test'
/** A call may be held for hours of the clock's time, on a machine that is slow as well; only `until` gives up. */
const REAL_TIMEOUT_MS = 600_000
const TOKEN = '123456:AAHk_fOtcBDR9ZsAtO2dPqUkr8uHw01x7Qs'

/** Keeps what was said, for a test that has to show it. */
export function quietLog(): Log & { said: string[] } {
  const said: string[] = []
  const say = (fields: object, message: string): void => void said.push(`${message} ${JSON.stringify(fields)}`)
  return { said, debug: say, info: say, warn: say, error: say }
}

/** So many texts, each of which says which one it is. */
export function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `message ${index + 1}`)
}

/** How the sender wants it carried; `true` alone is silent. */
type SendOptions = Partial<Pick<NewMessage, 'silent' | keyof DeliveryOptions>>

/** An account with a chat. */
export interface Recipient {
  userId: string
  chatId: string
  peerId: number
  telegramChatId: number
}

/** The part of the program that delivers, as one process has it: it can end, and another one can take its place. */
export interface Running {
  dispatcher: Dispatcher
  replies: Replies
  pacer: Pacer
  telegram: TelegramClient
}

export interface Post {
  store: Store
  sandbox: Sandbox
  clock: ManualClock
  log: ReturnType<typeof quietLog>
  /** The one that runs now. */
  running: Running
  /** What accepts messages: the store, unless a test puts something in its way. */
  intake: Pick<Outbox, 'enqueue'>
  person(name?: string, locale?: Locale): Promise<Recipient>
  group(name?: string): Promise<Recipient>
  /** Accepts a message, and hands it over when somebody runs. */
  send(to: Recipient, text: string, options?: boolean | SendOptions): Promise<Message>
  /** Starts; with other options, or a store that is in the way of this one. */
  start(options?: Partial<DispatcherOptions>): Promise<Running>
  stop(patience?: AbortSignal): Promise<void>
  /** Lets everything happen that takes no time. */
  rest(): Promise<void>
  /** Moves time on whenever the program waits for nothing else, until it holds. */
  until(holds: () => boolean | Promise<boolean>): Promise<void>
  /** Lets so much time pass, and everything happen that happens in it. */
  pass(ms: number): Promise<void>
  message(of: Recipient, message: { id: string }): Promise<MessageWithAttempts>
  /** True when no message of these people waits any more. */
  done(...people: Recipient[]): Promise<boolean>
  /** What arrived in the chat, in order; without the heading. */
  arrived(at: { telegramChatId: number }): string[]
}

/** A real store, a real sandbox, and between them what is under test. Time moves when nothing else does. */
export async function startPost(t: TestContext, options: Partial<SandboxOptions> = {}): Promise<Post> {
  const clock = new ManualClock()
  const random = seededRandom(7)
  const log = quietLog()
  const database = await testStore(t)
  const sandbox = await testSandbox(t, { clock, ...options })
  const timeLapse = new TimeLapse({ clock, control: sandbox.control })
  const store = timeLapse.overStore(database)
  const { id } = sandbox.control.createBot({ username: 'post_bot', token: TOKEN, readsAllGroupMessages: true })
  await store.saveSharedBot({ id: BOT, telegramBotId: id, username: 'post_bot', name: 'Post' })
  let running: Running | undefined
  const departures = new Departures({
    outbox: { enqueue: (message) => post.intake.enqueue(message) },
    book: (_botId, place) => running?.dispatcher.book(place),
  })

  async function link(name: string, locale: Locale, chat: TelegramChat): Promise<Recipient> {
    const userId = newId('usr', { clock, random })
    const login = userId.slice(0, 40)
    await store.createUser({ id: userId, login, passwordHash: 'x', name, locale, nowMs: clock.now() })
    const peer = await store.savePeer(BOT, chat)
    const linked = { id: newId('cht', { clock, random }), userId, peerId: peer.id, nowMs: clock.now() }
    const { id: chatId } = await store.linkChat(linked)
    return { userId, chatId, peerId: peer.id, telegramChatId: chat.telegramChatId }
  }

  const post: Post = {
    store,
    sandbox,
    clock,
    log,
    intake: store.outbox,
    get running() {
      if (running === undefined) throw new Error('nobody runs')
      return running
    },
    async person(name = 'Ann', locale = 'en') {
      const user = sandbox.control.createUser({ firstName: name })
      sandbox.control.start({ user: user.id, bot: id })
      return await link(name, locale, { telegramChatId: user.id, type: 'private', title: null, username: null })
    },
    async group(name = 'Ann') {
      const user = sandbox.control.createUser({ firstName: name })
      const group = sandbox.control.createChat({ type: 'group', title: 'Team', members: [user.id, id] })
      return await link(name, 'en', { telegramChatId: group.id, type: 'group', title: 'Team', username: null })
    },
    async send(to, text, options = {}) {
      const messageId = newId('msg', { clock, random })
      const { userId, chatId } = to
      const wishes = typeof options === 'boolean' ? { silent: options } : options
      const input = { id: messageId, userId, chatId, text, silent: false, nowMs: clock.now(), queueLimit: 0, ...wishes }
      const accepted = await departures.enqueue(input)
      const waits = !accepted.replayed && accepted.leaving === undefined
      if (waits) running?.dispatcher.wake(accepted.wake.peerId, accepted.wake.priority)
      return accepted.message
    },
    async start(given = {}) {
      const client = createBotApiClient({ apiRoot: sandbox.url, token: TOKEN, timeoutMs: REAL_TIMEOUT_MS })
      const telegram = timeLapse.overTelegram(client)
      const pacer = new Pacer({ clock })
      // A new pacer takes it that every chat was written to just now.
      clock.advance(1000)
      const deps = { botId: BOT, store, telegram, pacer, clock, random, log }
      const dispatcher = new Dispatcher({ ...deps, ...given })
      running = { dispatcher, replies: new Replies(deps), pacer, telegram }
      await running.dispatcher.start()
      return running
    },
    async stop(patience = new AbortController().signal) {
      const { dispatcher, replies, telegram } = post.running
      running = undefined
      await replies.stop(patience)
      await dispatcher.stop(patience)
      await telegram.close()
    },
    rest: () => timeLapse.rest(),
    until: (holds) => timeLapse.until(holds),
    pass: (ms) => timeLapse.pass(ms),
    async message(of, { id: messageId }) {
      const message = await store.getMessage(of.userId, messageId, clock.now())
      if (message === undefined) throw new Error('no such message')
      return message
    },
    async done(...people) {
      // In one transaction: between two looks a message may go from one state to the other and be seen in neither.
      return store.transaction(async (records) => {
        for (const { userId } of people) {
          for (const status of ['queued', 'sending'] as const) {
            const page = await records.listMessages(userId, { limit: 1, order: 'asc', nowMs: clock.now(), status })
            if (page.length > 0) return false
          }
        }
        return true
      })
    },
    arrived: ({ telegramChatId }) =>
      sandbox.control
        .deliveries({ chat: telegramChatId })
        .map(({ text }) => text.replace(/^.*(I got a message from you|я получил от тебя сообщение):\n/, '')),
  }
  t.after(async () => {
    if (running !== undefined) await post.stop(AbortSignal.abort())
  })
  return post
}
