import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { BOT_STARTS_PER_MINUTE, startLimits } from '../../src/domain/start-pace.ts'
import { askInTime } from '../../src/telegram/ask-bot.ts'
import { Entrance, type EntranceUrgency, type Knock } from '../../src/telegram/entrance.ts'
import { ManualClock } from '../support/manual-clock.ts'

const NEVER = new AbortController().signal

function entranceWith(perMinute = BOT_STARTS_PER_MINUTE) {
  const clock = new ManualClock()
  return { clock, entrance: new Entrance({ clock, limits: startLimits(perMinute) }) }
}

/** Most of these moments that lie within so many milliseconds of each other. */
function mostWithin(times: readonly number[], ms: number): number {
  return Math.max(...times.map((from) => times.filter((time) => time >= from && time < from + ms).length))
}

test('a thousand bots begin within Telegram’s 20 a minute and 600 an hour, nine of them at once', async () => {
  const { clock, entrance } = entranceWith()
  const times: number[] = []
  for (let count = 0; count < 1000; count++) {
    void entrance.turn({ urgency: 'normal' }, NEVER).then(() => times.push(clock.now()))
  }
  await nextTurn()
  assert.equal(times.length, 9)
  while (times.length < 1000) {
    assert.ok(clock.advanceToNext() > 0)
    await nextTurn()
  }
  assert.ok(mostWithin(times, 60_000) <= 20)
  assert.ok(mostWithin(times, 3_600_000) <= 600)
  assert.equal(clock.sleeping, 0)
})

test('without a limit nobody waits', async () => {
  const { entrance } = entranceWith(0)
  const turns = Array.from({ length: 1000 }, () => entrance.turn({ urgency: 'normal' }, NEVER))
  assert.ok((await Promise.all(turns)).every((turn) => turn === 'paced'))
})

test('the urgent go first, also those who become it while they wait; then whoever came first; and who leaves takes no turn', async () => {
  const { clock, entrance } = entranceWith(1)
  const order: string[] = []
  const wait = (name: string, urgency: EntranceUrgency, signal = NEVER): Knock => {
    const knock = { urgency }
    void entrance.turn(knock, signal).then((turn) => turn && order.push(name))
    return knock
  }
  wait('first', 'normal')
  wait('late', 'late')
  wait('normal', 'normal')
  const hurried = wait('hurried', 'normal')
  const leaving = new AbortController()
  wait('leaving', 'soon', leaving.signal)
  wait('soon', 'soon')
  hurried.urgency = 'soon'
  leaving.abort()
  for (let minute = 0; minute < 5; minute++) {
    await nextTurn()
    clock.advance(60_000)
  }
  await nextTurn()
  assert.deepEqual(order, ['first', 'hurried', 'soon', 'normal', 'late'])
})

test('who is known goes on at once, and who was refused is counted again', async () => {
  const { entrance } = entranceWith(1)
  entrance.entered('known')
  assert.ok(entrance.knows('known'))
  entrance.refused('known', { urgency: 'normal' })
  assert.equal(entrance.knows('known'), false)
})

test('when one of those that were refused about the same time is taken again, the others need not wait; once, and not for long ago', async () => {
  const { clock, entrance } = entranceWith(1)
  const knocks = new Map(
    ['long ago', 'one', 'two', 'three'].map((token): [string, Knock] => [token, { urgency: 'normal' }]),
  )
  const refuse = (token: string): void => entrance.refused(token, knocks.get(token) ?? assert.fail())
  for (const token of knocks.keys()) entrance.entered(token)
  refuse('long ago')
  clock.advance(61_000)
  for (const token of ['one', 'two', 'three']) refuse(token)
  const came: string[] = []
  const knock = (token: string): void =>
    void entrance.turn(knocks.get(token) ?? assert.fail(), NEVER).then((turn) => came.push(`${token} ${turn}`))
  for (const token of ['one', 'two', 'long ago']) knock(token)
  await nextTurn()
  assert.deepEqual(came, ['one paced'])
  entrance.entered('one')
  await nextTurn()
  assert.deepEqual(came, ['one paced', 'two met'])
  knock('three')
  await nextTurn()
  assert.deepEqual(came, ['one paced', 'two met', 'three met'], 'whoever comes later, too')
  refuse('two')
  knock('two')
  entrance.entered('three')
  await nextTurn()
  assert.equal(came.length, 3, 'refused for its own sake')
  clock.advance(61_000)
  await nextTurn()
  assert.equal(came[3], 'long ago paced')
})

