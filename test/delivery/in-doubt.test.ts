import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NO_METRICS } from '../../src/domain/metrics.ts'
import type { Outbox } from '../../src/store/outbox.ts'
import type { Store } from '../../src/store/store.ts'
import { BOT, startPost, type Recipient } from '../support/delivery.ts'

test('a crash at any moment leaves no more messages in doubt than there are calls at once', async (t) => {
  const post = await startPost(t)
  const people = await Promise.all(Array.from({ length: 6 }, () => post.person()))
  const inDoubt: number[] = []
  const watched = watchMarks(post.store, async () => void inDoubt.push(await sending(post.store, people)))
  await post.start({ store: watched, concurrency: 2 })
  for (let round = 0; round < 3; round++) for (const person of people) await post.send(person, `message ${round}`)
  await post.until(() => post.done(...people))
  assert.ok(inDoubt.length >= 18)
  assert.equal(Math.max(...inDoubt), 2)
})

test('what a crash leaves behind that may not go again is counted as uncertain', async (t) => {
  const post = await startPost(t)
  const ann = await post.person()
  const [once, more] = [await post.send(ann, 'once', { delivery: 'at_most_once' }), await post.send(ann, 'more')]
  await post.store.outbox.markTogether([once.id, more.id], post.clock.now())
  const counted: unknown[] = []
  await post.start({ metrics: { ...NO_METRICS, failed: (...ended) => void counted.push(ended) } })
  await post.until(() => post.done(ann))
  assert.deepEqual(counted, [[BOT, 'outcome_unknown', 1]])
  assert.equal((await post.message(ann, once)).status, 'uncertain')
  assert.equal((await post.message(ann, more)).status, 'delivered')
})

test('a message whose end the database refused to take down, as a bug does, goes again, marked and counted', async (t) => {
  const post = await startPost(t)
  const ann = await post.person()
  let refusals = 3
  const settle: Outbox['settle'] = async (...settlements) => {
    if (refusals-- > 0) throw new Error('a bug')
    return await post.store.outbox.settle(...settlements)
  }
  const strayed: unknown[] = []
  await post.start({
    store: { ...post.store, outbox: { ...post.store.outbox, settle } },
    metrics: { ...NO_METRICS, strayed: (...given) => void strayed.push(given) },
  })
  const [first, second] = [await post.send(ann, 'first'), await post.send(ann, 'second')]
  await post.until(() => post.done(ann))
  assert.equal((await post.message(ann, first)).status, 'delivered')
  assert.equal((await post.message(ann, first)).possibleDuplicate, true)
  assert.equal((await post.message(ann, second)).possibleDuplicate, false)
  assert.deepEqual(strayed, [[BOT, 1]])
})

/** Looks at the store after each commit in which something was about to leave. */
function watchMarks(store: Store, look: () => Promise<void>): Store {
  const outbox: Outbox = {
    ...store.outbox,
    markTogether: async (...given) => {
      const marked = await store.outbox.markTogether(...given)
      await look()
      return marked
    },
  }
  return { ...store, outbox }
}

async function sending(store: Store, people: readonly Recipient[]): Promise<number> {
  const pages = people.map(({ userId }) =>
    store.listMessages(userId, { limit: 10, order: 'asc', nowMs: 0, status: 'sending' }),
  )
  return (await Promise.all(pages)).flat().length
}
