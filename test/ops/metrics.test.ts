import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMetrics } from '../../src/ops/metrics.ts'
import { ManualClock } from '../support/manual-clock.ts'

test('what delivery counts stands in the Prometheus text, per bot', async () => {
  const { delivery, print } = createMetrics(new ManualClock())
  delivery.attempt('bot_1', 'delivered', 120)
  delivery.attempt('bot_1', 'unknown', 60_000)
  delivery.cutOff('bot_1', 2)
  delivery.delivered('bot_1', 250)
  delivery.failed('bot_1', 'chat_blocked', 3)
  delivery.failed('bot_1', 'outcome_unknown', 2)
  delivery.throttled('bot_1', 'chat', 5000)
  delivery.load('bot_1', { lanes: 7, inFlight: 2 })
  delivery.load('bot_1', { lanes: 6, inFlight: 1 })
  delivery.reply('bot_1', 'sent')
  const { contentType, text } = await print()
  assert.match(contentType, /^text\/plain/)
  const lines = text.split('\n')
  for (const line of [
    'postrider_attempts_total{bot="bot_1",outcome="delivered"} 1',
    'postrider_attempts_total{bot="bot_1",outcome="unknown"} 3',
    'postrider_attempt_duration_seconds_bucket{le="0.25"} 1',
    'postrider_attempt_duration_seconds_count 2',
    'postrider_messages_delivered_total{bot="bot_1"} 1',
    'postrider_delivery_latency_seconds_sum 0.25',
    'postrider_messages_failed_total{bot="bot_1",code="chat_blocked"} 3',
    'postrider_messages_uncertain_total{bot="bot_1"} 2',
    'postrider_throttled_total{bot="bot_1",scope="chat"} 1',
    'postrider_throttled_seconds_total{bot="bot_1",scope="chat"} 5',
    'postrider_lanes{bot="bot_1"} 6',
    'postrider_calls_in_flight{bot="bot_1"} 1',
    'postrider_replies_total{bot="bot_1",result="sent"} 1',
  ]) {
    assert.ok(lines.includes(line), `${line} is missing`)
  }
})

test('what has not happened to a bot yet is counted as 0, so that the first time is a change', async () => {
  const { delivery, print } = createMetrics(new ManualClock())
  delivery.failed('bot_1', 'expired', 2)
  delivery.begins('bot_1')
  const lines = (await print()).text.split('\n')
  for (const line of [
    'postrider_messages_delivered_total{bot="bot_1"} 0',
    'postrider_messages_failed_total{bot="bot_1",code="chat_blocked"} 0',
    'postrider_messages_failed_total{bot="bot_1",code="expired"} 2',
    'postrider_messages_uncertain_total{bot="bot_1"} 0',
    'postrider_messages_strayed_total{bot="bot_1"} 0',
    'postrider_throttled_total{bot="bot_1",scope="bot"} 0',
    'postrider_throttled_seconds_total{bot="bot_1",scope="chat"} 0',
  ]) {
    assert.ok(lines.includes(line), `${line} is missing`)
  }
  assert.ok(!lines.some((line) => line.includes('messages_failed_total') && line.includes('outcome_unknown')))
})

test('the process is measured, and two programs in one process count apart', async () => {
  const first = createMetrics(new ManualClock())
  createMetrics(new ManualClock()).delivery.reply('bot_2', 'dropped')
  const { text } = await first.print()
  assert.match(text, /^process_resident_memory_bytes \d+/m)
  assert.doesNotMatch(text, /bot_2/)
})

test('what the API and the store count stands there too', async () => {
  const { intake, print } = createMetrics(new ManualClock())
  intake.accepted()
  intake.answered({ method: 'POST', route: '/v1/messages', status: 202, durationMs: 4 })
  intake.answered({ method: 'GET', route: '/v1/events', status: 200, durationMs: 60_000 })
  intake.committed(3)
  const lines = (await print()).text.split('\n')
  for (const line of [
    'postrider_messages_accepted_total 1',
    'postrider_http_requests_total{method="POST",route="/v1/messages",status="202"} 1',
    'postrider_http_requests_total{method="GET",route="/v1/events",status="200"} 1',
    'postrider_http_request_duration_seconds_bucket{le="0.005",route="/v1/messages"} 1',
    'postrider_group_commit_size_bucket{le="4"} 1',
  ]) {
    assert.ok(lines.includes(line), `${line} is missing`)
  }
  assert.ok(!lines.some((line) => line.includes('duration_seconds_count{route="/v1/events"}')))
})

test('what waits is asked of the store when the metrics are, and not again for the next who asks', async () => {
  const clock = new ManualClock()
  const { watchBacklog, print } = createMetrics(clock)
  let asked = 0
  watchBacklog(async () => {
    asked++
    return [{ botId: 'bot_1', waiting: 7, oldestMs: clock.now() - 90_000 }]
  })
  for (let count = 0; count < 3; count++) {
    const { text } = await print()
    assert.match(text, /^postrider_messages_waiting\{bot="bot_1"\} 7$/m)
    assert.match(text, /^postrider_oldest_waiting_age_seconds\{bot="bot_1"\} 90$/m)
  }
  assert.equal(asked, 1)
  clock.advance(5000)
  await print()
  assert.equal(asked, 2)
})

test('a bot for which nothing waits has a number all the same', async () => {
  const { watchBacklog, print } = createMetrics(new ManualClock())
  watchBacklog(async () => [{ botId: 'bot_1', waiting: 0, oldestMs: null }])
  const { text } = await print()
  assert.match(text, /^postrider_messages_waiting\{bot="bot_1"\} 0$/m)
  assert.match(text, /^postrider_oldest_waiting_age_seconds\{bot="bot_1"\} 0$/m)
})

test('a clock that is set back between two looks takes nothing away from a sum', async () => {
  const { delivery, watchBacklog, print } = createMetrics(new ManualClock(1000))
  delivery.attempt('bot_1', 'delivered', -5000)
  delivery.delivered('bot_1', -5000)
  watchBacklog(async () => [{ botId: 'bot_1', waiting: 1, oldestMs: 9000 }])
  const { text } = await print()
  assert.match(text, /^postrider_attempt_duration_seconds_sum 0$/m)
  assert.match(text, /^postrider_delivery_latency_seconds_sum 0$/m)
  assert.match(text, /^postrider_oldest_waiting_age_seconds\{bot="bot_1"\} 0$/m)
})

test('metrics are printed although the store cannot say what waits', async () => {
  const { watchBacklog, print } = createMetrics(new ManualClock())
  watchBacklog(() => Promise.reject(new Error('no database')))
  const { text } = await print()
  assert.match(text, /^postrider_group_commit_size_count 0$/m)
  assert.doesNotMatch(text, /^postrider_messages_waiting\{/m)
})

test('every metric of ours is described, and says what to do when it is red', async () => {
  const { rows, print } = createMetrics(new ManualClock())
  const { text } = await print()
  const printed = Array.from(text.matchAll(/^# TYPE (postrider_\S+) (\S+)/gm), ([, name, type]) => `${name} ${type}`)
  assert.deepEqual(rows.map(({ name, type }) => `${name} ${type}`).sort(), printed.sort())
  for (const { name, help, red } of rows) assert.ok(help.endsWith('.') && red.endsWith('.'), name)
})
