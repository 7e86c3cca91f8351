import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from './support/manual-clock.ts'
import { type OwnBot, ownBots } from './support/own-bots.ts'
import { seededRandom } from './support/seeded-random.ts'
import { until } from './support/until.ts'

test('a bot that is switched off in the middle of a long poll neither asks nor sends; what waits is held, and flows when it is on', async (t) => {
  const here = await ownBots(t)
  const [bot, other] = [await here.add(), await here.add()]
  await here.start()
  await here.polls(bot)
  const texts = Array.from({ length: 4 }, (_, index) => `message ${index}`)
  const ids: string[] = []
  for (const text of texts.slice(0, 3)) ids.push(await here.post(bot, text))
  await until('the first one is there', () => here.arrived(bot).length === 1)
  const first = ids[0] ?? ''
  await until('its call is over', async () => (await here.message(bot, first)).status === 'delivered')
  await here.polls(bot)

  await here.change(bot, { active: false })
  await until('all that worked for it has ended', () => here.timesEnded(bot) === 1)
  await until('nothing of it is open', () => here.open(bot).length === 0)
  const last = Math.max(...here.requests(bot).map(({ sequence }) => sequence))
  ids.push(await here.post(bot, texts[3] ?? ''))
  await here.post(other, 'meanwhile')
  await until('the other one works', () => here.arrived(other).length === 1)
  assert.deepEqual(here.control.requests({ bot: bot.view.id, after: last }), [])
  const waiting = (await Promise.all(ids.map((id) => here.message(bot, id)))).filter(
    ({ status }) => status === 'queued',
  )
  assert.equal(waiting.length, ids.length - here.arrived(bot).length)
  assert.ok(waiting.length >= 1)
  assert.deepEqual(new Set(waiting.map(({ waitingFor }) => waitingFor)), new Set(['bot_inactive']))

  await here.change(bot, { active: true })
  await until('all is there', () => here.arrived(bot).length === texts.length)
  assert.deepEqual(here.arrived(bot), texts)
  await here.isInState(bot, 'running')
  for (const id of ids) {
    await until('it is delivered', async () => (await here.message(bot, id)).status === 'delivered')
    assert.equal((await here.message(bot, id)).possibleDuplicate, false)
  }
  assert.deepEqual(here.conflicts(), [])
})

test('one call that Telegram holds keeps no chat waiting when the bot is switched; that message says it may be there twice', async (t) => {
  const here = await ownBots(t)
  const bot = await here.add()
  await here.start()
  await here.polls(bot)
  const slow = { bot: bot.view.id, method: 'sendMessage', chatId: bot.telegramChatId }
  for (const switched of [{ active: false }, { echo: true }]) {
    const before = here.arrived(bot).length
    // Longer than anybody waits in this test. Telegram has carried the call out by then.
    here.control.addFault({ ...slow, times: 1, action: { kind: 'delay', when: 'after', ms: 60_000 } })
    const held = await here.post(bot, 'held')
    await until('it has arrived, and its call is open', () => here.arrived(bot).length === before + 1)
    const told = here.timesEnded(bot)
    await here.change(bot, switched)
    await here.change(bot, { active: true })
    await until('all that worked for it has ended', () => here.timesEnded(bot) > told)
    await until('it has gone again', () => here.arrived(bot).length === before + 2)
    await until('it is delivered', async () => (await here.message(bot, held)).status === 'delivered')
    assert.equal((await here.message(bot, held)).possibleDuplicate, true)
    here.control.clearFaults()
  }
  assert.deepEqual(new Set(here.arrived(bot)), new Set(['held']))
  assert.deepEqual(here.conflicts(), [])
})

test('a bot is said to run though Telegram holds its first poll, unless somebody else has its updates', async (t) => {
  const here = await ownBots(t)
  const [bot, other] = [await here.add(), await here.add()]
  const url = 'https://other.example/hook'
  assert.equal((await fetch(`${here.sandbox.url}/bot${other.view.token}/setWebhook?url=${url}`)).status, 200)
  await here.start()
  await here.isInState(bot, 'running')
  await here.isInState(other, 'conflict')
  for (const one of [bot, other]) {
    await here.change(one, { active: false })
    await until('all that worked for it has ended', () => here.timesEnded(one) === 1)
  }
  here.control.clearRequests()
  // Longer than anybody waits in this test.
  const held = { kind: 'delay', when: 'before', ms: 60_000 } as const
  for (const { view } of [bot, other]) here.control.addFault({ bot: view.id, method: 'getUpdates', action: held })
  for (const one of [bot, other]) await here.change(one, { active: true })
  await here.isInState(bot, 'running')
  await until('the other one has asked', () =>
    here.requests(other).some(({ method, answeredAtMs }) => method === 'getWebhookInfo' && answeredAtMs !== undefined),
  )
  assert.equal((await here.read(other)).state, 'starting')
})

