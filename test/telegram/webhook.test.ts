import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { ApiMethods } from '@grammyjs/types'
import { UPDATES_TO_HEAR } from '../../src/conversation/conversation.ts'
import { isOwnWebhook, webhookUrl } from '../../src/domain/webhook-address.ts'
import { createBotApiClient } from '../../src/telegram/bot-api-client.ts'
import { createWebhook, removeOwnWebhook } from '../../src/telegram/webhook.ts'
import { recordingLog } from '../support/http-server.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { startedPair, testSandbox } from '../support/sandbox.ts'
import { seededRandom } from '../support/seeded-random.ts'
import { until } from '../support/until.ts'
import { webhookReceiver } from '../support/webhook-receiver.ts'

/** A bot at a strict Telegram, whose clock is ours too. `/start` of a person waits there. */
async function house(t: TestContext, cloud = false) {
  const clock = new ManualClock()
  const sandbox = await testSandbox(t, { clock, cloud })
  const { bot, user } = startedPair(sandbox)
  const client = createBotApiClient({ apiRoot: sandbox.url, token: bot.view.token, timeoutMs: 60_000 })
  t.after(() => client.close())
  const owner = { publicUrl: 'http://127.0.0.1:9', mark: 'our-mark' }

  /** One of our processes. */
  function process(change: { publicUrl?: string; mark?: string; updateOffset?: number } = {}) {
    const states: (string | null)[][] = []
    const log = recordingLog()
    const own = { ...owner, ...change }
    const webhook = createWebhook({
      bot: { id: 'bot_1', updateOffset: change.updateOffset ?? 0 },
      client,
      wanted: () => ({
        url: webhookUrl(own, 'bot_1'),
        isOwn: (url) => isOwnWebhook(url, own),
        secretToken: 'secret_1',
        allowedUpdates: UPDATES_TO_HEAR,
      }),
      saveState: async (...state) => void states.push(state),
      clock,
      random: seededRandom(3),
      log,
    })
    t.after(() => webhook.stop())
    return { start: () => webhook.start(), stop: () => webhook.stop(), states, log }
  }

  const calls = (method: string): number => sandbox.control.requests().filter((call) => call.method === method).length
  return {
    clock,
    sandbox,
    bot,
    user,
    client,
    process,
    calls,
    owner,
    url: webhookUrl(owner, 'bot_1'),
    info: (): Promise<ReturnType<ApiMethods<never>['getWebhookInfo']>> => bot.ok('getWebhookInfo'),
    /** Until it rests, having looked. */
    looked: async (times: number): Promise<void> => {
      await until(`it has looked ${times} times`, () => calls('getWebhookInfo') >= times && clock.sleeping > 0)
    },
  }
}

test('the webhook is set with all that belongs to it, and what waits at Telegram is kept', async (t) => {
  const { process, info, url, sandbox, bot } = await house(t)
  const { start, states } = process()
  await start()
  await until('it says so', () => states.length > 0)
  assert.deepEqual(states, [['running', null]])
  const { url: set, max_connections, allowed_updates, pending_update_count } = await info()
  assert.deepEqual([set, max_connections, pending_update_count], [url, 40, 1])
  assert.deepEqual(allowed_updates, [...UPDATES_TO_HEAR])
  assert.equal(sandbox.control.pendingUpdates(bot.view.id).length, 1)
})

test('the secret comes with each update', async (t) => {
  const { process } = await house(t)
  const receiver = await webhookReceiver(t)
  await process({ publicUrl: new URL(receiver.url).origin }).start()
  await receiver.count(1)
  assert.equal(receiver.received[0]?.headers['x-telegram-bot-api-secret-token'], 'secret_1')
})

