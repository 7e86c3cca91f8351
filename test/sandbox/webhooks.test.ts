import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../support/manual-clock.ts'
import { startedPair, testSandbox } from '../support/sandbox.ts'
import { until } from '../support/until.ts'
import { webhookReceiver } from '../support/webhook-receiver.ts'

/** Moves the clock to the next sleeper once there is one, and answers by how much. */
async function nextPause(clock: ManualClock): Promise<number> {
  await until('the sandbox pauses', () => clock.sleeping > 0)
  return clock.advanceToNext()
}

test('W1: the cloud wants https, a local server takes http and loopback', async (t) => {
  const cloud = startedPair(await testSandbox(t, { cloud: true })).bot
  assert.equal(
    await cloud.line('setWebhook', { url: 'http://bot.example/' }),
    '400 Bad Request: bad webhook: An HTTPS URL must be provided for webhook',
  )
  const local = startedPair(await testSandbox(t)).bot
  assert.equal(await local.line('setWebhook', { url: 'http://127.0.0.1:9/' }), '200')
})

test('W1: the cloud calls no reserved address, and nobody sets nonsense', async (t) => {
  const { bot } = startedPair(await testSandbox(t, { cloud: true }))
  const ip_address = '127.0.0.1'
  assert.equal(
    await bot.line('setWebhook', { url: 'https://bot.example/', ip_address }),
    '400 Bad Request: bad webhook: IP address 127.0.0.1 is reserved',
  )
  const local = startedPair(await testSandbox(t)).bot
  assert.equal(await local.line('setWebhook', { url: 'nonsense' }), '400 Bad Request: invalid webhook URL specified')
})

test('W2: the cloud takes four ports', async (t) => {
  const clock = new ManualClock()
  const { bot } = startedPair(await testSandbox(t, { cloud: true, clock }))
  for (const [port, line] of [
    [444, '400 Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443'],
    [8443, '200'],
    [88, '200'],
  ] as const) {
    clock.advance(2_000)
    const url = `https://8.8.8.8:${port}/`
    assert.equal(await bot.line('setWebhook', { url, ip_address: '8.8.8.8' }), line)
  }
})

test('W3: a secret is 1 to 256 of the allowed characters', async (t) => {
  const { bot } = startedPair(await testSandbox(t))
  const url = 'http://127.0.0.1:9/'
  assert.equal(
    await bot.line('setWebhook', { url, secret_token: 'a'.repeat(257) }),
    '400 Bad Request: secret token is too long',
  )
  assert.equal(
    await bot.line('setWebhook', { url, secret_token: 'a b' }),
    '400 Bad Request: secret token contains unallowed characters',
  )
  assert.equal(await bot.line('setWebhook', { url, secret_token: `aZ_-${'9'.repeat(252)}` }), '200')
})

test('W4: a second setting within a second is 429', async (t) => {
  const clock = new ManualClock()
  const { bot } = startedPair(await testSandbox(t, { clock }))
  const url = 'http://127.0.0.1:9/'
  assert.equal(await bot.line('setWebhook', { url }), '200')
  assert.equal(await bot.line('setWebhook', { url }), '429 Too Many Requests: retry after 1')
  clock.advance(1_000)
  assert.equal(await bot.line('setWebhook', { url }), '200')
})

test('M12, W5: setting and deleting say what they did', async (t) => {
  const clock = new ManualClock()
  const { bot } = startedPair(await testSandbox(t, { clock }))
  const url = 'http://127.0.0.1:9/'
  const says = async (method: string, parameters: object): Promise<string | undefined> => {
    clock.advance(2_000)
    return (await bot.call(method, parameters)).body.description
  }
  assert.equal(await says('setWebhook', { url }), 'Webhook was set')
  assert.equal(await says('setWebhook', { url }), 'Webhook is already set')
  assert.equal(await says('setWebhook', { url: '' }), 'Webhook was deleted')
  assert.equal(await says('deleteWebhook', {}), 'Webhook is already deleted')
})

test('W6: an update is posted as JSON with the secret and the user of the URL', async (t) => {
  const sandbox = await testSandbox(t)
  const receiver = await webhookReceiver(t)
  const { bot, user } = startedPair(sandbox)
  const url = receiver.url.replace('http://', 'http://me:pa%20ss@')
  await bot.ok('setWebhook', { url, secret_token: 'secret_1' })
  await receiver.count(1)
  const [first] = receiver.received
  assert.equal(first?.update.message?.text, '/start')
  assert.equal(first.update.message.from.id, user.id)
  assert.equal(first.headers['content-type'], 'application/json')
  assert.equal(first.headers['x-telegram-bot-api-secret-token'], 'secret_1')
  assert.equal(first.headers.authorization, `Basic ${Buffer.from('me:pa ss').toString('base64')}`)
})

