import { collectDefaultMetrics, Registry } from 'prom-client'
import type { Clock } from '../domain/clock.ts'
import { DELIVERY_ERRORS } from '../domain/message.ts'
import type { DeliveryMetrics, IntakeMetrics } from '../domain/metrics.ts'
import { type MetricRow, MetricsTable } from './metrics-table.ts'

export interface Metrics {
  delivery: DeliveryMetrics
  intake: IntakeMetrics
  /** A timer of this process came so much too late. */
  eventLoopDelayed: (delayMs: number) => void
  /** So many bots are served by this process, and there are so many processes that serve bots. */
  served: (bots: number, processes: number) => void
  /** From now on `read` is asked what waits when somebody asks for the metrics, and not more often than it can bear. */
  watchBacklog: (read: () => Promise<readonly BotBacklog[]>) => void
  /** Everything measured, in the Prometheus text format. */
  print: () => Promise<{ contentType: string; text: string }>
  /** What there is, for `docs/metrics.md`. */
  readonly rows: readonly MetricRow[]
}

interface BotBacklog {
  botId: string
  waiting: number
  /** When the oldest was accepted; null when none waits. */
  oldestMs: number | null
}

/** Why a message may fail; an unknown outcome has a metric of its own. */
const FAILURES = Object.keys(DELIVERY_ERRORS).filter((code) => code !== 'outcome_unknown')

/** From a call on a good day (tens of milliseconds) to the usual time limit of one. */
const CALL_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
/** From "at once" to a backlog of a day. */
const LATENCY_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300, 1800, 7200, 86_400]
/** From an answer out of memory to a client that gave up. */
const REQUEST_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30]
/** From a loop that is free to one that is stuck. */
const LOOP_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5]
/** Up to the most that share a commit. */
const GROUP_SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]

/** A registry of its own: two programs in one process, as in tests, count apart. With the process and the event loop's delay. */
export function createMetrics(clock: Clock): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const table = new MetricsTable(registry)
  return {
    intake: intakeMetrics(table),
    delivery: deliveryMetrics(table),
    eventLoopDelayed: eventLoopMetric(table),
    served: servedMetrics(table),
    watchBacklog: backlogMetrics(table, clock),
    print: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
    rows: table.rows,
  }
}

function intakeMetrics(table: MetricsTable): IntakeMetrics {
  const accepted = table.counter('messages_accepted_total', {
    help: 'Messages that are on disk.',
    labels: [],
    red: 'Falls to nothing while senders are alive: look at `http_requests_total` for what they are told instead.',
  })
  const requests = table.counter('http_requests_total', {
    help: 'Answers by method, route and status.',
    labels: ['method', 'route', 'status'],
    red: '503: the database cannot be written (disk full, or held by another program). 500: a bug; the log has it. 401 in numbers: somebody guesses.',
  })
  const seconds = table.histogram('http_request_duration_seconds', {
    help: 'Time from the head of a request to its answer.',
    labels: ['route'],
    buckets: REQUEST_SECONDS,
    red: 'Slow for `/v1/messages`: the disk syncs slowly, or the event loop is behind.',
  })
  const sizes = table.histogram('group_commit_size', {
    help: 'Pieces of work (messages accepted, calls marked and settled) that shared a commit.',
    labels: [],
    buckets: GROUP_SIZES,
    red: 'Mostly 512: the disk is the limit. A faster one, or fewer messages.',
  })
  return {
    accepted: () => accepted.inc(),
    answered: ({ method, route, status, durationMs }) => {
      requests.inc({ method, route, status })
      // A stream of events is open until its follower leaves: that is no measure of us.
      if (route !== '/v1/events') seconds.observe({ route }, durationMs / 1000)
    },
    committed: (size) => sizes.observe(size),
  }
}

