import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Update } from '@grammyjs/types'
import { createConversation, UPDATES_TO_HEAR } from '../../src/conversation/conversation.ts'
import { WORDING } from '../../src/conversation/wording.ts'
import { systemClock } from '../../src/ops/system-clock.ts'
import { createBotApiClient } from '../../src/telegram/bot-api-client.ts'
import type { TelegramClient } from '../../src/telegram/telegram-client.ts'
import { createUpdatesPoller, type UpdatesPollerDeps } from '../../src/telegram/updates-poller.ts'
import { recordingLog } from '../support/http-server.ts'
import { startLinking } from '../support/linking.ts'
import { testSandbox } from '../support/sandbox.ts'
import { seededRandom } from '../support/seeded-random.ts'
import { until } from '../support/until.ts'

async function startBot(t: TestContext) {
  const sandbox = await testSandbox(t, { profile: 'off' })
  const { control } = sandbox
  const account = control.createBot({ username: 'PostriderBot' })
  const connect = (token = account.token): TelegramClient => {
    const client = createBotApiClient({ apiRoot: sandbox.url, token, timeoutMs: 60_000 })
    t.after(() => client.close())
    return client
  }
  const poller = (deps: Partial<UpdatesPollerDeps>) => {
    const states: (string | null)[][] = []
    const handled: number[] = []
    const made = createUpdatesPoller({
      whenIn: async () => true,
      bot: { id: 'bot_1', updateOffset: 0 },
      client: connect(),
      allowedUpdates: UPDATES_TO_HEAR,
      handle: async ({ update_id: id }: Update) => void handled.push(id),
      saveOffset: async () => undefined,
      noteHandled: async () => undefined,
      removeOwnWebhook: async () => false,
      saveState: async (...state) => void states.push(state),
      clock: systemClock,
      random: seededRandom(5),
      log: recordingLog(),
      ...deps,
    })
    t.after(() => made.stop(AbortSignal.abort()))
    return { ...made, states, handled }
  }
  const ann = control.createUser({ firstName: 'Ann' })
  return { sandbox, control, account, connect, poller, ann }
}

test('a run that was killed between the work and the confirmation does the work again, to the same end', async (t) => {
  const { control, account, connect, poller, ann } = await startBot(t)
  const house = await startLinking(t, { telegramBotId: account.id, username: account.username })
  const user = await house.person('ann', 'Ann')
  const { code } = await house.createLinkCode({ userId: user.id })
  const client = connect()
  const conversation = createConversation({
    ...house,
    bot: { id: house.bot.id, username: account.username },
    telegram: client,
    log: recordingLog(),
    async reply({ telegramChatId, ...message }) {
      await client.sendText({ ...message, chatId: telegramChatId })
    },
  })
  const handle = (update: Update) => conversation.handle(update)
  const texts = () => control.deliveries({ bot: account.id }).map(({ text }) => text)

  const first = poller({ handle, saveOffset: () => new Promise(() => undefined) })
  await first.start()
  control.start({ user: ann.id, bot: account.id, payload: code })
  await until('the first answer', () => texts().length === 1)
  await first.stop(AbortSignal.abort())

  const second = poller({ handle, saveOffset: (offset) => house.store.setUpdateOffset(house.bot.id, offset) })
  await second.start()
  await until('the second answer', () => texts().length === 2)
  await until('the confirmation', () => control.pendingUpdates(account.id).length === 0)
  await second.stop(new AbortController().signal)
  assert.deepEqual(texts(), [WORDING.en.linked('Ann'), WORDING.en.alreadyLinked('Ann')])
  assert.equal((await house.listChats(user.id)).length, 1)
  assert.ok(((await house.store.getBot(house.bot.id))?.updateOffset ?? 0) > 0)
})

test('two programs on one token: each says so, both go on, and sending does not notice', async (t) => {
  const { control, account, connect, poller, ann } = await startBot(t)
  control.start({ user: ann.id, bot: account.id })
  const [one, other] = [poller({}), poller({})]
  await one.start()
  await until('the first', () => one.handled.length === 1)
  await other.start()
  await until('the conflict', () => [...one.states, ...other.states].some(([state]) => state === 'conflict'))
  const said = [...one.states, ...other.states].find(([state]) => state === 'conflict')
  assert.match(said?.[1] ?? '', /another program/i)
  const sent = await connect().sendText({ chatId: ann.id, text: 'still sending' })
  assert.ok(sent.ok)
  await other.stop(new AbortController().signal)
  control.send({ user: ann.id, bot: account.id, text: 'hello' })
  await until('the end of the conflict', () => one.handled.length === 2 || other.handled.length === 2)
})

test('a webhook that somebody set is told, and polling goes on when it is gone', async (t) => {
  const { sandbox, account, poller } = await startBot(t)
  const call = (method: string) => fetch(`${sandbox.url}/bot${account.token}/${method}`)
  assert.equal((await call('setWebhook?url=http://127.0.0.1:9/')).status, 200)
  const bot = poller({})
  await bot.start()
  await until('the conflict', () => bot.states.length === 1)
  assert.equal(bot.states[0]?.[0], 'conflict')
  assert.match(bot.states[0]?.[1] ?? '', /webhook/)
  assert.equal((await call('deleteWebhook')).status, 200)
  await until('the end of the conflict', () => bot.states.at(-1)?.[0] === 'running')
})

test('a token that was revoked, and a Telegram that is not there, are told apart', async (t) => {
  const { sandbox, control, account, connect, poller } = await startBot(t)
  const client = connect()
  control.revokeToken(account.id)
  const revoked = poller({ client })
  await revoked.start()
  await until('the rejection', () => revoked.states.length === 1)
  assert.equal(revoked.states[0]?.[0], 'rejected')
  await sandbox.stop()
  const alone = poller({})
  await alone.start()
  await until('the trouble', () => alone.states.length === 1)
  assert.equal(alone.states[0]?.[0], 'unreachable')
})

test('what is wrong with Telegram is told without speaking of a message, for there is none', async (t) => {
  const { control, poller } = await startBot(t)
  const faults: readonly [Parameters<typeof control.addFault>[0]['action'], RegExp][] = [
    [{ kind: 'html', status: 502 }, /^Telegram answers HTTP 502\.$/],
    [{ kind: 'http', entry: 'restart' }, /^Telegram answers HTTP 5\d\d\.$/],
    [{ kind: 'drop_before' }, /^Telegram does not answer\.$/],
    [{ kind: 'garbage' }, /^Telegram answers HTTP 200, but not as a Bot API does\.$/],
    [{ kind: 'http', status: 400, description: 'Bad Request: odd' }, /^Telegram answers HTTP 400\.$/],
    [{ kind: 'too_many_requests', retryAfterSeconds: 1 }, /^Telegram asks to wait 1 s\.$/],
  ]
  for (const [action, words] of faults) {
    control.addFault({ method: 'getUpdates', times: 1, action })
    const bot = poller({})
    await bot.start()
    await until('the trouble', () => bot.states.length > 0)
    assert.equal(bot.states[0]?.[0], 'unreachable')
    assert.match(bot.states[0]?.[1] ?? '', words)
    await bot.stop(AbortSignal.abort())
  }
})