test('one that is right is left alone, by the next look and by the next process', async (t) => {
  const { process, calls, looked, clock } = await house(t)
  const publicUrl = new URL((await webhookReceiver(t)).url).origin
  const first = process({ publicUrl })
  await first.start()
  await looked(1)
  clock.advance(60_000)
  await looked(2)
  const second = process({ publicUrl })
  await second.start()
  await looked(3)
  await until('the second says so', () => second.states.length > 0)
  assert.equal(calls('setWebhook'), 1)
  assert.deepEqual([first.states, second.states], [[['running', null]], [['running', null]]])
})

test('one of ours that is out of date is set anew: another key, another address, other updates', async (t) => {
  const { process, info, url, clock, bot, owner } = await house(t)
  const before = [
    { url: webhookUrl({ ...owner, mark: 'former-key' }, 'bot_1') },
    { url: webhookUrl({ ...owner, publicUrl: 'http://before.example' }, 'bot_0') },
    { url, allowed_updates: ['message'], max_connections: 40 },
    { url, allowed_updates: UPDATES_TO_HEAR, max_connections: 1 },
  ]
  for (const former of before) {
    clock.advance(2000)
    await bot.ok('setWebhook', former)
    clock.advance(2000)
    const { start, stop, states } = process()
    await start()
    await until('it says so', () => states.length > 0)
    const now = await info()
    assert.deepEqual([now.url, now.max_connections, now.allowed_updates?.length], [url, 40, UPDATES_TO_HEAR.length])
    await stop()
  }
})

test("another program's webhook is told and not touched, and ours follows when it is gone", async (t) => {
  const { process, info, url, bot, clock, calls } = await house(t)
  await bot.ok('setWebhook', { url: 'http://other.example/with-a-secret-path' })
  const { start, states, log } = process()
  await start()
  await until('it says so', () => states.length > 0)
  assert.equal(states[0]?.[0], 'conflict')
  assert.match(states[0]?.[1] ?? '', /another program, at other\.example, is set/)
  assert.doesNotMatch(JSON.stringify([states, log.lines]), /with-a-secret-path/)
  const looksBefore = calls('getWebhookInfo')
  await until('it has looked again', () => {
    clock.advanceToNext()
    return calls('getWebhookInfo') > looksBefore + 3
  })
  assert.equal((await info()).url, 'http://other.example/with-a-secret-path')
  await bot.ok('deleteWebhook')
  await until('ours is set', () => {
    clock.advanceToNext()
    return states.length > 1
  })
  assert.deepEqual([states.at(-1), (await info()).url], [['running', null], url])
})

test('one that somebody removed is set again', async (t) => {
  const { process, info, url, bot, looked, clock } = await house(t)
  await process().start()
  await looked(1)
  await bot.ok('deleteWebhook')
  clock.advance(60_000)
  await until('it is set', async () => (await info()).url === url)
})

test('processes that start together agree: one sets it, the other one waits and finds it right', async (t) => {
  const { process, info, url, clock } = await house(t)
  const processes = [process(), process(), process()]
  await Promise.all(processes.map(({ start }) => start()))
  await until('all say so', () => {
    clock.advanceToNext()
    return processes.every(({ states }) => states.length > 0)
  })
  for (const { states } of processes) assert.deepEqual(states, [['running', null]])
  assert.equal((await info()).url, url)
})

test('a process with another key takes the webhook once, and the former one says so instead of taking it back', async (t) => {
  const { process, info, looked, clock, calls, owner } = await house(t)
  const former = process()
  await former.start()
  await looked(1)
  clock.advance(30_000)
  const later = process({ mark: 'another-key' })
  await later.start()
  await until('the later one has it', () => later.states.length > 0)
  await until('both have looked again, more than once', () => {
    clock.advanceToNext()
    return calls('getWebhookInfo') > 8
  })
  assert.equal((await info()).url, webhookUrl({ ...owner, mark: 'another-key' }, 'bot_1'))
  assert.equal(calls('setWebhook'), 2)
  await until('the former one says so', () => former.states.at(-1)?.[0] === 'conflict')
  assert.match(former.states.at(-1)?.[1] ?? '', /another SECRET_KEY or PUBLIC_URL/)
  assert.equal(later.states[0]?.[0], 'running')
})