function deliveryMetrics(table: MetricsTable): DeliveryMetrics {
  const attempts = table.counter('attempts_total', {
    help: 'Calls that send something, by how they ended. Those that a crash cut are `unknown`, and counted at the next start.',
    labels: ['bot', 'outcome'],
    red: '`temporary` and `unknown` grow: the way to Telegram is bad. `bot_rejected`: the token is wrong, and the queue waits for a new one.',
  })
  const attemptSeconds = table.histogram('attempt_duration_seconds', {
    help: 'Time of one call that sends something.',
    labels: [],
    buckets: CALL_SECONDS,
    red: 'Seconds: the network or Telegram is slow; each chat waits for its own call alone.',
  })
  const delivered = table.counter('messages_delivered_total', {
    help: 'Messages that arrived whole.',
    labels: ['bot'],
    red: 'Falls behind `messages_accepted_total`: the backlog grows; look at `throttled_total` and `attempts_total` for why.',
  })
  const latency = table.histogram('delivery_latency_seconds', {
    help: 'From acceptance to arrival of the last part.',
    labels: [],
    buckets: LATENCY_SECONDS,
    red: 'Seconds are normal where one chat gets many messages (one a second). More for all chats: the bot is at its limit, or Telegram is away.',
  })
  const failed = table.counter('messages_failed_total', {
    help: 'Messages that will not arrive, by the code that [errors.md](errors.md) explains.',
    labels: ['bot', 'code'],
    red: '`chat_blocked`: people stopped the bot, nothing to do. Anything else that grows: read the `error` of some of these messages.',
  })
  const uncertain = table.counter('messages_uncertain_total', {
    help: 'Messages that may have arrived, and nobody can know.',
    labels: ['bot'],
    red: 'Grows: connections to Telegram break during calls, or the program is killed. Their senders may resend them.',
  })
  const strayed = table.counter('messages_strayed_total', {
    help: 'Messages whose call ended, and it could not be written down how. They are sent again, and marked.',
    labels: ['bot'],
    red: 'Anything but 0: the database refused what it should take. The log has its words; please report them.',
  })
  const throttled = table.counter('throttled_total', {
    help: 'Answers 429, by what had to wait; also those to `getUpdates` and other questions about the bot.',
    labels: ['bot', 'scope'],
    red: 'A few in groups are normal. Steadily, or scope `bot`: another program uses the same bot, or people talk to it a lot.',
  })
  const throttledSeconds = table.counter('throttled_seconds_total', {
    help: 'Waits that Telegram asked for.',
    labels: ['bot', 'scope'],
    red: 'Grows by a second each second for scope `bot`: the bot does nothing but wait.',
  })
  const lanes = table.gauge('lanes', {
    help: 'Chats with waiting messages in memory.',
    labels: ['bot'],
    red: 'At its limit of 10,000: the rest waits on disk, and nothing is lost.',
  })
  const inFlight = table.gauge('calls_in_flight', {
    help: 'Calls that send something, under way now.',
    labels: ['bot'],
    red: 'Zero for long while messages wait: look at `attempts_total` and the log.',
  })
  const replies = table.counter('replies_total', {
    help: 'Answers of the conversation, by how they ended.',
    labels: ['bot', 'result'],
    red: '`dropped`: somebody floods the bot. `failed`: as for `attempts_total`. `unsaid` after each switch or stop: they are said later.',
  })
  return {
    begins(bot) {
      for (const counter of [delivered, uncertain, strayed]) counter.inc({ bot }, 0)
      for (const code of FAILURES) failed.inc({ bot, code }, 0)
      for (const scope of ['chat', 'bot']) {
        throttled.inc({ bot, scope }, 0)
        throttledSeconds.inc({ bot, scope }, 0)
      }
    },
    attempt: (bot, outcome, durationMs) => {
      attempts.inc({ bot, outcome })
      attemptSeconds.observe(secondsOf(durationMs))
    },
    cutOff: (bot, calls) => attempts.inc({ bot, outcome: 'unknown' }, calls),
    delivered: (bot, latencyMs) => {
      delivered.inc({ bot })
      latency.observe(secondsOf(latencyMs))
    },
    failed: (bot, code, count) => {
      if (code === 'outcome_unknown') uncertain.inc({ bot }, count)
      else failed.inc({ bot, code }, count)
    },
    strayed: (bot, count) => strayed.inc({ bot }, count),
    throttled: (bot, scope, waitMs) => {
      throttled.inc({ bot, scope })
      throttledSeconds.inc({ bot, scope }, secondsOf(waitMs))
    },
    load: (bot, load) => {
      lanes.set({ bot }, load.lanes)
      inFlight.set({ bot }, load.inFlight)
    },
    reply: (bot, result) => replies.inc({ bot, result }),
  }
}

