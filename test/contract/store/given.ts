import type { User } from '../../../src/domain/account.ts'
import type { Bot } from '../../../src/domain/bot.ts'
import type { Chat, Peer, TelegramChat } from '../../../src/domain/chat.ts'
import type { AttemptOutcome, Message } from '../../../src/domain/message.ts'
import type { NewMessage, Settled } from '../../../src/store/outbox.ts'
import type { MessageWithAttempts, NewUser, Store } from '../../../src/store/store.ts'
import type { Cleanup } from '../../support/test-store.ts'

/** An empty, migrated store that closes itself with the test. */
export type OpenStore = (t: Cleanup) => Promise<Store>

/** A moment that every test uses when time does not matter. */
export const NOW = 1_767_225_600_000

/** A store with a shared bot, and short ways to put things into it. Ids count up: `usr_1`, `cht_2`, `msg_3` … */
export interface Given {
  store: Store
  bot: Bot
  user: (over?: Partial<NewUser>) => Promise<User>
  peer: (over?: Partial<TelegramChat>) => Promise<Peer>
  group: (over?: Partial<TelegramChat>) => Promise<Peer>
  link: (user: User, peer: Peer, nowMs?: number) => Promise<Chat>
  /** A user with a private chat of their own. */
  linkedUser: () => Promise<{ user: User; peer: Peer; chat: Chat }>
  newMessage: (user: User, over?: Partial<NewMessage>) => NewMessage
  /** Accepted; rejects when it was refused or replayed. */
  accept: (user: User, over?: Partial<NewMessage>) => Promise<Message>
  message: (user: User, id: string, nowMs?: number) => Promise<MessageWithAttempts>
  /** Marks it as leaving and writes what became of it. */
  send: (id: string, next: Settled, outcome?: AttemptOutcome) => Promise<void>
  /** The ids that wait in this lane, first one first. */
  lane: (peer: Peer) => Promise<string[]>
}

export async function given(open: OpenStore, t: Cleanup): Promise<Given> {
  const store = await open(t)
  const bot = await store.saveSharedBot({ id: 'bot_1', telegramBotId: 4242, username: 'postbot', name: 'Post' })
  let count = 0
  const nextId = (prefix: string) => `${prefix}_${String(++count).padStart(4, '0')}`
  const here: Given = {
    store,
    bot,
    user: (over) => store.createUser({ ...newUser(nextId('usr')), ...over }),
    peer: (over) => store.savePeer(bot.id, { telegramChatId: 1000 + ++count, ...PRIVATE, ...over }),
    group: (over) => store.savePeer(bot.id, { telegramChatId: -1000 - ++count, ...GROUP, ...over }),
    link: (user, peer, nowMs = NOW) => store.linkChat({ id: nextId('cht'), userId: user.id, peerId: peer.id, nowMs }),
    async linkedUser() {
      const user = await here.user()
      const peer = await here.peer()
      return { user, peer, chat: await here.link(user, peer) }
    },
    newMessage: (user, over) => ({ ...newMessage(nextId('msg'), user), ...over }),
    async accept(user, over) {
      const enqueued = await store.outbox.enqueue(here.newMessage(user, over))
      if (enqueued.replayed) throw new Error('it was replayed')
      return enqueued.message
    },
    async message(user, id, nowMs = NOW) {
      const found = await store.getMessage(user.id, id, nowMs)
      if (!found) throw new Error(`there is no message ${id}`)
      return found
    },
    async send(id, next, outcome = 'delivered') {
      if (!(await store.outbox.markSending(id, NOW))) throw new Error(`${id} is not to be sent`)
      await store.outbox.settle({ messageId: id, attempt: attempt(outcome), next })
    },
    lane: async (peer) => (await store.outbox.waiting(peer.id, 1000)).map(({ id }) => id),
  }
  return here
}

const PRIVATE = { type: 'private', title: null, username: 'ann' } as const
const GROUP = { type: 'group', title: 'Team', username: null } as const

function newUser(id: string): NewUser {
  return { id, login: id, passwordHash: '$hash', name: `Name of ${id}`, locale: 'en', nowMs: NOW }
}

function newMessage(id: string, user: User): NewMessage {
  return { id, userId: user.id, text: `text of ${id}`, silent: false, nowMs: NOW, queueLimit: 0 }
}

export function attempt(outcome: AttemptOutcome = 'delivered') {
  const reason = outcome === 'delivered' ? null : `it was ${outcome}`
  return { part: 1, startedAtMs: NOW, finishedAtMs: NOW + 50, outcome, reason, waitMs: null }
}

/** Rejections with this code. */
export function refusal(code: string): { name: string; code: string } {
  return { name: 'Refusal', code }
}
