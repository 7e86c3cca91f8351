import fc from 'fast-check'
import { DIGEST_MODES, PRIORITIES } from '../../src/domain/delivery-options.ts'
import { Refusal } from '../../src/domain/refusals.ts'
import type { Settled } from '../../src/store/outbox.ts'
import type { Store } from '../../src/store/store.ts'
import { attempt, NOW } from '../contract/store/given.ts'

/** What has been made so far, and what time it is: a plain value, so that a life can be lived on from a copy of it. */
export interface Life {
  nowMs: number
  made: number
  users: string[]
  chats: { userId: string; id: string }[]
  peers: number[]
  messages: { userId: string; id: string }[]
  codes: string[]
  updates: number
}

export interface Step {
  verb: keyof typeof VERBS
  /** Picks among what there is. */
  a: number
  b: number
  text: string
}

const BOT = { id: 'bot_1', telegramBotId: 4242, username: 'postbot', name: 'Post' }
const ERROR = { code: 'chat_unreachable', detail: 'It was "refused".' } as const

export function newLife(): Life {
  return { nowMs: NOW, made: 0, users: [], chats: [], peers: [], messages: [], codes: [], updates: 0 }
}

/** Does to a store whatever can be done to it. A refusal is one of the things that happen. */
export async function live(store: Store, life: Life, steps: readonly Step[]): Promise<void> {
  await store.saveSharedBot(BOT)
  for (const step of steps) {
    life.nowMs += 1000
    try {
      await VERBS[step.verb](store, life, step)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
    }
  }
}

type Verb = (store: Store, life: Life, step: Step) => Promise<unknown>

