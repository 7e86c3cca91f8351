import assert from 'node:assert/strict'
import { test } from 'node:test'
import { activityWriter } from '../../src/delivery/activity-writer.ts'
import { type Activity, ActivityCounter } from '../../src/domain/activity.ts'
import { Refusal } from '../../src/domain/refusals.ts'
import { quietLog } from '../support/delivery.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { testStore } from '../support/test-store.ts'
import { until } from '../support/until.ts'

const MINUTE = 60_000

function startCounting(clock: ManualClock) {
  const counter = new ActivityCounter(() => clock.now())
  const nothing = (): void => undefined
  return { counter, intake: counter.intake({ accepted: nothing, answered: nothing, committed: nothing }) }
}

test('what was done is written down once a minute, and the rest at the stop', async (t) => {
  const [store, clock, log] = [await testStore(t), new ManualClock(), quietLog()]
  const { counter, intake } = startCounting(clock)
  const accepted = async () =>
    (await store.activitySince({ fromMs: 0, sizeMs: MINUTE, eastMs: 0 })).map((minute) => minute.accepted)
  const writer = activityWriter({ store, counter, processId: 'prc_1', clock, log })
  await writer.start()
  await until('it sleeps', () => clock.sleeping > 0)
  intake.accepted()
  assert.deepEqual(await accepted(), [])
  clock.advance(MINUTE)
  await until('it is written', async () => (await accepted()).length === 1)
  await until('it sleeps', () => clock.sleeping > 0)
  intake.accepted()
  intake.accepted()
  await writer.stop(new AbortController().signal)
  assert.deepEqual(await accepted(), [1, 2])
  assert.deepEqual(log.said, [])
})

test('what could not be written comes with the next round, and the stop waits for nothing', async () => {
  const [clock, log] = [new ManualClock(), quietLog()]
  const { counter, intake } = startCounting(clock)
  const written: Activity[] = []
  let works = false
  const addActivity = async (_processId: string, activity: Activity): Promise<void> => {
    if (!works) throw new Refusal('store_unavailable')
    written.push(activity)
  }
  const writer = activityWriter({ store: { addActivity }, counter, processId: 'prc_1', clock, log })
  intake.accepted()
  await writer.start()
  await until('it sleeps', () => clock.sleeping > 0)
  assert.equal(log.said.length, 1)
  intake.accepted()
  works = true
  clock.advance(MINUTE)
  await until('it is written', () => written.length === 1)
  assert.deepEqual(
    written[0]?.minutes.map((minute) => minute.accepted),
    [2],
  )
  works = false
  intake.accepted()
  await writer.stop(new AbortController().signal)
  assert.equal(log.said.length, 2)
})
