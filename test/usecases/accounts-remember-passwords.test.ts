import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { PASSWORD, startAccounts } from '../support/accounts.ts'

const FROM = '192.0.2.1'
const MINUTE = 60_000

async function start(t: Parameters<typeof startAccounts>[0]) {
  const parts = await startAccounts(t)
  const user = await parts.accounts.register({ login: 'ann', password: PASSWORD, name: 'Ann' })
  const ask = async (password = PASSWORD, from = FROM, { prove } = parts): Promise<string> => {
    const claim = { kind: 'password', login: 'ann', password, address: from } as const
    return prove(claim).then(
      (caller) => caller.user.login,
      (error: Error & { code?: string }) => error.code ?? error.message,
    )
  }
  return { ...parts, user, ask }
}

describe('a password that comes with each request', () => {
  test('costs argon2 once in five minutes', async (t) => {
    const { ask, clock, passwords } = await start(t)
    for (let count = 0; count < 100; count++) assert.equal(await ask(), 'ann')
    assert.equal(passwords.verified, 1)
    clock.advance(5 * MINUTE - 1)
    assert.equal(await ask(), 'ann')
    assert.equal(passwords.verified, 1)
    clock.advance(1)
    assert.equal(await ask(), 'ann')
    assert.equal(passwords.verified, 2)
  })

  test('costs argon2 once when a hundred requests begin together, and none is told to wait', async (t) => {
    const { ask, passwords } = await start(t)
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask()))
    assert.deepEqual(new Set(answers), new Set(['ann']))
    assert.equal(passwords.verified, 1)
  })

  test('is remembered as it is: another one is wrong, and costs as before', async (t) => {
    const { ask, passwords } = await start(t)
    await ask()
    assert.equal(await ask(`${PASSWORD}!`), 'credentials_invalid')
    assert.equal(await ask(PASSWORD.toUpperCase()), 'credentials_invalid')
    assert.equal(passwords.verified, 3)
    assert.equal(await ask(), 'ann')
    assert.equal(passwords.verified, 3)
  })

  test('is not forgotten, nor slowed down, because of the wrong ones of others', async (t) => {
    const { ask, passwords } = await start(t)
    await ask()
    for (let count = 0; count < 15; count++) await ask('not this one', FROM)
    assert.equal(await ask('not this one', FROM), 'too_many_requests')
    const before = passwords.verified
    assert.equal(await ask(PASSWORD, FROM), 'ann')
    assert.equal(passwords.verified, before)
  })

  test('is forgotten when it is changed, by this process', async (t) => {
    const { accounts, ask, user } = await start(t)
    await ask()
    const caller = { user, via: 'basic', scopes: [] } as const
    const password = { current: PASSWORD, next: 'another password' }
    await accounts.change({ caller, change: { password }, address: FROM })
    assert.equal(await ask(), 'credentials_invalid')
    assert.equal(await ask('another password'), 'ann')
  })

  test('is forgotten when it is changed by another process, and when it is changed back', async (t) => {
    const { accounts, ask, passwords, store, user } = await start(t)
    await ask()
    const { store: theirs, accounts: elsewhere } = await startAccounts(t, { store })
    assert.equal(theirs, store)
    const caller = { user, via: 'basic', scopes: [] } as const
    const change = (of: typeof accounts, current: string, next: string) =>
      of.change({ caller, change: { password: { current, next } }, address: FROM })
    await change(elsewhere, PASSWORD, 'another password')
    assert.equal(await ask(), 'credentials_invalid')
    await change(elsewhere, 'another password', PASSWORD)
    const before = passwords.verified
    assert.equal(await ask(), 'ann')
    assert.equal(passwords.verified, before + 1)
  })

  test('is forgotten with its account, and does not open the next one of that name', async (t) => {
    const { accounts, ask, user } = await start(t)
    await ask()
    await accounts.delete({ caller: { user, via: 'basic', scopes: [] }, password: PASSWORD, address: FROM })
    assert.equal(await ask(), 'credentials_invalid')
    await accounts.register({ login: 'ann', password: 'of somebody else', name: 'Ann II' })
    assert.equal(await ask(), 'credentials_invalid')
  })

  test('means nothing to another process, which checks for itself', async (t) => {
    const { ask, store } = await start(t)
    await ask()
    const other = await startAccounts(t, { store })
    const claim = { kind: 'password', login: 'ann', password: PASSWORD, address: FROM } as const
    assert.equal((await other.prove(claim)).user.login, 'ann')
    assert.equal(other.passwords.verified, 1)
  })
})
