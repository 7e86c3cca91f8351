import assert from 'node:assert/strict'
import { test } from 'node:test'
import { request } from 'undici'
import type { FaultAction } from '../../src/sandbox/faults/fault-rule.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { startedPair, testSandbox, type WireBot } from '../support/sandbox.ts'
import { until } from '../support/until.ts'
import { webhookReceiver } from '../support/webhook-receiver.ts'

/** Sends one text with an HTTP client that tells exactly how it ended. */
async function send(bot: WireBot, user: number): Promise<{ status: number; type: string; body: string } | string> {
  const { sandbox, view } = bot
  const url = `${sandbox.url}/bot${view.token}/sendMessage?chat_id=${user}&text=x`
  try {
    const answer = await request(url)
    const body = await answer.body.text()
    return { status: answer.statusCode, type: String(answer.headers['content-type']), body }
  } catch (problem) {
    return String(problem instanceof Error && 'code' in problem ? problem.code : problem)
  }
}

const stored = (sandbox: Sandbox): number => sandbox.control.messages().filter(({ fromBot }) => fromBot).length

async function struckBy(sandbox: Sandbox, bot: WireBot, user: number, action: FaultAction) {
  const { id } = sandbox.control.addFault({ method: 'sendMessage', times: 1, action })
  const before = stored(sandbox)
  const outcome = await send(bot, user)
  const [record] = sandbox.control.requests({ method: 'sendMessage', limit: 1 })
  assert.equal(record?.fault, id)
  return { outcome, stored: stored(sandbox) - before, record }
}

test('F1: any refusal, and any of the catalogue, stores nothing', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot, user } = startedPair(sandbox)
  const made = await struckBy(sandbox, bot, user.id, { kind: 'http', status: 418, description: 'I am a teapot' })
  assert.equal(made.stored, 0)
  assert.ok(typeof made.outcome === 'object')
  assert.deepEqual(JSON.parse(made.outcome.body), { ok: false, error_code: 418, description: 'I am a teapot' })
  const known = await struckBy(sandbox, bot, user.id, { kind: 'http', entry: 'group_upgraded' })
  assert.equal(known.record.description, 'Bad Request: group chat was upgraded to a supergroup chat')
})

test('F2: pages of the web server in front', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot, user } = startedPair(sandbox)
  for (const status of [502, 503, 504, 413] as const) {
    const { outcome, stored } = await struckBy(sandbox, bot, user.id, { kind: 'html', status })
    assert.ok(typeof outcome === 'object')
    assert.equal(outcome.status, status)
    assert.equal(outcome.type, 'text/html')
    assert.match(outcome.body, new RegExp(`<h1>${status} `))
    assert.equal(stored, 0)
  }
})

test('F3: a delay before or after the work', async (t) => {
  const clock = new ManualClock()
  const sandbox = await testSandbox(t, { clock })
  const { bot, user } = startedPair(sandbox)
  for (const [when, storedMeanwhile] of [
    ['before', 0],
    ['after', 1],
  ] as const) {
    sandbox.control.addFault({ method: 'sendMessage', times: 1, action: { kind: 'delay', when, ms: 5_000 } })
    const before = stored(sandbox)
    const sending = send(bot, user.id)
    await until('it waits', () => clock.sleeping > 0)
    assert.equal(stored(sandbox) - before, storedMeanwhile, when)
    clock.advance(5_000)
    const outcome = await sending
    assert.ok(typeof outcome === 'object' && outcome.status === 200)
    assert.equal(stored(sandbox) - before, 1)
  }
})

test('F4: the connection closes and nothing is stored', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot, user } = startedPair(sandbox)
  const { outcome, stored, record } = await struckBy(sandbox, bot, user.id, { kind: 'drop_before' })
  assert.equal(outcome, 'UND_ERR_SOCKET')
  assert.equal(stored, 0)
  assert.equal(record.status, undefined)
})

test('F5: the connection closes and the message stands in the chat', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot, user } = startedPair(sandbox)
  const { outcome, stored } = await struckBy(sandbox, bot, user.id, { kind: 'drop_after' })
  assert.equal(outcome, 'UND_ERR_SOCKET')
  assert.equal(stored, 1)
})