test('W7: a refused update comes again at once, then after 2, 4, 8 … 60 to 120 seconds, until a 2xx', async (t) => {
  const clock = new ManualClock()
  const sandbox = await testSandbox(t, { clock })
  const receiver = await webhookReceiver(t)
  const { bot } = startedPair(sandbox)
  receiver.reply = () => ({ status: receiver.received.length < 10 ? 500 : 204 })
  await bot.ok('setWebhook', { url: receiver.url })
  const pauses: number[] = []
  for (let failures = 1; failures < 10; failures += 1) {
    await receiver.count(failures)
    pauses.push((await nextPause(clock)) / 1000)
  }
  assert.deepEqual(pauses.slice(0, 6), [0, 2, 4, 8, 16, 32])
  for (const pause of pauses.slice(6)) assert.ok(pause >= 60 && pause <= 120, String(pause))
  await until('nothing waits', () => sandbox.control.pendingUpdates(bot.view.id).length === 0)
})

test('W7: the updates of one chat come in order, a stuck chat stops no other', async (t) => {
  const sandbox = await testSandbox(t)
  const receiver = await webhookReceiver(t)
  const { bot, user } = startedPair(sandbox)
  const other = sandbox.control.createUser({ firstName: 'Bob' })
  const { promise: stuck, resolve: release } = Promise.withResolvers<void>()
  receiver.reply = async ({ update }) => {
    if (update.message?.text === '/start' && update.message.from.id === user.id) await stuck
    return { status: 200 }
  }
  await bot.ok('setWebhook', { url: receiver.url })
  await receiver.count(1)
  for (const text of ['a', 'b']) sandbox.control.send({ user: user.id, bot: bot.view.id, text })
  sandbox.control.start({ user: other.id, bot: bot.view.id })
  await receiver.count(2)
  const textsOf = (from: number) =>
    receiver.received.flatMap(({ update }) => (update.message?.from.id === from ? [update.message.text] : []))
  assert.deepEqual(textsOf(user.id), ['/start'])
  assert.deepEqual(textsOf(other.id), ['/start'])
  release()
  await receiver.count(4)
  assert.deepEqual(textsOf(user.id), ['/start', 'a', 'b'])
})

test('W7: no more connections at a time than were asked for', async (t) => {
  const sandbox = await testSandbox(t)
  const receiver = await webhookReceiver(t)
  const { bot } = startedPair(sandbox)
  const { promise: stuck, resolve: release } = Promise.withResolvers<void>()
  let open = 0
  let most = 0
  receiver.reply = async () => {
    most = Math.max(most, ++open)
    await stuck
    open -= 1
    return { status: 200 }
  }
  for (const firstName of ['Bob', 'Cat', 'Dan']) {
    sandbox.control.start({ user: sandbox.control.createUser({ firstName }).id, bot: bot.view.id })
  }
  await bot.ok('setWebhook', { url: receiver.url, max_connections: 2 })
  await receiver.count(2)
  release()
  await receiver.count(4)
  assert.equal(most, 2)
})

test('W5: what is set already goes on: nothing that is under way is posted anew', async (t) => {
  const clock = new ManualClock()
  const sandbox = await testSandbox(t, { clock })
  const receiver = await webhookReceiver(t)
  const { bot, user } = startedPair(sandbox)
  const { promise: stuck, resolve: release } = Promise.withResolvers<void>()
  receiver.reply = async () => {
    await stuck
    return { status: 200 }
  }
  const webhook = { url: receiver.url, secret_token: 'a', max_connections: 3 }
  await bot.ok('setWebhook', webhook)
  await receiver.count(1)
  clock.advance(1_000)
  const again = await bot.call('setWebhook', { ...webhook, allowed_updates: ['message'] })
  assert.equal(again.body.description, 'Webhook is already set')
  assert.deepEqual((await bot.ok('getWebhookInfo')).allowed_updates, ['message'])
  release()
  sandbox.control.send({ user: user.id, bot: bot.view.id, text: 'next' })
  await receiver.count(2)
  assert.deepEqual(
    receiver.received.map(({ update }) => update.message?.text),
    ['/start', 'next'],
  )
  clock.advance(1_000)
  const other = await bot.call('setWebhook', { ...webhook, max_connections: 4 })
  assert.equal(other.body.description, 'Webhook was set')
})

test("W7: Retry-After of the bot's server is honoured", async (t) => {
  const clock = new ManualClock()
  const sandbox = await testSandbox(t, { clock })
  const receiver = await webhookReceiver(t)
  const { bot } = startedPair(sandbox)
  receiver.reply = () => {
    return receiver.received.length === 1 ? { status: 503, headers: { 'retry-after': '1234' } } : { status: 200 }
  }
  await bot.ok('setWebhook', { url: receiver.url })
  await receiver.count(1)
  assert.equal(await nextPause(clock), 1_234_000)
  await receiver.count(2)
})

