import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type BotNews, type BotParts, type BuildBotParts, CALLS_GRACE_MS } from '../../src/delivery/bot-seat.ts'
import { BotSupervisor } from '../../src/delivery/bot-supervisor.ts'
import { Lease } from '../../src/delivery/lease.ts'
import { ALONE_TERMS, SHARED_TERMS } from '../../src/domain/ownership.ts'
import type { Signal } from '../../src/domain/signal.ts'
import { Unsaid } from '../../src/domain/unsaid.ts'
import { quietLog } from '../support/delivery.ts'
import { untilAborted } from '../../src/telegram/until-aborted.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { type ManyBots, manyBots } from '../support/many-bots.ts'
import { until } from '../support/until.ts'

const PATIENCE = new AbortController().signal
const BOTS = Array.from({ length: 5 }, (_, index) => `bot_${index}`)

/** What runs for which bot, in all processes together: a second start while the first one runs is a failure. */
class World {
  readonly running = new Map<string, string>()
  readonly broken: string[] = []
  readonly heard: string[] = []
  /** The calls under way at a stop end with this. */
  stopping: Promise<void> = Promise.resolve()
  /** What comes after them, and is no call for anybody. */
  leaving: Promise<void> = Promise.resolve()
  /** A bot that is to say this cannot. */
  unsayable: string | undefined
  failNextStart = false
  starts = 0

  build(processId: string): BuildBotParts {
    return async ({ botId }) => this.#parts(processId, botId)
  }

  of(processId: string): string[] {
    return [...this.running].flatMap(([botId, owner]) => (owner === processId ? [botId] : [])).toSorted(byText)
  }

  #parts(processId: string, botId: string): BotParts {
    return {
      start: async () => {
        if (this.failNextStart) {
          this.failNextStart = false
          throw new Error('it cannot start now')
        }
        const other = this.running.get(botId)
        if (other !== undefined) this.broken.push(`${botId} runs in ${other}, and is started in ${processId}`)
        this.running.set(botId, processId)
        this.starts++
      },
      stop: async ({ cut, hard }) => {
        await Promise.race([this.stopping, untilAborted(cut)])
        await Promise.race([this.leaving, untilAborted(hard)])
        if (this.running.get(botId) === processId) this.running.delete(botId)
      },
      hear: (signal: BotNews) => void this.heard.push(`${processId} ${signal.kind} ${signal.botId}`),
      lookAround: () => void this.heard.push(`${processId} looks around for ${botId}`),
      say: async ({ text }) => {
        if (text === this.unsayable) throw new Unsaid()
        this.heard.push(`${processId} says ${text}`)
      },
      book: ({ peerId, telegramChatId }) => {
        const tell = (word: string) => (): void => void this.heard.push(`${processId} booking ${word}`)
        const departure = { peerId, telegramChatId }
        return { departure, leaves: tell('leaves'), isOff: tell('is off'), isInDoubt: tell('is in doubt') }
      },
    }
  }
}

/** What was woken has had its turns. */
const nothingMoves = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const byText = (a: string, b: string): number => (a < b ? -1 : 1)

async function scene(t: TestContext) {
  const house = await manyBots(t)
  await house.make(BOTS)
  const world = new World()
  const clock = new ManualClock()
  const started: BotSupervisor[] = []
  // Those that the test did not stop itself; before the store is closed, which was made first.
  t.after(() => Promise.all(started.map((one) => one.stop(AbortSignal.abort()))))
  async function start(processId: string, { alone = false } = {}): Promise<BotSupervisor> {
    const terms = alone ? ALONE_TERMS : SHARED_TERMS
    const lease = new Lease({ clock, terms })
    const build = world.build(processId)
    const { store } = house
    const supervisor = new BotSupervisor({ processId, store, terms, alone, lease, build, clock, log: quietLog() })
    started.push(supervisor)
    await supervisor.start()
    return supervisor
  }
  /** Everybody beats, again and again, until it holds. */
  const eventually = (what: string, holds: () => boolean): Promise<true> =>
    until(what, () => {
      clock.advance(SHARED_TERMS.beatMs)
      return holds()
    })
  return { house, world, clock, start, eventually }
}

const changed = ({ store }: ManyBots, botId: string): void => store.signal({ kind: 'bot_changed', botId })

test('the first process serves all bots when it has started, and gives the second one its share', async (t) => {
  const { world, start, eventually } = await scene(t)
  await start('a')
  assert.deepEqual(world.of('a'), BOTS)
  const second = await start('b')
  await eventually('both have their share', () => world.of('b').length === 2 && world.of('a').length === 3)
  await second.stop(PATIENCE)
  await eventually('the first one has all again', () => world.of('a').length === 5)
  assert.deepEqual(world.broken, [])
})

test('a bot is stopped in an orderly way before it is given back', async (t) => {
  const { house, world, start, eventually } = await scene(t)
  const call = Promise.withResolvers<void>()
  await start('a')
  world.stopping = call.promise
  await start('b')
  await eventually('the first one gives back', () => {
    world.heard.length = 0
    house.store.signal({ kind: 'look_again', botId: 'bot_4', peerId: 1 })
    return world.heard.length === 0
  })
  assert.deepEqual([world.of('a'), world.of('b')], [BOTS, []])
  assert.equal((await house.owners()).get('bot_4'), 'a')
  call.resolve()
  await eventually('the second one has its share', () => world.of('b').length === 2)
  assert.deepEqual(world.broken, [])
})

