import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noticingThrottles } from '../../src/delivery/throttled-bot.ts'
import { NO_METRICS } from '../../src/domain/metrics.ts'
import { BOT, startPost } from '../support/delivery.ts'
import { ownBots } from '../support/own-bots.ts'
import { seededRandom } from '../support/seeded-random.ts'
import { until } from '../support/until.ts'

const FLOOD = { kind: 'too_many_requests', retryAfterSeconds: 20 } as const

for (const method of ['getMe', 'getUpdates', 'getWebhookInfo'] as const) {
  test(`a 429 of ${method} holds all that the bot sends for as long, is stored and counted`, async (t) => {
    const post = await startPost(t)
    const { store, clock, log } = post
    const ann = await post.person()
    const { pacer, telegram } = await post.start()
    const counted: unknown[] = []
    const metrics = { ...NO_METRICS, throttled: (...about: unknown[]) => void counted.push(about) }
    const client = noticingThrottles(telegram, {
      botId: BOT,
      store,
      pacer,
      clock,
      random: seededRandom(1),
      log,
      metrics,
    })
    post.sandbox.control.addFault({ method, times: 1, action: FLOOD })
    if (method === 'getUpdates') {
      const nothing = { offset: 0, timeoutSeconds: 0, allowedUpdates: [] }
      await client.getUpdates(nothing, new AbortController().signal)
    } else await client[method]()
    const refusedMs = clock.now()
    await post.send(ann, 'one')
    await post.until(() => post.done(ann))
    const [sent] = post.sandbox.control.deliveries()
    const waitedMs = (sent?.atMs ?? 0) - refusedMs
    assert.ok(waitedMs >= 20_000 && waitedMs < 22_000, `${waitedMs}`)
    assert.ok(((await store.getBot(BOT))?.notBeforeMs ?? 0) >= refusedMs + 20_000)
    assert.deepEqual(counted, [[BOT, 'bot', 20_000]])
  })
}

test('what keeps Telegram from being polled keeps a bot that works from sending', async (t) => {
  const here = await ownBots(t)
  const bot = await here.add()
  await here.start()
  await here.polls(bot)
  here.control.addFault({
    bot: bot.view.id,
    method: 'getUpdates',
    times: 1,
    action: { ...FLOOD, retryAfterSeconds: 2 },
  })
  here.control.send({ user: bot.telegramChatId, bot: bot.view.id, text: '/help' })
  const refused = () => here.requests(bot).find(({ status }) => status === 429)
  await until('the poll is refused', () => refused()?.answeredAtMs !== undefined)
  await here.post(bot, 'after that')
  await until('it is there', () => here.arrived(bot).includes('after that'))
  const refusedMs = refused()?.answeredAtMs ?? Infinity
  const after = here
    .requests(bot)
    .filter(({ method, arrivedAtMs }) => method === 'sendMessage' && arrivedAtMs >= refusedMs)
  assert.ok(after.length > 0)
  for (const { arrivedAtMs } of after) assert.ok(arrivedAtMs >= refusedMs + 2000, `${arrivedAtMs - refusedMs}`)
})
