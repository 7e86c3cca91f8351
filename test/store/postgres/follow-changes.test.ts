import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { KyselyPlugin } from 'kysely'
import type { User } from '../../../src/domain/account.ts'
import { systemClock } from '../../../src/ops/system-clock.ts'
import { openPostgresEngine, openPostgresStore } from '../../../src/store/postgres/postgres-store.ts'
import { changesSince } from '../../../src/store/queries/changes.ts'
import type { Change, Store } from '../../../src/store/store.ts'
import { attempt, type Given, given, NOW } from '../../contract/store/given.ts'
import { migratedDatabase, postgresTestStores, testServer } from '../../support/postgres-databases.ts'
import { until } from '../../support/until.ts'

const work = fc.constantFrom('enqueue', 'enqueue', 'send', 'cancel', 'link', 'fail')
type Work = typeof work extends fc.Arbitrary<infer T> ? T : never

const idOf = (change: Change): string => (change.kind === 'message' ? change.message.id : `event ${change.seq}`)

test('nothing is missed that was committed while the changes were read', async (t) => {
  const { url } = await testServer()
  const options = { url: url(await migratedDatabase()), clock: systemClock }
  const [store, engine] = await Promise.all([openPostgresStore(options), openPostgresEngine(options)])
  t.after(() => Promise.all([store.close(), engine.close()]).then(() => undefined))
  const here = await given(async () => store, t)
  const { user } = await here.linkedUser()
  const meanwhile: KyselyPlugin = {
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      await here.accept(user)
      await here.link(user, await here.group())
      return result
    },
  }
  const reader = { ...engine.reader, db: engine.reader.db.withPlugin(meanwhile) }
  const page = { limit: 100, nowMs: NOW }
  const seen = await changesSince(reader, user.id, { ...page, afterSeq: 0 })
  const rest = await store.changesSince(user.id, { ...page, afterSeq: seen.at(-1)?.seq ?? 0 })
  const all = await store.changesSince(user.id, { ...page, afterSeq: 0 })
  assert.ok(all.length > 5)
  assert.deepEqual([...seen, ...rest].map(idOf), all.map(idOf))
})

test('a follower sees every change in the order of its number, while several processes make them', async (t) => {
  const [one, other, third] = await postgresTestStores(t, 3)
  if (!one || !other || !third) throw new Error('there are not three')
  const here = await given(async () => one, t)
  await fc.assert(
    fc.asyncProperty(fc.array(work, { minLength: 10, maxLength: 60 }), async (works) => {
      const { user } = await here.linkedUser()
      const follower = new Follower(third, user)
      const following = follower.run()
      await Promise.all(works.map((what, turn) => perform(here, { store: turn % 2 ? one : other, user, what })))
      const last = await one.lastChange(user.id)
      await until('the follower is there', () => follower.after >= last)
      follower.stop()
      await following
      follower.assertSawAll(await one.changesSince(user.id, { afterSeq: 0, limit: 1000, nowMs: NOW }))
    }),
    { numRuns: 15 },
  )
})

class Follower {
  readonly #store: Store
  readonly #user: User
  readonly #seen = new Map<string, number>()
  after = 0
  #stopped = false

  constructor(store: Store, user: User) {
    this.#store = store
    this.#user = user
  }

  async run(): Promise<void> {
    while (!this.#stopped) {
      const page = await this.#store.changesSince(this.#user.id, { afterSeq: this.after, limit: 5, nowMs: NOW })
      for (const change of page) {
        assert.ok(change.seq > this.after, 'numbers grow')
        this.after = change.seq
        this.#seen.set(idOf(change), change.seq)
      }
    }
  }

  stop(): void {
    this.#stopped = true
  }

  /** As it is in the end, it was seen. */
  assertSawAll(changes: readonly Change[]): void {
    for (const change of changes) assert.equal(this.#seen.get(idOf(change)), change.seq, `${idOf(change)} was missed`)
  }
}

async function perform(here: Given, { store, user, what }: { store: Store; user: User; what: Work }): Promise<void> {
  if (what === 'link') {
    const { id: peerId } = await here.group()
    await store.linkChat({ id: `cht_${peerId}`, userId: user.id, peerId, nowMs: NOW })
    return
  }
  const { message } = await store.outbox.enqueue(here.newMessage(user))
  if (what === 'cancel') await store.cancelMessage(user.id, message.id, NOW)
  if (what !== 'send' && what !== 'fail') return
  await store.outbox.markSending(message.id, NOW)
  const next =
    what === 'send'
      ? ({ event: 'deliver', telegramMessageId: 1 } as const)
      : ({ event: 'fail', error: { code: 'chat_blocked', detail: 'x' } } as const)
  await store.outbox.settle({ messageId: message.id, attempt: attempt(), next })
}