test('F6: headers and half a body, then the end', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot, user } = startedPair(sandbox)
  sandbox.control.addFault({ action: { kind: 'partial' } })
  const answer = await request(`${sandbox.url}/bot${bot.view.token}/sendMessage?chat_id=${user.id}&text=x`)
  assert.equal(answer.statusCode, 200)
  await assert.rejects(answer.body.text())
  assert.equal(stored(sandbox), 1)
})

test('F7: 200 with what is no JSON', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot, user } = startedPair(sandbox)
  for (const form of ['text', 'truncated', 'empty'] as const) {
    const { outcome, stored } = await struckBy(sandbox, bot, user.id, { kind: 'garbage', form })
    assert.ok(typeof outcome === 'object')
    const { body, status } = outcome
    assert.equal(status, 200)
    assert.throws(() => JSON.parse(body), form)
    assert.equal(stored, 1)
  }
})

test('F8: a TCP reset, before or after the work', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot, user } = startedPair(sandbox)
  for (const [when, count] of [
    ['before', 0],
    ['after', 1],
  ] as const) {
    const { outcome, stored } = await struckBy(sandbox, bot, user.id, { kind: 'reset', when })
    assert.equal(outcome, 'ECONNRESET')
    assert.equal(stored, count)
  }
})

test('F9: 429 with and without parameters', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot, user } = startedPair(sandbox)
  for (const withoutParameters of [false, true]) {
    const action = { kind: 'too_many_requests', retryAfterSeconds: 9, withoutParameters } as const
    const { outcome, stored } = await struckBy(sandbox, bot, user.id, action)
    assert.ok(typeof outcome === 'object')
    assert.deepEqual(JSON.parse(outcome.body), {
      ok: false,
      error_code: 429,
      description: 'Too Many Requests: retry after 9',
      ...(!withoutParameters && { parameters: { retry_after: 9 } }),
    })
    assert.equal(stored, 0)
  }
})

test('F10: an answer that drips', async (t) => {
  const clock = new ManualClock()
  const sandbox = await testSandbox(t, { clock })
  const { bot, user } = startedPair(sandbox)
  sandbox.control.addFault({ method: 'sendMessage', action: { kind: 'slow_drip', msPerByte: 100 } })
  const sending = send(bot, user.id)
  let drops = 0
  const dripping = sending.then(() => (drops = -drops))
  while (drops >= 0) {
    if (clock.advanceToNext() > 0) drops += 1
    await new Promise((resolve) => setImmediate(resolve))
  }
  await dripping
  const outcome = await sending
  assert.ok(typeof outcome === 'object' && JSON.parse(outcome.body).ok === true)
  assert.equal(-drops, outcome.body.length)
})

test('F11: a wrong content type', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot, user } = startedPair(sandbox)
  const action = { kind: 'wrong_content_type', contentType: 'text/html' } as const
  const { outcome } = await struckBy(sandbox, bot, user.id, action)
  assert.ok(typeof outcome === 'object')
  assert.equal(outcome.type, 'text/html')
  assert.equal(JSON.parse(outcome.body).ok, true)
})

test('F12: updates twice, backwards, and with numbers that jump', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot, user } = startedPair(sandbox)
  sandbox.control.send({ user: user.id, bot: bot.view.id, text: 'a' })
  const texts = async (): Promise<(string | undefined)[]> => {
    return (await bot.ok('getUpdates', { limit: 10, timeout: 5 })).map(({ message }) => message?.text)
  }
  sandbox.control.addFault({ times: 1, action: { kind: 'duplicate_update' } })
  assert.deepEqual(await texts(), ['/start', '/start', 'a', 'a'])
  sandbox.control.clearFaults()
  await bot.ok('getUpdates', { offset: -2 })
  sandbox.control.addFault({ times: 1, action: { kind: 'reorder_updates' } })
  assert.deepEqual(await texts(), ['a', '/start'])
  const before = sandbox.control.pendingUpdates(bot.view.id).at(-1)?.update_id ?? 0
  sandbox.control.addFault({ times: 1, action: { kind: 'update_id_jump', by: 1000 } })
  await bot.ok('getMe')
  sandbox.control.send({ user: user.id, bot: bot.view.id, text: 'b' })
  assert.equal(sandbox.control.pendingUpdates(bot.view.id).at(-1)?.update_id, before + 1001)
})

