import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BOT_STARTS_PER_MINUTE } from '../src/domain/start-pace.ts'
import { fastClock } from './support/fast-clock.ts'
import { type OwnBot, ownBots } from './support/own-bots.ts'
import { until } from './support/until.ts'

test('many bots begin in turn: Telegram never says 429, those for whom something waits come first, and all run', async (t) => {
  const clock = fastClock(20)
  const here = await ownBots(t, { clock, sandbox: { profile: 'strict' }, startsPerMinute: BOT_STARTS_PER_MINUTE })
  const quiet: OwnBot[] = []
  for (let count = 0; count < 24; count++) quiet.push(await here.add())
  const awaited: OwnBot[] = []
  for (let count = 0; count < 6; count++) awaited.push(await here.add())
  for (const bot of awaited) await here.post(bot, 'waits')
  await here.start()
  const told = await until('somebody is told why', async () =>
    (await here.store.listBots()).find(({ stateReason }) => stateReason !== null),
  )
  assert.equal(told.state, 'starting')
  assert.match(told.stateReason ?? '', /its turn/)
  // However slow the machine is, all of them wait at the entrance before many have gone through.
  await until('all have begun', async () =>
    (await here.store.listBots()).every(({ state, stateReason }) => state === 'running' || stateReason !== null),
  )
  clock.hurry()
  for (const bot of [...quiet, ...awaited]) await here.isInState(bot, 'running')
  for (const bot of awaited) await until('it is there', () => here.arrived(bot).length === 1)
  assert.deepEqual(here.refusals(), [])
  const order = [...new Set(here.control.requests().map(({ bot }) => bot))]
  assert.equal(order.length, 30)
  const lastOnes = order.slice(-6)
  assert.ok(awaited.every(({ view }) => !lastOnes.includes(view.id)))
})

test('a bot that is switched off and on need not wait for its turn again', async (t) => {
  const here = await ownBots(t, { startsPerMinute: 1 })
  const bot = await here.add()
  await here.start()
  for (let round = 0; round < 3; round++) {
    await here.isInState(bot, 'running')
    await here.change(bot, { active: false })
    await until('all that worked for it has ended', () => here.timesEnded(bot) === round + 1)
    await here.change(bot, { active: true })
  }
  await here.isInState(bot, 'running')
  assert.equal((await here.read(bot)).stateReason, null)
})
