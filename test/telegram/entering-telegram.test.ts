import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { BOT_STARTS_PER_MINUTE, startLimits } from '../../src/domain/start-pace.ts'
import { createBotApiClient } from '../../src/telegram/bot-api-client.ts'
import { enteringTelegram } from '../../src/telegram/entering-telegram.ts'
import { Entrance } from '../../src/telegram/entrance.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { testSandbox } from '../support/sandbox.ts'
import { until } from '../support/until.ts'

const NEVER = new AbortController().signal

/** Bots at a sandbox that counts first requests, and clients of this program that have met none of them. */
async function bots(t: TestContext, perMinute = BOT_STARTS_PER_MINUTE) {
  const clock = new ManualClock()
  const entrance = new Entrance({ clock, limits: startLimits(perMinute) })
  const sandbox = await testSandbox(t, { profile: 'strict', clock })
  const { control } = sandbox
  const over = new AbortController()
  const waits: string[] = []
  let made = 0
  const connect = (token: string) => {
    const client = createBotApiClient({ apiRoot: sandbox.url, token, timeoutMs: 60_000 })
    t.after(() => client.close())
    return client
  }
  const bot = () => control.createBot({ username: `bot_${++made}_bot` })
  const met: string[] = []
  const entering = (token = bot().token, isMet = false) =>
    enteringTelegram({
      client: connect(token),
      entrance,
      token,
      urgency: 'normal',
      isMet,
      clock,
      over: over.signal,
      onWait: (reason) => waits.push(reason),
      onMet: () => met.push(token),
    })
  const throttled = () => control.requests().filter(({ status }) => status === 429)
  /** Time goes on whenever nobody is talking. */
  const go = (what: string, holds: () => boolean) =>
    until(what, () => {
      if (holds()) return true
      if (control.requests().every(({ answeredAtMs }) => answeredAtMs !== undefined)) clock.advance(500)
      return false
    })
  return { control, over, waits, met, connect, bot, entering, throttled, go }
}

test('some dozens of bots that begin at once never meet Telegram’s limit', async (t) => {
  const { entering, throttled, go } = await bots(t)
  let answered = 0
  for (let count = 0; count < 48; count++) {
    const { client } = entering()
    const asked = { offset: 0, timeoutSeconds: 0, allowedUpdates: ['message'] as const }
    // Each has several calls to make at once, as a bot has that starts.
    void client.getUpdates(asked, NEVER).then(({ ok }) => ok && answered++)
    void client.getCommands('').then(({ ok }) => ok && answered++)
    void client.getWebhookInfo().then(({ ok }) => ok && answered++)
  }
  await go('all were answered', () => answered === 3 * 48)
  assert.deepEqual(throttled(), [])
})

test('a 429 on the first call is obeyed, and whoever called hears nothing of it but the answer', async (t) => {
  const { bot, connect, entering, throttled, waits, control, go } = await bots(t)
  // As another program on this machine does.
  for (let count = 0; count < 20; count++) assert.ok((await connect(bot().token).getMe()).ok)
  const { client, whenIn } = entering()
  let isIn = false
  void whenIn().then((mayCall) => (isIn = mayCall))
  let answer: unknown
  void client.getMe().then((result) => (answer = result.ok))
  await go('it was answered', () => answer === true)
  const [refused] = throttled()
  assert.ok(refused?.retryAfterSeconds)
  assert.equal(throttled().length, 1)
  const last = control.requests().at(-1)
  assert.ok((last?.arrivedAtMs ?? 0) >= refused.arrivedAtMs + refused.retryAfterSeconds * 1000)
  assert.match(waits.at(-1) ?? '', /asks to wait \d+ s/)
  assert.ok(isIn)
})

test('a bot that is stopped before its turn makes no call', async (t) => {
  const { entering, over, control, waits } = await bots(t, 1)
  const first = entering()
  assert.ok((await first.client.getMe()).ok)
  const { client, whenIn } = entering()
  const call = client.getMe()
  const sending = client.sendText({ chatId: 1, text: 'x' })
  await nextTurn()
  assert.equal(waits.length, 1)
  over.abort()
  assert.equal((await call).ok, false)
  const sent = await sending
  assert.ok(!sent.ok && sent.failure.kind === 'temporary')
  assert.equal(await whenIn(), false)
  assert.equal(control.requests().length, 1)
  // Whoever is known finishes what is under way.
  assert.ok((await first.client.getMe()).ok)
})

test('a token that Telegram refuses waits for its turn again, behind the others', async (t) => {
  const { entering, control, bot, go, throttled } = await bots(t)
  const revoked = bot()
  control.revokeToken(revoked.id)
  const { client } = entering(revoked.token)
  let refusals = 0
  async function ask(): Promise<void> {
    while (refusals < 40) if (!(await client.getMe()).ok) refusals++
  }
  void ask()
  await go('it was refused often', () => refusals === 40)
  assert.deepEqual(throttled(), [])
})

test('a marked message stands in no row: while the token is refused it hears so at once, and an answer of the bot waits', async (t) => {
  const { entering, control, bot, over } = await bots(t, 1)
  const { id, token } = bot()
  const { client, sendMarked } = entering(token)
  assert.ok((await client.getMe()).ok)
  control.revokeToken(id)
  assert.equal((await client.getWebhookInfo()).ok, false)
  const made = control.requests().length
  const answer = client.sendText({ chatId: 1, text: 'an answer' }, over.signal)
  const sent = await sendMarked({ chatId: 1, text: 'a message' }, over.signal)
  assert.ok(!sent.ok && sent.failure.kind === 'bot_rejected')
  assert.equal(control.requests().length, made, 'no call was made')
  over.abort()
  const unsaid = await answer
  assert.ok(!unsaid.ok && unsaid.failure.kind === 'temporary', 'it waited until the end')
})

/** So many clients begin, for bots that this program has met before. */
function beginMet({ entering }: Pick<Awaited<ReturnType<typeof bots>>, 'entering'>, tokens: readonly string[]) {
  const answered: string[] = []
  for (const token of tokens) {
    void entering(token, true)
      .client.getMe()
      .then(({ ok }) => ok && answered.push(token))
  }
  return answered
}

test('bots that Telegram has met begin at once, however many, and those it has not go on taking turns', async (t) => {
  const here = await bots(t, 1)
  const tokens = Array.from({ length: 18 }, () => here.bot().token)
  for (const token of tokens) assert.ok((await here.connect(token).getMe()).ok)
  const answered = beginMet(here, tokens)
  await until('all were answered', () => answered.length === 18)
  assert.deepEqual([here.waits, here.met], [[], []])
  assert.ok((await here.entering().client.getMe()).ok)
  void here.entering().client.getMe()
  await until('the next one waits', () => here.waits.length === 1)
  assert.equal(here.met.length, 1, 'one that was met now is noted')
  here.over.abort()
})

test('where Telegram has forgotten whom it met, a few 429 say so, and then all take turns', async (t) => {
  const here = await bots(t)
  const answered = beginMet(
    here,
    Array.from({ length: 60 }, () => here.bot().token),
  )
  await here.go('all were answered', () => answered.length === 60)
  const { length } = here.throttled()
  assert.ok(length > 0 && length <= 8, `${length} were refused`)
})
