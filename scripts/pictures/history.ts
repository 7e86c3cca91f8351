/**
 * A day of an account that the pictures show: messages as people's scripts send them, most of them delivered, put into the database by the
 * same store that the program uses, each at its moment. Nothing of it ran through Telegram, not even the sandbox's.
 */
import type { DeliveryError } from '../../src/domain/message.ts'
import { newId } from '../../src/domain/ids.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import type { Settled } from '../../src/store/outbox.ts'
import type { Store } from '../../src/store/store.ts'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { seededRandom } from '../../test/support/seeded-random.ts'

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

/** How many are sent in each hour of the day, from midnight on: nights are for backups. */
const BY_HOUR = [9, 6, 14, 5, 3, 3, 4, 8, 15, 22, 26, 24, 19, 21, 28, 25, 23, 18, 14, 11, 9, 8, 7, 10]

const TEXTS = [
  'Backup of db1 done: 41 GB in 12 min',
  'Deploy 4.2.0 is live.\n\nhttps://ci.example.com/builds/4711',
  'Disk of web2 is 91 % full',
  'Order 20394: paid, 2 items, leaves tomorrow',
  'Nightly tests: 2 814 passed, 0 failed',
  'The certificate of shop.example.com ends in 14 days',
  'Temperature in the server room: 27.4 °C',
  'New review: ★★★★☆ “Arrived a day early, the box a little crushed.”',
]

const BLOCKED: DeliveryError = { code: 'chat_blocked', detail: 'Forbidden: bot was blocked by the user' }

export interface PastOf {
  databaseFile: string
  userId: string
  /** Messages go to these in turn. */
  chatIds: readonly string[]
  nowMs: number
}

/** Writes the last 24 hours, up to a few minutes ago. */
export async function writePast({ databaseFile, userId, chatIds, nowMs }: PastOf): Promise<void> {
  const store = await openSqliteStore({ file: databaseFile })
  try {
    const random = seededRandom(7)
    const die = (sides: number): number => Math.floor(random.unit() * sides)
    const moments = momentsOf(nowMs, die)
    const clock = new ManualClock(moments[0])
    for (const [index, atMs] of moments.entries()) {
      clock.advance(atMs - clock.now())
      const id = newId('msg', { clock, random })
      const chatId = chatIds[index % chatIds.length] ?? ''
      const text = TEXTS[die(TEXTS.length)] ?? ''
      await store.outbox.enqueue({ id, userId, chatId, text, silent: false, nowMs: atMs, queueLimit: 0 })
      await settle(store, id, {
        atMs,
        tookMs: tookMs(die),
        fails: die(60) === 0,
        throttled: die(25) === 0,
        number: index,
      })
    }
    await writeActivity(store, moments, die)
  } finally {
    await store.close()
  }
}

function momentsOf(nowMs: number, die: (sides: number) => number): number[] {
  const firstMs = nowMs - 23 * HOUR_MS
  const hours = Array.from({ length: 24 }, (_, index) => firstMs + index * HOUR_MS)
  return hours
    .flatMap((hourMs) => Array.from({ length: BY_HOUR[new Date(hourMs).getHours()] ?? 0 }, () => hourMs + die(HOUR_MS)))
    .filter((atMs) => atMs < nowMs - 5 * MINUTE_MS)
    .toSorted((a, b) => a - b)
}

/** Mostly a fraction of a second, now and then the turn of a chat. */
function tookMs(die: (sides: number) => number): number {
  return die(12) === 0 ? 900 + die(1600) : 90 + die(160)
}

interface End {
  atMs: number
  tookMs: number
  fails: boolean
  throttled: boolean
  number: number
}

async function settle(
  store: Store,
  messageId: string,
  { atMs, tookMs: took, fails, throttled, number }: End,
): Promise<void> {
  const waitMs = throttled ? 12_000 : 0
  const attempt = { part: 1, startedAtMs: atMs, reason: null, waitMs: null }
  await store.outbox.markSending(messageId, atMs)
  if (throttled) {
    const next = {
      event: 'retry',
      nextAttemptAtMs: atMs + waitMs,
      countsAsAttempt: false,
      possibleDuplicate: false,
    } as const
    const told = {
      ...attempt,
      finishedAtMs: atMs + took,
      outcome: 'throttled',
      reason: 'Too Many Requests: retry after 12',
      waitMs,
    } as const
    await store.outbox.settle({ messageId, attempt: told, next })
    await store.outbox.markSending(messageId, atMs + waitMs)
  }
  const [startedAtMs, finishedAtMs] = [atMs + waitMs, atMs + waitMs + took]
  const next: Settled = fails
    ? { event: 'fail', error: BLOCKED }
    : { event: 'deliver', telegramMessageId: 1000 + number }
  const outcome = fails ? 'blocked' : 'delivered'
  await store.outbox.settle({
    messageId,
    attempt: { ...attempt, startedAtMs, finishedAtMs, outcome, reason: fails ? BLOCKED.detail : null },
    next,
  })
}

/** What an operator sees: the same day, for an installation of some forty people. */
async function writeActivity(store: Store, moments: readonly number[], die: (sides: number) => number): Promise<void> {
  const byMinute = Map.groupBy(moments, (atMs) => Math.floor(atMs / MINUTE_MS) * MINUTE_MS)
  const minutes = [...byMinute].map(([minuteMs, { length }]) => {
    const accepted = length * 40 + die(30)
    const failed = die(8) === 0 ? 1 : 0
    const throttled = die(10) === 0 ? die(4) : 0
    const others = { failed, uncertain: 0, expired: 0, throttled, answeredMs: minuteMs }
    return { minuteMs, accepted, delivered: accepted - failed, ...others }
  })
  const lastMs = moments.at(-1) ?? 0
  const hourMs = Math.floor(lastMs / HOUR_MS) * HOUR_MS
  const [bot] = await store.listBots()
  const failures = (['chat_blocked', 'chat_unreachable', 'expired'] as const).map((code, index) => ({
    hourMs,
    botId: bot?.id ?? '',
    code,
    count: [31, 8, 2][index] ?? 0,
    lastMs: lastMs - index * 17 * MINUTE_MS,
  }))
  await store.addActivity('prc_pictures', { minutes, failures })
}
