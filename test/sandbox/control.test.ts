import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { startedPair, testSandbox, WireBot } from '../support/sandbox.ts'
import { until } from '../support/until.ts'

async function post(sandbox: Sandbox, name: string, body: unknown, type = 'application/json') {
  const response = await fetch(`${sandbox.url}/_sandbox/${name}`, {
    method: 'POST',
    headers: { 'content-type': type },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

async function get(sandbox: Sandbox, path: string) {
  const response = await fetch(`${sandbox.url}/_sandbox/${path}`)
  return { status: response.status, body: await response.json() }
}

test('the whole loop by HTTP alone: bot, person, Start, answer, tap', async (t) => {
  const sandbox = await testSandbox(t)
  const { body: view } = await post(sandbox, 'create-bot', { username: 'wire_bot' })
  const { body: ann } = await post(sandbox, 'create-user', { id: 5001, firstName: 'Ann', languageCode: 'en' })
  assert.equal(ann.id, 5001)
  const started = await post(sandbox, 'start', { user: 5001, bot: 'wire_bot', payload: 'abc' })
  assert.equal(started.status, 200)
  const bot = new WireBot(sandbox, sandbox.control.bot(Number(view.id)))
  const reply_markup = { inline_keyboard: [[{ text: 'Yes', callback_data: 'y' }]] }
  await bot.ok('sendMessage', { chat_id: 5001, text: 'Sure?', reply_markup })
  const messages = (await get(sandbox, 'messages?user=5001&bot=wire_bot&after=1')).body as { key: number }[]
  const { body: callback } = await post(sandbox, 'tap', { user: 5001, message: messages[0]?.key, button: 'Yes' })
  await bot.ok('answerCallbackQuery', { callback_query_id: callback.id, text: 'Fine' })
  const seen = (await get(sandbox, `callback?id=${String(callback.id)}`)).body as { answer: { text: string } }
  assert.equal(seen.answer.text, 'Fine')
  const updates = (await get(sandbox, 'pending-updates?bot=wire_bot')).body as object[]
  assert.equal(updates.length, 2)
  const state = (await get(sandbox, 'state')).body as { dialogs: object[] }
  assert.deepEqual(state.dialogs, [{ bot: view.id, user: 5001, started: true, blocked: false, messages: 2 }])
})

test('creating a bot twice answers the same bot', async (t) => {
  const sandbox = await testSandbox(t)
  const first = await post(sandbox, 'create-bot', { username: 'wire_bot' })
  const second = await post(sandbox, 'create-bot', { username: '@Wire_Bot' })
  assert.deepEqual(first.body, second.body)
})

test('mistakes are named: the call, the field, the one that is not there', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot, user } = startedPair(sandbox)
  const cases: [name: string, body: unknown, status: number, code: string][] = [
    ['no-such-call', {}, 404, 'unknown_call'],
    ['create-bot', {}, 400, 'invalid_input'],
    ['create-bot', { username: 'robot 7' }, 400, 'invalid_input'],
    ['create-bot', { username: 'fine_bot', token: 'nonsense' }, 400, 'invalid_input'],
    ['create-bot', '{', 400, 'invalid_input'],
    ['create-bot', '[]', 400, 'invalid_input'],
    ['create-user', { id: user.id }, 409, 'not_possible'],
    ['send', { user: user.id, text: 'x' }, 400, 'invalid_input'],
    ['send', { user: user.id, bot: bot.view.id }, 400, 'invalid_input'],
    ['send', { user: 1, bot: bot.view.id, text: 'x' }, 404, 'unknown_user'],
    ['start', { user: user.id, bot: 'no_bot' }, 404, 'unknown_bot'],
    ['upgrade-group', { chat: -5 }, 404, 'unknown_chat'],
    ['tap', { user: user.id, message: 99, button: 'x' }, 404, 'unknown_message'],
    ['advance-clock', { ms: 1 }, 409, 'not_possible'],
    ['add-fault', { action: { kind: 'gremlin' } }, 400, 'invalid_input'],
    ['add-fault', { action: { kind: 'http', entry: 'gremlin' } }, 400, 'invalid_input'],
  ]
  for (const [name, body, status, code] of cases) {
    const answer = await post(sandbox, name, body)
    assert.equal(answer.status, status, name)
    assert.equal((answer.body.error as { code: string }).code, code, name)
  }
  assert.equal((await post(sandbox, 'reset', '{}', 'text/plain')).status, 400)
  assert.equal((await get(sandbox, 'reset')).status, 404)
})

test('every fault that the program knows can be set by HTTP', async (t) => {
  const sandbox = await testSandbox(t)
  const actions = [
    { kind: 'http', entry: 'blocked_by_user' },
    { kind: 'http', status: 400, description: 'x', parameters: { retry_after: 3 } },
    { kind: 'html', status: 502 },
    { kind: 'delay', when: 'after', ms: 5 },
    { kind: 'drop_before' },
    { kind: 'drop_after' },
    { kind: 'partial' },
    { kind: 'garbage', form: 'truncated' },
    { kind: 'reset', when: 'before' },
    { kind: 'too_many_requests', retryAfterSeconds: 3, withoutParameters: true },
    { kind: 'slow_drip', msPerByte: 1 },
    { kind: 'wrong_content_type', contentType: 'text/html' },
    { kind: 'duplicate_update' },
    { kind: 'reorder_updates' },
    { kind: 'update_id_jump', by: 5 },
    { kind: 'album_partial', stored: 1, retryAfterSeconds: 4 },
    { kind: 'clock_skip', ms: 5 },
  ]
  for (const action of actions) {
    const { body } = await post(sandbox, 'add-fault', { bot: 'b', method: 'm', nth: 2, probability: 0.5, action })
    assert.deepEqual(body.action, action)
  }
  assert.deepEqual(
    sandbox.control.faults().map(({ action }) => action),
    actions,
  )
})

test('requests are recorded as they came, with what became of them', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot, user } = startedPair(sandbox)
  await bot.ok('sendMessage', { chat_id: user.id, text: 'one' })
  await bot.line('sendmessage', { chat_id: 7, text: 'two' })
  const [sent, refused] = sandbox.control.requests({ bot: 'pair_bot', method: 'SendMessage' })
  const key = sandbox.control.messages({ bot: bot.view.id }).at(-1)?.key
  assert.deepEqual(sent?.stored, [key])
  assert.deepEqual(sent.parameters, { chat_id: String(user.id), text: 'one' })
  assert.deepEqual([sent.status, sent.chatId, sent.violation], [200, String(user.id), false])
  assert.ok(sent.answeredAtMs !== undefined && sent.answeredAtMs >= sent.arrivedAtMs)
  assert.deepEqual([refused?.status, refused?.description], [400, 'Bad Request: chat not found'])
  assert.deepEqual(sandbox.control.requests({ chat: 7 }), [refused])
  assert.deepEqual(sandbox.control.requests({ after: sent.sequence }), [refused])
  sandbox.control.clearRequests()
  assert.deepEqual(sandbox.control.requests(), [])
})

