import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Lease } from '../../src/delivery/lease.ts'
import { SHARED_TERMS } from '../../src/domain/ownership.ts'
import type { Beat, OwnedBot } from '../../src/store/store.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { type ManyBots, manyBots } from '../support/many-bots.ts'

const PROCESSES = 3

/** A process as far as its ownership goes. What it does takes steps, between which anything may happen elsewhere. */
class Process {
  readonly lease: Lease
  owned: OwnedBot[] = []
  readonly #id: string
  readonly #house: ManyBots
  #since: ReturnType<Lease['now']> | undefined
  #heard: Beat | undefined

  constructor(id: string, house: ManyBots, clock: ManualClock) {
    this.#id = id
    this.#house = house
    this.lease = new Lease({ clock, terms: SHARED_TERMS })
  }

  get mayCallFor(): string[] {
    return this.lease.isGood ? this.owned.map(({ botId }) => botId) : []
  }

  /** Looks at its clock; asks the database; hears the answer: one of them each time. */
  async step(): Promise<void> {
    if (this.#heard !== undefined && this.#since !== undefined) {
      this.lease.renewed(this.#since)
      this.owned = this.#heard.owned.slice(0, this.#heard.share)
      const surplus = this.#heard.owned.slice(this.#heard.share)
      this.#since = this.#heard = undefined
      await this.#house.store.releaseBots(this.#id, surplus)
    } else if (this.#since === undefined) {
      this.#since = this.lease.now()
    } else {
      this.#heard = await this.#house.store.beat({ id: this.#id, leaseMs: SHARED_TERMS.leaseMs })
    }
  }

  /** The memory of a process that is killed goes with it. */
  crash(): void {
    this.owned = []
    this.#since = this.#heard = undefined
  }

  async end(): Promise<void> {
    this.crash()
    await this.#house.store.endProcess(this.#id)
  }
}

const command = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant('step' as const), who: fc.nat(PROCESSES - 1) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.nat(4000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const), who: fc.nat(PROCESSES - 1) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('end' as const), who: fc.nat(PROCESSES - 1) }) },
)

test('whatever processes do, and however long they sleep in between, no two may call for one bot; left alone, they share evenly', async (t) => {
  const house = await manyBots(t)
  const check = fc.asyncProperty(fc.nat(7), fc.array(command, { maxLength: 60 }), async (botCount, commands) => {
    await house.reset()
    await house.make(Array.from({ length: botCount }, (_, index) => `bot_${index}`))
    const clock = new ManualClock()
    const processes = Array.from({ length: PROCESSES }, (_, index) => new Process(`p${index}`, house, clock))
    const pass = async (ms: number): Promise<void> => {
      clock.advance(ms)
      await house.pass(ms)
    }
    const assertOneEach = (): void => {
      const all = processes.flatMap(({ mayCallFor }) => mayCallFor)
      assert.equal(new Set(all).size, all.length, `two may call: ${all.join(' ')}`)
    }
    for (const next of commands) {
      if (next.do === 'pass') await pass(next.ms)
      else await processes[next.who]?.[next.do]()
      assertOneEach()
    }
    // All beat as they should from now on.
    for (let round = 0; round < 15; round++) {
      await pass(SHARED_TERMS.beatMs)
      for (const one of processes) {
        for (let step = 0; step < 3; step++) await one.step()
        assertOneEach()
      }
    }
    const counts = processes.map(({ mayCallFor }) => mayCallFor.length)
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      botCount,
    )
    assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, counts.join(' '))
  })
  await fc.assert(check, { numRuns: 40 })
})

test('a process that hears nothing of the database stops before its time is over there, by whichever of its clocks goes on', () => {
  const clock = new ManualClock()
  let sleptMs = 0
  const sleepy = {
    now: () => clock.now(),
    monotonic: () => clock.monotonic() - sleptMs,
    sleep: clock.sleep.bind(clock),
  }
  const lease = new Lease({ clock: sleepy, terms: SHARED_TERMS })
  assert.equal(lease.isGood, false, 'nobody has said yet that it is alive')
  lease.renewed(lease.now())
  clock.advance(SHARED_TERMS.leaseMs - SHARED_TERMS.marginMs - 1)
  assert.equal(lease.isGood, true)
  clock.advance(1)
  assert.equal(lease.isGood, false)
  const asleep = new Lease({ clock: sleepy, terms: SHARED_TERMS })
  asleep.renewed(asleep.now())
  sleptMs = SHARED_TERMS.leaseMs
  clock.advance(SHARED_TERMS.leaseMs)
  assert.equal(asleep.isGood, false, 'the machine slept, and its monotonic clock with it')
})

test('whoever waits for a good lease gets it with the next beat, or gives up', async () => {
  const clock = new ManualClock()
  const lease = new Lease({ clock, terms: SHARED_TERMS })
  const tired = new AbortController()
  const first = lease.whenGood(new AbortController().signal)
  const second = lease.whenGood(tired.signal)
  tired.abort()
  assert.equal(await second, false)
  lease.renewed(lease.now())
  assert.equal(await first, true)
})