test('after the first 429 to one that was let in so, those that were to come later take turns too', async () => {
  const { entrance } = entranceWith(1)
  const [first, second, asleep] = Array.from({ length: 3 }, (): Knock => ({ urgency: 'normal' }))
  assert.ok(first && second && asleep)
  const knocks = Object.entries({ first, second, asleep })
  for (const [token] of knocks) entrance.entered(token)
  for (const [token, knock] of knocks) entrance.refused(token, knock)
  entrance.entered('first')
  assert.equal(await entrance.turn(second, NEVER), 'met')
  entrance.met(true)
  assert.ok(!entrance.trusts(asleep))
})

test('a wait that Telegram asked for is the token’s to the second, and for a minute everybody’s who is not known', () => {
  const { clock, entrance } = entranceWith()
  entrance.entered('known')
  entrance.throttled('one', 300_000)
  assert.deepEqual(
    ['one', 'other', 'known'].map((token) => entrance.waitMs(token)),
    [300_000, 60_000, 0],
  )
  clock.advance(60_000)
  assert.deepEqual(
    ['one', 'other'].map((token) => entrance.waitMs(token)),
    [240_000, 0],
  )
  clock.advance(240_000)
  assert.equal(entrance.waitMs('one'), 0)
})

test('once two tokens were told the same moment everybody waits for it, and for another moment nobody does', () => {
  const { clock, entrance } = entranceWith()
  entrance.throttled('one', 300_000)
  clock.advance(60_000)
  entrance.throttled('two', 600_000)
  assert.equal(entrance.waitMs('other'), 60_000)
  clock.advance(60_000)
  // Telegram rounds to seconds.
  entrance.throttled('three', 181_000)
  assert.equal(entrance.waitMs('other'), 181_000)
  entrance.throttled('four', 1000)
  assert.equal(entrance.waitMs('other'), 181_000, 'no wait is shortened')
})

test('after a wait that Telegram asked for bots begin one after the other, since it said that there is room for one', async () => {
  const { clock, entrance } = entranceWith()
  entrance.throttled('one', 30_000)
  const times: number[] = []
  for (let count = 0; count < 9; count++) {
    void entrance.turn({ urgency: 'normal' }, NEVER).then(() => times.push(clock.monotonic()))
  }
  while (times.length < 9) {
    assert.ok(clock.advanceToNext() > 0)
    await nextTurn()
  }
  assert.equal(times[0], 30_000)
  // To the millisecond below, for what is rounded.
  assert.equal(mostWithin(times, Math.floor(60_000 / BOT_STARTS_PER_MINUTE) - 1), 1)
})

test('what Telegram asks of a bot that it knows is nobody else’s matter, and forgotten when it is over', () => {
  const { clock, entrance } = entranceWith()
  for (const token of ['one', 'two']) {
    entrance.entered(token)
    entrance.throttled(token, 300_000)
  }
  assert.deepEqual(
    ['one', 'two', 'other'].map((token) => entrance.waitMs(token)),
    [300_000, 300_000, 0],
  )
  clock.advance(300_000)
  assert.equal(entrance.waitMs('one'), 0)
})

test('nobody is asked while Telegram asks to wait, and who is asked is told how long', async () => {
  const { clock, entrance } = entranceWith()
  const asked: string[] = []
  const ask = askInTime(entrance, async (token) => {
    asked.push(token)
    return { ok: false, rejected: false, reason: 'Telegram asks to wait 30 s.', retryAfterSeconds: 30 }
  })
  await ask('one')
  clock.advance(10_001)
  for (const token of ['one', 'two']) {
    assert.deepEqual(await ask(token), {
      ok: false,
      rejected: false,
      reason: 'Telegram asks to wait 20 s.',
      retryAfterSeconds: 20,
    })
  }
  assert.deepEqual(asked, ['one'])
  clock.advance(19_999)
  await ask('two')
  assert.deepEqual(asked, ['one', 'two'])
})
