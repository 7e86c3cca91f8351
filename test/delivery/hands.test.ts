import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Outbox, Store } from '../../src/store/store.ts'
import { startPost, type Recipient } from '../support/delivery.ts'

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