const VERBS = {
  register: async (store, life, { text }) => {
    const id = nextId(life, 'usr')
    await store.createUser({ id, login: id, passwordHash: '$hash', name: text, locale: 'ru', nowMs: life.nowMs })
    life.users.push(id)
  },
  rename: (store, life, { a, text }) => store.updateUser(pick(life.users, a), { name: text, locale: 'en' }),
  leave: async (store, life, { a, b }) => {
    if (b % 4 !== 0) return
    const userId = pick(life.users, a)
    life.users = life.users.filter((id) => id !== userId)
    await store.deleteUser(userId)
    await forgetLostPeers(store, life)
  },
  logIn: (store, life, { a }) =>
    store.createSession({
      id: nextId(life, 'ses'),
      userId: pick(life.users, a),
      createdAtMs: life.nowMs,
      expiresAtMs: life.nowMs + 60_000,
    }),
  beSeen: async (store, life, { a }) => {
    const [session] = await store.listSessions(pick(life.users, a), { limit: 1, nowMs: life.nowMs })
    if (session) await store.touchSession(session.id, life.nowMs)
  },
  makeToken: (store, life, { a, b, text }) =>
    store.createApiToken({
      id: nextId(life, 'tok'),
      userId: pick(life.users, a),
      hash: nextId(life, 'hash'),
      name: text,
      scopes: ['send', 'read'],
      hint: 'pr_…',
      createdAtMs: life.nowMs,
      expiresAtMs: b % 2 === 0 ? null : life.nowMs + 5000,
      lastUsedAtMs: null,
    }),
  meetChat: async (store, life, { a, b, text }) => {
    const type = b % 2 === 0 ? 'private' : 'group'
    const chat = { telegramChatId: type === 'private' ? a + 1 : -a - 1, type, title: text, username: null } as const
    life.peers.push((await store.savePeer(BOT.id, chat)).id)
  },
  link: async (store, life, { a, b }) => {
    const [id, userId] = [nextId(life, 'cht'), pick(life.users, a)]
    const peerId = pick(life.peers, b)
    const linked = await store.chatsOfPeer(peerId)
    if (linked.length > 0) return
    await store.linkChat({ id, userId, peerId, nowMs: life.nowMs })
    life.chats.push({ userId, id })
  },
  unlink: async (store, life, { a }) => {
    const { userId, id } = pick(life.chats, a)
    await store.unlinkChat(userId, id, { nowMs: life.nowMs })
    await forgetLostPeers(store, life)
  },
  becomeSupergroup: async (store, life, { a, b, text }) => {
    if (b % 4 !== 0) return
    const chat = { telegramChatId: -1000 - a, type: 'supergroup', title: text, username: null } as const
    await store.migratePeer(BOT.id, -a - 1, chat)
    await forgetLostPeers(store, life)
  },
  block: (store, life, { a, b, text }) =>
    store.setPeerStatus(pick(life.peers, a), b % 2 === 0 ? 'blocked' : 'active', text, life.nowMs),
  giveCode: (store, life, { a }) => {
    const hash = nextId(life, 'code')
    life.codes.push(hash)
    const userId = pick(life.users, a)
    return store.createAccountCode({ hash, userId, botId: BOT.id, expiresAtMs: life.nowMs + 60_000 })
  },
  useCode: (store, life, { a, b }) =>
    store.takeAccountCode(BOT.id, pick(life.codes, a), life.nowMs, pick(life.peers, b)),
  offerCode: (store, life, { a }) =>
    store.createChatCode({ hash: nextId(life, 'code'), peerId: pick(life.peers, a), expiresAtMs: life.nowMs + 60_000 }),
  askToMove: (store, life, { a, b }) =>
    store.createMove({
      hash: nextId(life, 'move'),
      peerId: pick(life.peers, a),
      toUserId: pick(life.users, b),
      expiresAtMs: life.nowMs + 60_000,
    }),
  post: async (store, life, { a, b, text }) => {
    const [id, userId] = [nextId(life, 'msg'), pick(life.users, a)]
    await store.outbox.enqueue({
      id,
      userId,
      text,
      silent: b % 2 === 0,
      nowMs: life.nowMs,
      queueLimit: 0,
      priority: PRIORITIES[b % 5] ?? 3,
      delivery: b % 3 === 0 ? 'at_most_once' : 'at_least_once',
      digest: DIGEST_MODES[b % 2] ?? 'never',
      expiresAtMs: b % 4 === 0 ? life.nowMs + 30_000 : null,
      ...(b % 3 === 1 && { idempotency: { key: `key-${a}`, fingerprint: `print-${b}` } }),
    })
    life.messages.push({ userId, id })
  },
  mark: (store, life, { a }) => store.outbox.markSending(pick(life.messages, a).id, life.nowMs),
  settle: (store, life, { a, b }) =>
    store.outbox.settle({ messageId: pick(life.messages, a).id, attempt: attempt(), next: pick(ENDS, b) }),
  cancel: (store, life, { a }) => {
    const { userId, id } = pick(life.messages, a)
    return store.cancelMessage(userId, id, life.nowMs)
  },
  sendAgain: (store, life, { a }) => {
    const { userId, id } = pick(life.messages, a)
    return store.resendMessage(userId, id, life.nowMs)
  },
  sleep: async (_store, life) => {
    life.nowMs += 60_000
  },
  expire: (store, life) => store.outbox.expire(life.nowMs, 10),
  recover: (store, life, { b }) => (b % 4 === 0 ? store.outbox.recover(BOT.id, life.nowMs) : Promise.resolve()),
  hold: (store, life, { a, b }) =>
    b % 2 === 0
      ? store.outbox.holdPeer(pick(life.peers, a), { sinceMs: life.nowMs, untilMs: life.nowMs + 7000 })
      : store.outbox.holdBot(BOT.id, { sinceMs: life.nowMs, untilMs: life.nowMs + 3000 }),
  // The database's own clock counts a lease: one that ended while a life is lived would let two lives differ.
  serve: (store, _life, { a }) => store.beat({ id: `process-${a % 3}`, leaseMs: 3_600_000 }),
  hear: (store, life, { b }) => {
    const update = { botId: BOT.id, updateId: ++life.updates, lane: 'chat-1', claim: nextId(life, 'claim') }
    const times = { nowMs: life.nowMs, untilMs: life.nowMs + 60_000 }
    return store
      .beginUpdate(update, times)
      .then(() => (b % 2 === 0 ? store.finishUpdate(update, life.nowMs) : undefined))
  },
  readOn: (store, life, { a }) => store.setUpdateOffset(BOT.id, a),
  count: (store, life, { a, b }) => {
    const [minuteMs, hourMs] = [life.nowMs - (life.nowMs % 60_000), life.nowMs - (life.nowMs % 3_600_000)]
    const counts = { accepted: a, delivered: b, failed: 1, uncertain: 0, expired: 0, throttled: 2 }
    const failure = { hourMs, botId: BOT.id, code: ERROR.code, count: 1, lastMs: life.nowMs }
    const answeredMs = b % 2 === 0 ? life.nowMs : null
    const activity = { minutes: [{ minuteMs, ...counts, answeredMs }], failures: [failure] }
    return store.addActivity(`process-${a % 3}`, activity)
  },
  tidy: (store, life) =>
    store.deleteExpired({ nowMs: life.nowMs, keysBeforeMs: life.nowMs - 90_000, updatesBeforeMs: life.nowMs - 90_000 }),
} as const satisfies Record<string, Verb>