test('F12: an update is posted twice to a webhook', async (t) => {
  const sandbox = await testSandbox(t)
  const receiver = await webhookReceiver(t)
  const { bot } = startedPair(sandbox)
  sandbox.control.addFault({ method: 'webhook', times: 1, action: { kind: 'duplicate_update' } })
  await bot.ok('setWebhook', { url: receiver.url })
  await receiver.count(2)
  assert.deepEqual(receiver.received[0]?.update, receiver.received[1]?.update)
})

test('F13: an album that fails after some of it was sent', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot, user } = startedPair(sandbox)
  const photo = sandbox.control.send({ user: user.id, bot: bot.view.id, photo: true }).message.photo?.[0]?.file_id
  const media = Array.from({ length: 3 }, () => ({ type: 'photo', media: photo }))
  sandbox.control.addFault({ action: { kind: 'album_partial', stored: 1 } })
  assert.equal(
    await bot.line('sendMediaGroup', { chat_id: user.id, media }),
    '400 Bad Request: failed to send message #2 with the error message "Too Many Requests: retry after 8"',
  )
  assert.equal(stored(sandbox), 1)
})

test('F14: the clock of the server moves', async (t) => {
  const clock = new ManualClock()
  const sandbox = await testSandbox(t, { clock })
  const { bot, user } = startedPair(sandbox)
  const before = await bot.ok('sendMessage', { chat_id: user.id, text: 'x' })
  sandbox.control.addFault({ times: 1, action: { kind: 'clock_skip', ms: -3_600_000 } })
  const after = await bot.ok('sendMessage', { chat_id: user.id, text: 'x' })
  assert.equal(after.date, before.date - 3_600)
})

test('F15: an outage of all bots begins and ends', async (t) => {
  const clock = new ManualClock()
  const sandbox = await testSandbox(t, { clock })
  const { bot } = startedPair(sandbox)
  const other = startedPair(sandbox, 'second_bot').bot
  sandbox.control.addFault({ afterMs: 1_000, forMs: 5_000, action: { kind: 'http', entry: 'bad_gateway' } })
  assert.equal(await bot.line('getMe'), '200')
  clock.advance(1_000)
  for (const each of [bot, other]) assert.equal(await each.line('getMe'), '502 Bad Gateway')
  clock.advance(5_000)
  assert.equal(await bot.line('getMe'), '200')
})

test('rules match bot, method, chat, the so-many-th call, so many times, with some probability', async (t) => {
  const sandbox = await testSandbox(t, { profile: 'off' })
  const { control } = sandbox
  const { bot, user } = startedPair(sandbox)
  const other = startedPair(sandbox, 'second_bot')
  const action = { kind: 'http', status: 400, description: 'struck' } as const
  const lines = async (count: number): Promise<string[]> => {
    const found: string[] = []
    for (let call = 0; call < count; call += 1) {
      found.push((await bot.line('sendMessage', { chat_id: user.id, text: 'x' })).slice(0, 3))
    }
    return found
  }
  control.addFault({ bot: 'pair_bot', method: 'SENDMESSAGE', chatId: user.id, nth: 2, action })
  assert.deepEqual(await lines(4), ['200', '400', '200', '200'])
  assert.equal(await other.bot.line('sendMessage', { chat_id: other.user.id, text: 'x' }), '200')
  control.clearFaults()
  control.addFault({ times: 2, action })
  assert.deepEqual(await lines(3), ['400', '400', '200'])
  control.clearFaults()
  const { id } = control.addFault({ probability: 0.5, action })
  const struck = (await lines(40)).filter((line) => line === '400').length
  assert.ok(struck > 8 && struck < 32, String(struck))
  assert.deepEqual(
    control.faults().map((rule) => [rule.id, rule.matched, rule.struck]),
    [[id, 40, struck]],
  )
  control.removeFault(id)
  assert.deepEqual(await lines(1), ['200'])
})
