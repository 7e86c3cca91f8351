import type { Urgency } from '../../src/delivery/pacer.ts'
import { type RateCounters, RateLimits } from '../../src/sandbox/rate-limits.ts'
import { ManualClock } from './manual-clock.ts'
import { seededRandom } from './seeded-random.ts'
import { type Switch, SwitchedPacer } from './switched-pacer.ts'

/** A message that is there from `atMs` on. Chats below 0 are groups. Times are milliseconds from the start. */
export interface Arrival {
  chatId: number
  urgency: Urgency
  atMs: number
}

/** Much work at about the same time. */
export interface Rush {
  /** After the last arrival of the rush before. */
  pauseMs: number
  people: number
  perPerson: number
  groups: number
  perGroup: number
  /** The messages arrive within so long, each at a moment of its own; all at once when 0. */
  spreadMs: number
}

/** For so long nothing gets through to Telegram: what would have arrived meanwhile arrives together when it is over. */
export interface Stall {
  /** After the stall before, or the start. */
  afterMs: number
  forMs: number
}

export interface Traffic {
  arrivals: readonly Arrival[]
  /** Of each call: when it got its leave. */
  left: readonly { chatId: number; atMs: number }[]
  rates: RateCounters
}

/** What arrives in these rushes, one after the other, some of it as replies of the bot and some as deliveries. */
export function arrivalsOf(rushes: readonly Rush[], seed: number): Arrival[] {
  const dice = seededRandom(seed)
  let startMs = 0
  return rushes.flatMap(({ pauseMs, people, perPerson, groups, perGroup, spreadMs }) => {
    startMs += pauseMs
    const toChat = (chatId: number, count: number): Arrival[] =>
      Array.from({ length: count }, () => ({
        chatId,
        urgency: dice.unit() < 0.3 ? 'reply' : 'delivery',
        atMs: startMs + Math.floor(dice.unit() * spreadMs),
      }))
    const arrivals = [
      ...Array.from({ length: people }, (_, index) => toChat(index + 1, perPerson)).flat(),
      ...Array.from({ length: groups }, (_, index) => toChat(-index - 1, perGroup)).flat(),
    ]
    startMs += spreadMs
    return arrivals
  })
}

/**
 * Lets one bot send it all, with calls of up to `slowestMs` that reach Telegram at any moment of their time, and the sandbox's strict
 * model there to judge them; the bot is switched off and on meanwhile, and the line stalls.
 */
export async function drive(
  arrivals: readonly Arrival[],
  seed: number,
  slowestMs: number,
  { switches = [], stalls = [] }: { switches?: readonly Switch[]; stalls?: readonly Stall[] } = {},
): Promise<Traffic> {
  const clock = new ManualClock()
  const pacer = new SwitchedPacer(clock, switches)
  const dice = seededRandom(seed)
  const rates = new RateLimits({ profile: 'strict', random: dice })
  const left: { chatId: number; atMs: number }[] = []
  const waiting = { count: arrivals.length }
  const send = ({ chatId, urgency }: Arrival): Promise<void> =>
    pacer.send(chatId, urgency, async (cut) => {
      left.push({ chatId, atMs: clock.monotonic() })
      const tookMs = Math.floor(dice.unit() * slowestMs)
      const arrivesMs = Math.floor(dice.unit() * tookMs)
      await clock.sleep(arrivesMs, cut)
      await clock.sleep(stalledMs(stalls, clock.monotonic()), cut)
      const chatKind = chatId < 0 ? 'group' : 'private'
      rates.check({ botId: 1, chatId, chatKind, kind: 'send', weight: 1, nowMs: clock.now() })
      await clock.sleep(tookMs - arrivesMs, cut)
      waiting.count--
    })
  // As in the program: the replies of a chat one after the other, and its deliveries too, beside them.
  const queues = Map.groupBy(arrivals, ({ chatId, urgency }) => `${chatId} ${urgency}`)
  for (const queue of queues.values()) {
    void inTurn(queue, async (arrival) => {
      if (arrival.atMs > clock.monotonic()) await clock.sleep(arrival.atMs - clock.monotonic())
      await send(arrival)
    })
  }
  while (waiting.count > 0) {
    await new Promise((resolve) => setImmediate(resolve))
    clock.advanceToNext()
  }
  return { arrivals, left, rates: rates.counters(1) }
}

/** How long what would arrive now is held up, in milliseconds. */
function stalledMs(stalls: readonly Stall[], nowMs: number): number {
  let endMs = 0
  for (const { afterMs, forMs } of stalls) {
    const beginMs = endMs + afterMs
    endMs = beginMs + forMs
    if (nowMs < endMs) return nowMs < beginMs ? 0 : endMs - nowMs
  }
  return 0
}

async function inTurn(queue: readonly Arrival[], act: (arrival: Arrival) => Promise<void>): Promise<void> {
  for (const arrival of queue.toSorted((a, b) => a.atMs - b.atMs)) await act(arrival)
}

/** When the messages of at least so many people waited, without a break: from and until. */
export function busyStretches({ arrivals, left }: Traffic, enough: number): { fromMs: number; untilMs: number }[] {
  const changes = [...arrivals.map((one) => ({ ...one, by: 1 })), ...left.map((one) => ({ ...one, by: -1 }))]
  const waiting = new Map<number, number>()
  const stretches: { fromMs: number; untilMs: number }[] = []
  let sinceMs: number | undefined
  // What arrives comes first, because nothing leaves before it is there.
  for (const { chatId, atMs, by } of changes.toSorted((a, b) => a.atMs - b.atMs || b.by - a.by)) {
    if (chatId < 0) continue
    const count = (waiting.get(chatId) ?? 0) + by
    if (count > 0) waiting.set(chatId, count)
    else waiting.delete(chatId)
    if (waiting.size >= enough) sinceMs ??= atMs
    else if (sinceMs !== undefined) {
      stretches.push({ fromMs: sinceMs, untilMs: atMs })
      sinceMs = undefined
    }
  }
  return stretches
}
