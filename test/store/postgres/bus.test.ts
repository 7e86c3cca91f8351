import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import fc from 'fast-check'
import type { Signal } from '../../../src/domain/signal.ts'
import type { BusMessage } from '../../../src/store/bus.ts'
import { fragmentsOf, Reassembly } from '../../../src/store/postgres/fragments.ts'
import type { Store } from '../../../src/store/store.ts'
import { given, NOW } from '../../contract/store/given.ts'
import { postgresTestStores, testServer } from '../../support/postgres-databases.ts'
import { until } from '../../support/until.ts'

async function twoStores(t: TestContext): Promise<[Store, Store]> {
  const [one, other] = await postgresTestStores(t, 2)
  if (!one || !other) throw new Error('there are not two')
  return [one, other]
}

function signalsOf(store: Store): Signal[] {
  const heard: Signal[] = []
  store.onSignal((signal) => {
    heard.push(signal)
    return false
  })
  return heard
}

function wake(peerId: number): Signal {
  return { kind: 'wake', botId: 'bot_1', peerId }
}

/** Ends the connections on which processes listen, as a failing network does. */
async function cutBus(): Promise<number> {
  const { execute } = await testServer()
  const cut = await execute("select pg_terminate_backend(pid) from pg_stat_activity where query = 'listen postrider'")
  return cut.length
}

describe('processes on one database', () => {
  test('hear the signals of the others, in order, and their own only once', async (t) => {
    const [one, other] = await twoStores(t)
    const [here, there] = [signalsOf(one), signalsOf(other)]
    const sent = Array.from({ length: 500 }, (_, index) => wake(index))
    for (const signal of sent) one.signal(signal)
    await until('all arrived', () => there.length >= sent.length)
    assert.deepEqual(there, sent)
    other.signal(wake(-1))
    await until('the answer arrived', () => here.length > sent.length)
    assert.deepEqual(here, [...sent, wake(-1)])
  })

  test('do not hear what was for a listener of the process itself', async (t) => {
    const [one, other] = await twoStores(t)
    const there = signalsOf(other)
    one.onSignal((signal) => signal.kind === 'wake' && signal.peerId === 1)
    one.signal(wake(1))
    one.signal(wake(2))
    await until('the second arrived', () => there.length > 0)
    assert.deepEqual(there, [wake(2)])
  })

  test('hear whose view of the world and whose rights a commit changed', async (t) => {
    const [one, other] = await twoStores(t)
    const here = await given(async () => one, t)
    const { user, chat } = await here.linkedUser()
    const [changed, accounts] = [new Set<string>(), new Set<string>()]
    other.onChange((userId) => changed.add(userId))
    other.onAccountChange((userId) => accounts.add(userId))
    await here.accept(user)
    await until('the message is heard of', () => changed.has(user.id))
    await one.updateUser(user.id, { name: 'New' })
    await until('the new name is heard of', () => accounts.has(user.id))
    changed.clear()
    await one.unlinkChat(user.id, chat.id, { nowMs: NOW })
    await until('the chat is heard of', () => changed.has(user.id))
  })

  test('hear what is longer than a notification', async (t) => {
    const [one, other] = await twoStores(t)
    const there = signalsOf(other)
    const text = 'Ж"\\\u0007🎉'.repeat(8000)
    const say = { kind: 'say', id: 'x', botId: 'bot_1', telegramChatId: 5, chatType: 'private', text } as const
    one.signal(say)
    one.signal(wake(1))
    await until('all arrived', () => there.length >= 2)
    assert.deepEqual(there, [say, wake(1)])
  })

  test('are told of a gap when the connection was cut, and hear each other again', async (t) => {
    const [one, other] = await twoStores(t)
    const missed = [0, 0]
    one.onMissed(() => void (missed[0] = (missed[0] ?? 0) + 1))
    other.onMissed(() => void (missed[1] = (missed[1] ?? 0) + 1))
    assert.ok((await cutBus()) >= 2)
    await until('both know', () => missed.every((times) => times > 0))
    const there = signalsOf(other)
    one.signal(wake(7))
    await until('the signal arrived', () => there.length > 0)
    assert.deepEqual(there, [wake(7)])
  })
})

const message: fc.Arbitrary<BusMessage> = fc.oneof(
  fc.record({ kind: fc.constant('wake' as const), botId: fc.string(), peerId: fc.integer() }),
  fc.record({
    kind: fc.constant('changed' as const),
    userIds: fc.array(fc.string({ unit: 'binary', maxLength: 200 }), { maxLength: 300 }),
    accountIds: fc.constant([]),
  }),
)

test('messages are put together as they were taken apart, and each fragment fits', () => {
  fc.assert(
    fc.property(fc.array(message, { minLength: 1, maxLength: 5 }), (messages) => {
      const fragments = fragmentsOf(messages)
      for (const fragment of fragments) assert.ok(Buffer.byteLength(fragment) < 8000)
      const reassembly = new Reassembly()
      const whole = fragments.flatMap((fragment) => reassembly.take(1, fragment))
      assert.deepEqual(whole, JSON.parse(JSON.stringify(messages)))
    }),
  )
})

test('what is no message is dropped', () => {
  const reassembly = new Reassembly()
  for (const nonsense of ['', '.', '.0:', '.0:{', '.0:7', '.0:[7, null, "x"]', '.0:{"kind":"wake"}']) {
    assert.deepEqual(reassembly.take(1, nonsense), [])
  }
})
