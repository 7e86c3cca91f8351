import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import type { Scope } from '../../src/domain/account.ts'
import { PASSWORD, startAccounts } from '../support/accounts.ts'
import { refusal } from '../contract/store/given.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'
import { temporaryFile } from '../support/test-store.ts'

const ADDRESS = '127.0.0.1'

async function opened(t: TestContext, file: string): Promise<Store> {
  const store = await openSqliteStore({ file })
  t.after(() => store.close())
  await store.migrate()
  return store
}

/** An account with a token, on a store that counts how often a token is looked up, and `pass` lets the test hold a look-up back. */
async function start(t: TestContext, expiresInMs: number | null = null) {
  const file = temporaryFile(t)
  const real = await opened(t, file)
  const reads = { count: 0, pass: async (): Promise<void> => undefined }
  const store: Store = {
    ...real,
    findApiToken: async (hash) => {
      reads.count++
      const found = await real.findApiToken(hash)
      await reads.pass()
      return found
    },
  }
  const parts = await startAccounts(t, { store })
  const user = await parts.accounts.register({ login: 'ann', password: PASSWORD, name: 'Ann' })
  const caller = { user, via: 'basic', scopes: ['send', 'read', 'manage'] satisfies Scope[] } as const
  const expiresAtMs = expiresInMs === null ? null : parts.clock.now() + expiresInMs
  const { token, secret } = await parts.tokens.create(caller, { name: 'script', scopes: ['send'], expiresAtMs })
  const prove = () => parts.prove({ kind: 'api-token', secret })
  return { ...parts, file, reads, user, caller, token, prove }
}

describe('an API token that was seen seconds ago', () => {
  test('costs no look at the database, for five seconds', async (t) => {
    const { prove, reads, clock } = await start(t)
    for (let count = 0; count < 100; count++) await prove()
    assert.equal(reads.count, 1)
    clock.advance(5_000)
    await prove()
    assert.equal(reads.count, 2)
  })

  test('is dead at once when it is revoked', async (t) => {
    const { prove, tokens, user, token } = await start(t)
    await prove()
    await tokens.revoke({ userId: user.id, tokenId: token.id })
    await assert.rejects(prove(), refusal('credentials_invalid'))
  })

  test('is dead at once when its account is deleted', async (t) => {
    const { prove, accounts, caller } = await start(t)
    await prove()
    await accounts.delete({ caller, password: PASSWORD, address: ADDRESS })
    await assert.rejects(prove(), refusal('credentials_invalid'))
  })

  test('is dead at the moment of its expiry', async (t) => {
    const { prove, clock } = await start(t, 3_000)
    clock.advance(2_999)
    await prove()
    clock.advance(1)
    await assert.rejects(prove(), refusal('credentials_invalid'))
  })

  test('speaks for its account as it is now', async (t) => {
    const { prove, accounts, caller } = await start(t)
    await prove()
    await accounts.change({ caller, change: { name: 'Anna' }, address: ADDRESS })
    assert.equal((await prove()).user.name, 'Anna')
  })

  test('is dead at once when it is revoked while it is being looked up', async (t) => {
    const { prove, tokens, user, token, reads } = await start(t)
    const held = Promise.withResolvers<void>()
    reads.pass = () => held.promise
    const before = prove()
    await tokens.revoke({ userId: user.id, tokenId: token.id })
    held.resolve()
    // It came before the revocation, and may pass; what comes after it may not.
    await before
    await assert.rejects(prove(), refusal('credentials_invalid'))
  })

  test('is dead after five seconds when another process revoked it', async (t) => {
    const { prove, file, user, token, clock } = await start(t)
    await prove()
    const other = await opened(t, file)
    await other.deleteApiToken(user.id, token.id)
    clock.advance(5_000)
    await assert.rejects(prove(), refusal('credentials_invalid'))
  })

  test('is looked up again when the clock was set back', async (t) => {
    const { prove, reads, clock } = await start(t)
    await prove()
    clock.advance(-60_000)
    await prove()
    assert.equal(reads.count, 2)
  })
})