test('W7: an update that is too old is dropped', async (t) => {
  const clock = new ManualClock()
  const sandbox = await testSandbox(t, { clock })
  const receiver = await webhookReceiver(t)
  const { bot } = startedPair(sandbox)
  receiver.reply = () => ({ status: 500 })
  await bot.ok('setWebhook', { url: receiver.url })
  await receiver.count(1)
  clock.advance(25 * 3_600_000)
  assert.deepEqual(sandbox.control.pendingUpdates(bot.view.id), [])
})

test('W7: a server that says 410 for 23 hours loses its webhook', async (t) => {
  const clock = new ManualClock()
  const sandbox = await testSandbox(t, { clock })
  const receiver = await webhookReceiver(t)
  const { bot } = startedPair(sandbox)
  receiver.reply = () => ({ status: 410, headers: { 'retry-after': '3600' } })
  await bot.ok('setWebhook', { url: receiver.url })
  for (let hours = 0; hours < 23; hours += 1) {
    await receiver.count(hours + 1)
    assert.equal(sandbox.control.bot(bot.view.id).webhook.url, receiver.url)
    await nextPause(clock)
  }
  await until('the webhook is gone', () => sandbox.control.bot(bot.view.id).webhook.url === '')
})

test('W8: a method in the answer is carried out, unless it is one of the forbidden', async (t) => {
  const sandbox = await testSandbox(t)
  const receiver = await webhookReceiver(t)
  const { bot, user } = startedPair(sandbox)
  const replies = [
    { method: 'sendMessage', chat_id: user.id, text: 'from the answer' },
    { method: 'deleteWebhook' },
    { method: 'logOut' },
    { method: 'sendMessage', chat_id: 1, text: 'refused, and nobody hears of it' },
  ]
  receiver.reply = () => ({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(replies[receiver.received.length - 1]),
  })
  await bot.ok('setWebhook', { url: receiver.url })
  for (let count = 1; count <= 4; count += 1) {
    await receiver.count(count)
    sandbox.control.send({ user: user.id, bot: bot.view.id, text: 'next' })
  }
  await receiver.count(5)
  const fromBot = sandbox.control.messages({ bot: bot.view.id }).filter((message) => message.fromBot)
  assert.deepEqual(
    fromBot.map(({ message }) => message.text),
    ['from the answer'],
  )
  assert.equal((await bot.ok('getWebhookInfo')).url, receiver.url)
})

test('M12, W9: getWebhookInfo tells the last error and how much waits', async (t) => {
  const sandbox = await testSandbox(t)
  const receiver = await webhookReceiver(t)
  const { bot, user } = startedPair(sandbox)
  receiver.reply = () => ({ status: 500, headers: { 'retry-after': '60' } })
  await bot.ok('setWebhook', { url: receiver.url, max_connections: 7, allowed_updates: ['message'] })
  await receiver.count(1)
  sandbox.control.send({ user: user.id, bot: bot.view.id, text: 'x' })
  await until('it failed', async () => (await bot.ok('getWebhookInfo')).last_error_message !== undefined)
  const info = await bot.ok('getWebhookInfo')
  assert.equal(info.last_error_message, 'Wrong response from the webhook: 500 Internal Server Error')
  assert.ok((info.last_error_date ?? 0) > 1_600_000_000)
  assert.deepEqual(
    [info.url, info.has_custom_certificate, info.pending_update_count, info.max_connections, info.allowed_updates],
    [receiver.url, false, 2, 7, ['message']],
  )
  await bot.ok('deleteWebhook', { drop_pending_updates: true })
  assert.equal((await bot.ok('getWebhookInfo')).pending_update_count, 0)
})

test('W9: a server that is not there is an error, too', async (t) => {
  const { bot } = startedPair(await testSandbox(t))
  await bot.ok('setWebhook', { url: 'http://127.0.0.1:9/' })
  await until('it failed', async () => (await bot.ok('getWebhookInfo')).last_error_message !== undefined)
  assert.equal((await bot.ok('getWebhookInfo')).last_error_message, 'Connection refused')
})

test('W10: setWebhook ends a waiting getUpdates', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot } = startedPair(sandbox)
  const [start] = await bot.ok('getUpdates')
  const poll = bot.line('getUpdates', { timeout: 50, offset: (start?.update_id ?? 0) + 1 })
  await until('the poll waits', () => sandbox.control.requests().length === 2)
  await bot.ok('setWebhook', { url: 'http://127.0.0.1:9/' })
  assert.equal(await poll, '409 Conflict: terminated by setWebhook request')
})