test('deliveries come in order of arrival, and repetitions are marked', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot, user } = startedPair(sandbox)
  for (const text of ['a', 'b', 'a']) await bot.ok('sendMessage', { chat_id: user.id, text })
  const deliveries = sandbox.control.deliveries({ bot: bot.view.id, chat: user.id })
  assert.deepEqual(
    deliveries.map(({ text }) => text),
    ['a', 'b', 'a'],
  )
  assert.deepEqual(
    deliveries.map(({ duplicateOf }) => duplicateOf),
    [undefined, undefined, deliveries[0]?.key],
  )
})

test('a call inside a cooldown is a violation, in the record and in the counters', async (t) => {
  const { bot, user } = startedPair(await testSandbox(t, { profile: 'strict' }))
  const { control } = bot.sandbox
  for (let count = 0; count < 3; count += 1) await bot.line('sendMessage', { chat_id: user.id, text: 'x' })
  assert.deepEqual(
    control.requests().map(({ status, violation }) => [status, violation]),
    [
      [200, false],
      [429, false],
      [429, true],
    ],
  )
  assert.equal(control.rates(bot.view.id).violations, 1)
  control.configureRates({ profile: 'off' })
  assert.equal(await bot.line('sendMessage', { chat_id: user.id, text: 'x' }), '200')
})

test('L6: where waits are absorbed, the answer comes late and the message stands only then', async (t) => {
  const clock = new ManualClock()
  const { bot, user } = startedPair(await testSandbox(t, { profile: 'strict', clock }))
  bot.sandbox.control.configureRates({ absorb: true })
  await bot.ok('sendMessage', { chat_id: user.id, text: 'first' })
  const second = bot.ok('sendMessage', { chat_id: user.id, text: 'second' })
  await until('it is held back', () => clock.sleeping > 0)
  assert.equal(bot.sandbox.control.deliveries().length, 1)
  clock.advance(1_000)
  assert.equal((await second).text, 'second')
})

test('L8: the 21st new token of an address within a minute is 429', async (t) => {
  const sandbox = await testSandbox(t)
  const lines: string[] = []
  for (let count = 1; count <= 21; count += 1) {
    const bot = new WireBot(sandbox, sandbox.control.createBot({ username: `number_${count}_bot` }))
    lines.push(await bot.line('getMe'))
    lines.push(await bot.line('getMe'))
  }
  assert.deepEqual(new Set(lines.slice(0, 40)), new Set(['200']))
  assert.match(lines[40] ?? '', /^429 Too Many Requests: retry after \d+$/)
})

test('a stream tells that something changed', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot, user } = startedPair(sandbox)
  const abort = new AbortController()
  const stream = await fetch(`${sandbox.url}/_sandbox/events`, { signal: abort.signal })
  assert.equal(stream.headers.get('content-type'), 'text/event-stream')
  const reader = stream.body?.getReader()
  assert.ok(reader)
  const read = async (): Promise<string> => Buffer.from((await reader.read()).value ?? []).toString('utf8')
  assert.match(await read(), /^data: \{"revision":\d+\}\n\n$/)
  await bot.ok('sendMessage', { chat_id: user.id, text: 'x' })
  let events = ''
  while (!events.includes('"kind":"message"')) events += await read()
  assert.match(events, new RegExp(`"chatId":${user.id}`))
  abort.abort()
})

test('the clock is moved by hand where it can be', async (t) => {
  const clock = new ManualClock()
  const sandbox = await testSandbox(t, { clock })
  const before = sandbox.control.state().nowMs
  await post(sandbox, 'advance-clock', { ms: 90_000 })
  assert.equal(sandbox.control.state().nowMs - before, 90_000)
})

test('reset forgets everything', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot } = startedPair(sandbox)
  sandbox.control.addFault({ action: { kind: 'drop_before' } })
  sandbox.control.reset()
  assert.equal(await bot.line('getMe'), '401 Unauthorized')
  const { bots, users, dialogs } = sandbox.control.state()
  assert.deepEqual([bots, users, dialogs, sandbox.control.faults(), sandbox.control.messages()], [[], [], [], [], []])
})

test('the test world has a control API of its own', async (t) => {
  const sandbox = await testSandbox(t)
  const { body } = await post(sandbox, 'test/create-bot', { username: 'test_world_bot' })
  assert.equal(typeof body.token, 'string')
  assert.deepEqual(sandbox.control.state().bots, [])
  assert.equal(sandbox.control.testEnvironment.state().bots.length, 1)
})