test('what people wrote before a bot was switched off is answered when it is on again: all of it, in order, and once', async (t) => {
  const clock = new ManualClock()
  const here = await ownBots(t, { clock })
  // Time goes by as the program goes on: on a machine that is slow nothing is too late for this test.
  const soon = (what: string, holds: () => boolean) =>
    until(what, () => {
      clock.advance(20)
      return holds()
    })
  const bot = await here.add({ echo: true })
  await here.start()
  await soon('it has answered the greeting', () => here.said(bot).length === 2)
  const bob = here.control.createUser({ firstName: 'Bob' })
  const toBob = () => here.control.deliveries({ bot: bot.view.id, chat: bob.id }).map(({ text }) => text)
  here.control.start({ user: bob.id, bot: bot.view.id })
  await soon('it has answered Bob', () => toBob().length === 2)
  // What is changed ends all that works for the bot as well.
  for (const switched of [{ active: false }, { takeOver: true }]) {
    const before = [here.said(bot).length, toBob().length] as const
    // More than may be said to one chat at once, so that most of it waits.
    const texts = Array.from({ length: 8 }, (_, index) => `number ${index}`)
    for (const text of texts) here.control.send({ user: bot.telegramChatId, bot: bot.view.id, text })
    here.control.send({ user: bob.id, bot: bot.view.id, text: 'later, and said at once' })
    await soon('Bob has his answer', () => toBob().length === before[1] + 1)
    const told = here.timesEnded(bot)
    await here.change(bot, switched)
    await soon('all that worked for it has ended', () => here.timesEnded(bot) > told)
    assert.ok(here.said(bot).length < before[0] + texts.length, 'too late for this test')
    await here.change(bot, { active: true })
    await soon('all is answered', () => here.said(bot).length === before[0] + texts.length)
    assert.deepEqual(here.said(bot).slice(before[0]), texts)
    await soon('nothing waits at Telegram', () => here.control.pendingUpdates(bot.view.id).length === 0)
    assert.equal(toBob().length, before[1] + 1)
  }
})

test('answers that wait for their turn do not leave when the bot is switched off', async (t) => {
  const here = await ownBots(t)
  const bot = await here.add({ echo: true })
  await here.start()
  await until('it has answered the greeting', () => here.said(bot).length === 2)
  await here.polls(bot)
  // Telegram asks the chat to wait for longer than anybody waits in this test.
  here.control.addFault({
    bot: bot.view.id,
    method: 'sendMessage',
    times: 1,
    action: { kind: 'too_many_requests', retryAfterSeconds: 25 },
  })
  here.control.send({ user: bot.telegramChatId, bot: bot.view.id, text: 'hello' })
  await until('the answer was refused', () => here.refusals().length === 1)
  await here.change(bot, { active: false })
  await until('all that worked for it has ended', () => here.timesEnded(bot) === 1)
  assert.equal(here.said(bot).length, 2)
  assert.deepEqual(
    here.open(bot).filter(({ method }) => method === 'sendMessage'),
    [],
  )
})

test('hundreds of switches in random order, while messages come: the end is what the account sees, nothing is lost', async (t) => {
  const here = await ownBots(t)
  const bots: OwnBot[] = []
  for (let count = 0; count < 5; count++) bots.push(await here.add({ active: count % 2 === 0 }))
  await here.start()
  const random = seededRandom(2026)
  const any = <T>(values: readonly T[]): T => values[Math.floor(random.unit() * values.length)] as T
  const wanted = new Map(bots.map((bot, index) => [bot, index % 2 === 0]))
  const posted = new Map<OwnBot, { id: string; text: string }[]>(bots.map((bot) => [bot, []]))
  for (let step = 0; step < 300; step++) {
    const bot = any(bots)
    const active = random.unit() < 0.5
    await here.change(bot, { active })
    wanted.set(bot, active)
    const talkative = any(bots)
    const messages = posted.get(talkative) ?? []
    if (messages.length < 4 && step % 10 === 0) {
      const text = `number ${messages.length} at step ${step}`
      messages.push({ id: await here.post(talkative, text), text })
    }
    if (random.unit() < 0.2) await new Promise((resolve) => setTimeout(resolve, random.unit() * 30))
  }
  for (const [bot, active] of wanted) {
    assert.equal((await here.read(bot)).active, active)
    if (active) {
      await here.polls(bot)
      await here.isInState(bot, 'running')
    } else {
      await here.isInState(bot, 'idle')
      await until('nothing of it is open', () => here.open(bot).length === 0)
    }
  }
  for (const bot of bots) await here.change(bot, { active: true })
  for (const [bot, messages] of posted) {
    for (const { id, text } of messages) {
      await until(`“${text}” is there`, async () => (await here.message(bot, id)).status === 'delivered')
      // The call that a switch cut on a busy machine goes again, and says so.
      const times = here.arrived(bot).filter((one) => one === text).length
      assert.equal((await here.message(bot, id)).possibleDuplicate || times === 1, true, `“${text}”: ${times} times`)
    }
    assert.deepEqual(
      [...new Set(here.arrived(bot))],
      messages.map(({ text }) => text),
    )
  }
  assert.deepEqual(here.conflicts(), [])
  assert.deepEqual(
    here.log.said.filter((line) => /could not be (started|stopped)/.test(line)),
    [],
  )
})

test('a start brings back all bots that are on, and none that is off', async (t) => {
  const here = await ownBots(t)
  const on = [await here.add(), await here.add()]
  const off = await here.add({ active: false })
  await here.start()
  for (const bot of on) await here.isInState(bot, 'running')
  await here.end()
  for (const bot of on) await until('nothing of it is open', () => here.open(bot).length === 0)
  here.control.clearRequests()
  await here.start()
  for (const bot of on) await here.polls(bot)
  assert.deepEqual(here.requests(off), [])
  assert.equal((await here.read(off)).state, 'idle')
})