const ENDS: readonly Settled[] = [
  { event: 'deliver', telegramMessageId: 77 },
  { event: 'part', telegramMessageId: 78 },
  { event: 'retry', nextAttemptAtMs: NOW + 50_000, countsAsAttempt: true, possibleDuplicate: true, alone: true },
  { event: 'fail', error: ERROR },
  { event: 'lose', error: { ...ERROR, code: 'outcome_unknown' } },
]

/** Posts and calls are what a life mostly consists of. */
const OFTEN = ['post', 'post', 'post', 'post', 'mark', 'mark', 'settle', 'settle', 'link', 'link'] as const

/** Whatever a JSON text, a line or a column might trip over. */
const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).map((text) => text.replaceAll('\u0000', ' ')),
  fc.constantFrom(
    '',
    'two\nlines',
    'a\r\nb\u2028c\u2029d',
    '"quoted", \\ and [',
    '😀🏳️‍🌈',
    "Robert'); drop table users;--",
  ),
)

export const anyStep: fc.Arbitrary<Step> = fc.record({
  verb: fc.constantFrom(...(Object.keys(VERBS) as Step['verb'][]), ...OFTEN),
  a: fc.nat({ max: 6 }),
  b: fc.nat({ max: 59 }),
  text: anyText,
})

/** After this there is something in every table, and a message in every state. */
export const BEGINNING: readonly Step[] = [
  [0, 1, 2].flatMap((n) => [step('register', n), step('meetChat', n, n % 2), step('link', n, n)]),
  [step('post', 0, 8), ...[1, 2, 3, 4, 5, 6].map((n) => step('post', n, 2)), step('post', 2, 1)],
  [step('mark', 1), step('settle', 1, 0), step('mark', 2), step('settle', 2, 3), step('mark', 3)],
  [step('settle', 3, 4), step('cancel', 4), step('mark', 5), step('mark', 6), step('settle', 6, 2)],
  [step('sleep'), step('expire'), step('logIn'), step('makeToken'), step('giveCode'), step('useCode')],
  [step('offerCode'), step('askToMove', 0, 1), step('serve'), step('hear'), step('count', 1, 2)],
].flat()

function step(verb: Step['verb'], a = 0, b = 0): Step {
  return { verb, a, b, text: `${verb} ${a}` }
}

/** Chats whose last account went, and those that became one with another. */
async function forgetLostPeers(store: Store, life: Life): Promise<void> {
  const found = await Promise.all(life.peers.map((id) => store.getPeer(id)))
  life.peers = found.filter((peer) => peer !== undefined).map(({ id }) => id)
}

function nextId(life: Life, prefix: string): string {
  return `${prefix}_${String(++life.made).padStart(4, '0')}`
}

/** A refusal, when there is none yet: nothing is done then. */
function pick<T>(list: readonly T[], number: number): T {
  const found = list[number % Math.max(1, list.length)]
  if (found === undefined) throw new Refusal('not_found')
  return found
}
