import assert from 'node:assert/strict'
import { test } from 'node:test'
import { housekeeping } from '../../src/delivery/housekeeping.ts'
import { Refusal } from '../../src/domain/refusals.ts'
import { quietLog, startPost } from '../support/delivery.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { until } from '../support/until.ts'

const HOUR = 3_600_000

/** The round that was under way is over. */
async function asleep(clock: ManualClock): Promise<void> {
  await until('it sleeps', () => clock.sleeping > 0)
}

test('an idempotency key is known for a day and forgotten soon after', async (t) => {
  const post = await startPost(t)
  const ann = await post.person()
  const { store, clock, log } = post
  const keeper = housekeeping({ store, clock, log })
  await keeper.start()
  t.after(() => keeper.stop())
  const enqueue = async (id: string): Promise<boolean> => {
    const idempotency = { key: 'k', fingerprint: 'f' }
    const { userId, chatId } = ann
    const input = { id, userId, chatId, text: 'x', silent: false, nowMs: clock.now(), queueLimit: 0, idempotency }
    return (await store.outbox.enqueue(input)).replayed
  }
  assert.equal(await enqueue('msg_1'), false)
  await asleep(clock)
  clock.advance(23 * HOUR)
  await asleep(clock)
  assert.equal(await enqueue('msg_2'), true)
  clock.advance(HOUR + 1)
  let forgotten = false
  await post.until(async () => {
    forgotten ||= !(await enqueue(`msg_${clock.now()}`))
    return forgotten
  })
})

test('a round that fails is followed by the next', async () => {
  const log = quietLog()
  const rounds: number[] = []
  const deleteExpired = async ({ nowMs }: { nowMs: number }): Promise<number> => {
    rounds.push(nowMs)
    if (rounds.length === 1) throw new Refusal('store_unavailable')
    return 0
  }
  const clock = new ManualClock()
  const keeper = housekeeping({ store: { deleteExpired }, clock, log })
  await keeper.start()
  await asleep(clock)
  clock.advance(300_000)
  await asleep(clock)
  await keeper.stop()
  assert.equal(rounds.length, 2)
  assert.equal((rounds[1] ?? 0) - (rounds[0] ?? 0), 300_000)
  assert.equal(log.said.length, 1)
})