test('what is wrong with Telegram is told without speaking of a message, for there is none', async (t) => {
  const { process, sandbox } = await house(t)
  sandbox.control.addFault({ method: 'getWebhookInfo', times: 1, action: { kind: 'html', status: 502 } })
  const { start, states } = process()
  await start()
  await until('it says so', () => states.length > 0)
  assert.deepEqual(states[0], ['unreachable', 'Telegram answers HTTP 502.'])
})

test('what Telegram says about its deliveries is told, and so is their end', async (t) => {
  const { process, clock, looked, calls } = await house(t)
  const receiver = await webhookReceiver(t)
  receiver.reply = () => ({ status: 502 })
  const { start, states } = process({ publicUrl: new URL(receiver.url).origin })
  await start()
  await receiver.count(1)
  clock.advance(2000)
  await looked(1)
  await until('the trouble', () => {
    clock.advanceToNext()
    return states.length > 1
  })
  assert.equal(states[1]?.[0], 'unreachable')
  assert.match(states[1]?.[1] ?? '', /to PUBLIC_URL \(Wrong response from the webhook: 502 Bad Gateway\); 1 wait/)
  receiver.reply = () => ({ status: 200 })
  await until('the end of it', () => {
    clock.advanceToNext()
    return states.length > 2
  })
  assert.deepEqual(states[2], ['running', null])
  assert.equal(calls('setWebhook'), 1)
})

test('an address that Telegram does not take is told in a sentence, and tried again', async (t) => {
  const { process, clock, calls } = await house(t, true)
  const { start, states } = process({ publicUrl: 'https://127.0.0.1' })
  await start()
  await until('it says so', () => states.length > 0)
  assert.equal(states[0]?.[0], 'unreachable')
  assert.match(states[0]?.[1] ?? '', /does not take PUBLIC_URL for a webhook \(.*IP address 127\.0\.0\.1 is reserved/)
  assert.doesNotMatch(states[0]?.[1] ?? '', /message/)
  await until('it tries again', () => {
    clock.advanceToNext()
    return calls('setWebhook') > 1
  })
  assert.equal(states.length, 1)
})

test('what was polled and handled, and not confirmed any more, is not posted again', async (t) => {
  const { process, bot, sandbox, user } = await house(t)
  const receiver = await webhookReceiver(t)
  const [polled] = await bot.ok('getUpdates')
  assert.ok(polled)
  sandbox.control.send({ user: user.id, bot: bot.view.id, text: 'new' })
  await process({ publicUrl: new URL(receiver.url).origin, updateOffset: polled.update_id + 1 }).start()
  await receiver.count(1)
  await until('nothing waits', () => sandbox.control.pendingUpdates(bot.view.id).length === 0)
  assert.deepEqual(
    receiver.received.map(({ update }) => update.message?.text),
    ['new'],
  )
})

test('whoever polls removes our webhook, whatever its address was, and no other', async (t) => {
  const { bot, client, clock, info, owner, sandbox } = await house(t)
  const log = recordingLog()
  const remove = () => removeOwnWebhook({ bot: { id: 'bot_1' }, client, isOwn: (url) => isOwnWebhook(url, owner), log })
  assert.equal(await remove(), false)
  const webhooks: [string, boolean][] = [
    [webhookUrl(owner, 'bot_1'), true],
    [webhookUrl({ ...owner, publicUrl: 'http://before.example' }, 'bot_9'), true],
    ['http://other.example/hook', false],
  ]
  for (const [url, isOurs] of webhooks) {
    clock.advance(2000)
    await bot.ok('setWebhook', { url })
    assert.equal(await remove(), isOurs)
    assert.equal((await info()).url, isOurs ? '' : url)
  }
  assert.equal(sandbox.control.pendingUpdates(bot.view.id).length, 1)
})
