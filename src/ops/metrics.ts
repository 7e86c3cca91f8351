import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { DeliveryMetrics } from '../domain/metrics.ts'

export interface Metrics {
  delivery: DeliveryMetrics
  /** Everything measured, in the Prometheus text format. */
  print: () => Promise<{ contentType: string; text: string }>
}

/** From a call on a good day (tens of milliseconds) to the usual time limit of one. */
const CALL_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
/** From "at once" to a backlog of a day. */
const LATENCY_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300, 1800, 7200, 86_400]

/** A registry of its own: two programs in one process, as in tests, count apart. With the process and the event loop's delay. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return {
    delivery: deliveryMetrics(registry),
    print: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  }
}

function deliveryMetrics(registry: Registry): DeliveryMetrics {
  const registers = [registry]
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> =>
    new Counter({ name: `postrider_${name}`, help, labelNames, registers })
  const gauge = (name: string, help: string): Gauge<'bot'> =>
    new Gauge({ name: `postrider_${name}`, help, labelNames: ['bot'], registers })
  const seconds = (name: string, help: string, buckets: number[]): Histogram =>
    new Histogram({ name: `postrider_${name}`, help, buckets, registers })

  const attempts = counter('attempts_total', 'Calls that send something, by how they ended.', ['bot', 'outcome'])
  const attemptSeconds = seconds('attempt_duration_seconds', 'Time of one call that sends something.', CALL_SECONDS)
  const delivered = counter('messages_delivered_total', 'Messages that arrived whole.', ['bot'])
  const latency = seconds('delivery_latency_seconds', 'From acceptance to arrival of the last part.', LATENCY_SECONDS)
  const failed = counter('messages_failed_total', 'Messages that ended otherwise, by error code.', ['bot', 'code'])
  const throttled = counter('throttled_total', 'Answers 429, by what had to wait.', ['bot', 'scope'])
  const throttledSeconds = counter('throttled_seconds_total', 'Waits that Telegram asked for.', ['bot', 'scope'])
  const lanes = gauge('lanes', 'Chats with waiting messages in memory.')
  const inFlight = gauge('calls_in_flight', 'Calls that send something, under way now.')
  const replies = counter('replies_total', 'Answers of the conversation, by how they ended.', ['bot', 'result'])

  return {
    attempt: (bot, outcome, durationMs) => {
      attempts.inc({ bot, outcome })
      attemptSeconds.observe(durationMs / 1000)
    },
    delivered: (bot, latencyMs) => {
      delivered.inc({ bot })
      latency.observe(latencyMs / 1000)
    },
    failed: (bot, code, count) => failed.inc({ bot, code }, count),
    throttled: (bot, scope, waitMs) => {
      throttled.inc({ bot, scope })
      throttledSeconds.inc({ bot, scope }, waitMs / 1000)
    },
    load: (bot, load) => {
      lanes.set({ bot }, load.lanes)
      inFlight.set({ bot }, load.inFlight)
    },
    reply: (bot, result) => replies.inc({ bot, result }),
  }
}