test('switching a bot off and on takes effect at once, without waiting for the next beat', async (t) => {
  const { house, world, start } = await scene(t)
  await start('a', { alone: true })
  for (let round = 0; round < 3; round++) {
    await house.setActive('bot_2', false)
    changed(house, 'bot_2')
    await until('it is off', async () => !world.running.has('bot_2') && (await house.owners()).get('bot_2') === null)
    await house.setActive('bot_2', true)
    changed(house, 'bot_2')
    await until('it is on', () => world.running.has('bot_2'))
  }
  assert.deepEqual(world.broken, [])
})

test('a call that does not end holds up a switch for a moment only', async (t) => {
  const { house, world, clock, start } = await scene(t)
  await start('a', { alone: true })
  world.stopping = new Promise(() => undefined)
  const changes = [() => house.setActive('bot_2', false), () => house.revise('bot_2')]
  for (const change of changes) {
    await change()
    changed(house, 'bot_2')
    await until('its end begins', () => {
      world.heard.length = 0
      house.store.signal({ kind: 'look_again', botId: 'bot_2', peerId: 1 })
      return world.heard.length === 0
    })
    clock.advance(CALLS_GRACE_MS - 1)
    await nothingMoves()
    assert.equal(world.running.has('bot_2'), true, 'it has had less than its time')
    const starts = world.starts
    clock.advance(1)
    await until('it has ended', () => !world.running.has('bot_2') || world.starts > starts)
    await house.setActive('bot_2', true)
    changed(house, 'bot_2')
    await until('it is on', () => world.starts > starts && world.running.has('bot_2'))
  }
  assert.deepEqual(world.broken, [])
})

test('the end of the process waits for nothing that a switch began and that does not end', async (t) => {
  const { house, world, start } = await scene(t)
  const supervisor = await start('a', { alone: true })
  world.stopping = new Promise(() => undefined)
  world.leaving = new Promise(() => undefined)
  await house.setActive('bot_2', false)
  changed(house, 'bot_2')
  await until('its end begins', () => {
    world.heard.length = 0
    house.store.signal({ kind: 'look_again', botId: 'bot_2', peerId: 1 })
    return world.heard.length === 0
  })
  const hard = new AbortController()
  const stopped = supervisor.stop(hard.signal)
  hard.abort()
  await stopped
  assert.deepEqual(world.of('a'), [])
})

test('signals go to whoever serves the bot, and others pass them on', async (t) => {
  const { house, world, start } = await scene(t)
  const supervisor = await start('a')
  house.store.signal({ kind: 'wake', botId: 'bot_1', peerId: 7 })
  assert.deepEqual(world.heard, ['a wake bot_1'])
  const said = { telegramChatId: 1, chatType: 'private', text: 'Hello' } as const
  await supervisor.say('bot_1', said)
  assert.deepEqual(world.heard, ['a wake bot_1', 'a says Hello'])
  assert.equal(supervisor.say('bot_other', said), undefined)
})

test('whoever asks a process to say something learns what became of it, unless the bot is not its own', async (t) => {
  const { house, world, start } = await scene(t)
  const answers: Signal[] = []
  house.store.onSignal((signal) => signal.kind === 'said' && answers.push(signal) > 0)
  const ask = (id: string, botId: string, text: string): void =>
    house.store.signal({ kind: 'say', id, botId, telegramChatId: 1, chatType: 'private', text })
  world.unsayable = 'cannot be said'
  await start('a', { alone: true })
  ask('1', 'bot_1', 'Hello')
  ask('2', 'bot_1', 'cannot be said')
  ask('3', 'bot_other', 'Hello')
  await until('two answers', () => answers.length === 2)
  assert.deepEqual(world.heard, ['a says Hello'])
  world.stopping = new Promise(() => undefined)
  await house.setActive('bot_2', false)
  changed(house, 'bot_2')
  await until('its end begins', () => {
    ask('4', 'bot_2', 'to one that ends')
    return answers.some((signal) => signal.kind === 'said' && signal.id === '4' && !signal.isOver)
  })
  assert.deepEqual(answers.slice(0, 2), [
    { kind: 'said', id: '1', isOver: true },
    { kind: 'said', id: '2', isOver: false },
  ])
  assert.ok(!answers.some((signal) => signal.kind === 'said' && signal.id === '3'))
})

test('a bot that cannot be started is tried again, and the others run meanwhile', async (t) => {
  const { world, start, eventually } = await scene(t)
  world.failNextStart = true
  await start('a')
  assert.equal(world.of('a').length, 4)
  await eventually('all run', () => world.of('a').length === 5)
})

test('what was taken for dead ends at once when it hears of it, and is of use again', async (t) => {
  const { house, world, start, eventually } = await scene(t)
  await start('a')
  // As for a process that sleeps: nobody says in time that it is alive.
  await house.pass(SHARED_TERMS.leaseMs)
  const other = { id: 'x', leaseMs: 600_000 }
  await house.store.beat(other)
  const { owned } = await house.store.beat(other)
  assert.equal(owned.length, 5)
  await eventually('the first one has noticed', () => world.of('a').length === 0)
  await house.pass(other.leaseMs)
  await eventually('the other one is dead in turn', () => world.of('a').length === 5)
  assert.deepEqual(world.broken, [])
})