function servedMetrics(table: MetricsTable): Metrics['served'] {
  const bots = table.gauge('bots_served', {
    help: 'Bots that this process serves.',
    labels: [],
    red: 'Summed over all processes it is below the number of active bots for more than ten seconds: a `bot` process is missing.',
  })
  const processes = table.gauge('bot_processes', {
    help: 'Processes that serve bots, as the database knows them.',
    labels: [],
    red: 'Fewer than were started: the others cannot reach the database, or hang.',
  })
  return (botCount, processCount) => {
    bots.set(botCount)
    processes.set(processCount)
  }
}

function eventLoopMetric(table: MetricsTable): Metrics['eventLoopDelayed'] {
  const delay = table.histogram('event_loop_delay_seconds', {
    help: 'How late the event loop runs what is due. Looked at ten times a second.',
    labels: [],
    buckets: LOOP_SECONDS,
    red: 'More than a hundredth above 0.1: the processor is the limit, or shared with somebody.',
  })
  return (delayMs) => delay.observe(secondsOf(delayMs))
}

/** Of a time that was measured by a clock which somebody may have set back meanwhile: none is below zero, and a sum never falls. */
function secondsOf(ms: number): number {
  return Math.max(0, ms / 1000)
}

/** What waits is not counted again for so long, in milliseconds: anybody may ask for the metrics. */
const BACKLOG_AGE_MS = 5000
/** And at most this share of the time is spent on counting: it takes 50 ms when a million messages wait. */
const BACKLOG_SHARE = 0.005

function backlogMetrics(table: MetricsTable, clock: Clock): Metrics['watchBacklog'] {
  let read: () => Promise<readonly BotBacklog[]> = async () => []
  let next = Number.NEGATIVE_INFINITY
  let underWay: Promise<void> = Promise.resolve()
  // Both gauges are asked at the same time; the first one looks, and the other waits for it.
  const collect = (): Promise<void> => {
    const nowMs = clock.monotonic()
    if (nowMs < next) return underWay
    next = nowMs + BACKLOG_AGE_MS
    underWay = look(nowMs)
    return underWay
  }
  const look = async (beganMs: number): Promise<void> => {
    // Without a database the numbers of before are wrong, and none are better.
    const bots = await read().catch(() => [])
    next = Math.max(next, beganMs + (clock.monotonic() - beganMs) / BACKLOG_SHARE)
    waiting.reset()
    oldest.reset()
    for (const { botId: bot, waiting: count, oldestMs } of bots) {
      waiting.set({ bot }, count)
      oldest.set({ bot }, oldestMs === null ? 0 : secondsOf(clock.now() - oldestMs))
    }
  }
  const waiting = table.gauge('messages_waiting', {
    help: 'Messages that wait, on disk and in memory. Counted when asked for, at most every five seconds.',
    labels: ['bot'],
    collect,
    red: 'Grows for hours: more is sent than Telegram takes (30 a second for a bot, one a second for a chat). Spread it over bots or chats.',
  })
  const oldest = table.gauge('oldest_waiting_age_seconds', {
    help: 'Since the oldest waiting message was accepted.',
    labels: ['bot'],
    collect,
    red: 'Minutes, while few wait: one chat is closed to us or its next attempt is late; `GET /v1/messages?status=queued&order=asc` names it.',
  })
  return (given) => {
    read = given
    next = Number.NEGATIVE_INFINITY
  }
}
