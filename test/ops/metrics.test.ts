import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMetrics } from '../../src/ops/metrics.ts'

test('what delivery counts stands in the Prometheus text, per bot', async () => {
  const { delivery, print } = createMetrics()
  delivery.attempt('bot_1', 'delivered', 120)
  delivery.attempt('bot_1', 'unknown', 60_000)
  delivery.delivered('bot_1', 250)
  delivery.failed('bot_1', 'chat_blocked', 3)
  delivery.throttled('bot_1', 'chat', 5000)
  delivery.load('bot_1', { lanes: 7, inFlight: 2 })
  delivery.load('bot_1', { lanes: 6, inFlight: 1 })
  delivery.reply('bot_1', 'sent')
  const { contentType, text } = await print()
  assert.match(contentType, /^text\/plain/)
  const lines = text.split('\n')
  for (const line of [
    'postrider_attempts_total{bot="bot_1",outcome="delivered"} 1',
    'postrider_attempts_total{bot="bot_1",outcome="unknown"} 1',
    'postrider_attempt_duration_seconds_bucket{le="0.25"} 1',
    'postrider_attempt_duration_seconds_count 2',
    'postrider_messages_delivered_total{bot="bot_1"} 1',
    'postrider_delivery_latency_seconds_sum 0.25',
    'postrider_messages_failed_total{bot="bot_1",code="chat_blocked"} 3',
    'postrider_throttled_total{bot="bot_1",scope="chat"} 1',
    'postrider_throttled_seconds_total{bot="bot_1",scope="chat"} 5',
    'postrider_lanes{bot="bot_1"} 6',
    'postrider_calls_in_flight{bot="bot_1"} 1',
    'postrider_replies_total{bot="bot_1",result="sent"} 1',
  ]) {
    assert.ok(lines.includes(line), `${line} is missing`)
  }
})

test('the process and the delay of its event loop are measured, and two programs in one process count apart', async () => {
  const first = createMetrics()
  createMetrics().delivery.reply('bot_2', 'dropped')
  const { text } = await first.print()
  assert.match(text, /^process_resident_memory_bytes \d+/m)
  assert.match(text, /^nodejs_eventloop_lag_p99_seconds /m)
  assert.doesNotMatch(text, /bot_2/)
})
