import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Refusal } from '../../src/domain/refusals.ts'
import { noteTokenUse } from '../../src/usecases/note-token-use.ts'
import { startAccounts, PASSWORD } from '../support/accounts.ts'
import { recordingLog } from '../support/http-server.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { until } from '../support/until.ts'

const MINUTE = 60_000
/** By then a use is written. */
const SOON = 250

/** Counts what is written, and answers when the test says so. */
function slowStore() {
  const writes: { usedAtMs: number; done: () => void; fail: () => void }[] = []
  const touchApiToken = (_id: string, usedAtMs: number): Promise<void> =>
    new Promise((resolve, reject) => {
      writes.push({ usedAtMs, done: resolve, fail: () => reject(new Refusal('store_unavailable')) })
    })
  return { writes, touchApiToken }
}

describe('when an API token was last used', () => {
  test('is known to the minute, and nobody waits for the write', async (t) => {
    const { accounts, clock, prove, tokens } = await startAccounts(t)
    const user = await accounts.register({ login: 'ann', password: PASSWORD, name: 'Ann' })
    const caller = { user, via: 'basic', scopes: ['read'] } as const
    const { secret } = await tokens.create(caller, { name: 'script', scopes: ['read'], expiresAtMs: null })
    const firstMs = clock.now()
    const lastUsed = async () => (await tokens.list(user.id))[0]?.lastUsedAtMs

    assert.equal((await prove({ kind: 'api-token', secret })).via, 'token')
    clock.advance(SOON)
    await until('the use is noted', async () => (await lastUsed()) === firstMs)

    clock.advance(MINUTE - SOON - 1)
    await prove({ kind: 'bearer', secret })
    assert.equal(clock.sleeping, 0, 'nothing is about to be written')
    clock.advance(1)
    await prove({ kind: 'bearer', secret })
    clock.advance(SOON)
    await until('the use is noted', async () => (await lastUsed()) === firstMs + MINUTE)
  })

  test('is written once while a slow write is under way', async () => {
    const { writes, ...store } = slowStore()
    const clock = new ManualClock()
    const note = noteTokenUse({ store, clock, log: recordingLog() })
    for (let count = 0; count < 1000; count++) note({ id: 'tok_1', lastUsedAtMs: null })
    note({ id: 'tok_2', lastUsedAtMs: null })
    assert.equal(writes.length, 0)
    clock.advance(SOON)
    await until('it is written', () => writes.length === 2)
    note({ id: 'tok_1', lastUsedAtMs: null })
    assert.equal(clock.sleeping, 0)
  })

  test('is not written when another process has just done so', async () => {
    const { writes, ...store } = slowStore()
    const clock = new ManualClock()
    const note = noteTokenUse({ store, clock, log: recordingLog() })
    note({ id: 'tok_1', lastUsedAtMs: clock.now() - MINUTE + 1 })
    assert.equal(clock.sleeping, 0)
    note({ id: 'tok_1', lastUsedAtMs: clock.now() - MINUTE })
    clock.advance(SOON)
    await until('it is written', () => writes.length === 1)
  })

  test('is tried again with the next use after a write that failed, and nothing else breaks', async () => {
    const { writes, ...store } = slowStore()
    const log = recordingLog()
    const clock = new ManualClock()
    const note = noteTokenUse({ store, clock, log })
    note({ id: 'tok_1', lastUsedAtMs: null })
    clock.advance(SOON)
    await until('it is written', () => writes.length === 1)
    writes[0]?.fail()
    await until('the failure is logged', () => log.lines.length > 0)
    note({ id: 'tok_1', lastUsedAtMs: null })
    clock.advance(SOON)
    await until('it is written', () => writes.length === 2)
    assert.deepEqual(
      log.lines.map(({ level }) => level),
      ['debug'],
    )
  })
})
