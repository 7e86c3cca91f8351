import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Refusal } from '../../src/domain/refusals.ts'
import { listUsers } from '../../src/usecases/list-users.ts'
import { logIn } from '../../src/usecases/log-in.ts'
import { registerUser } from '../../src/usecases/register-user.ts'
import { removeUser } from '../../src/usecases/remove-user.ts'
import { setPassword } from '../../src/usecases/set-password.ts'
import { PASSWORD, startAccounts } from '../support/accounts.ts'

const FROM = '192.0.2.1'

async function start(t: Parameters<typeof startAccounts>[0]) {
  const parts = await startAccounts(t, { registration: 'closed' })
  const add = registerUser({ ...parts, registration: 'open' })
  const logIn = (password: string) => parts.sessions.logIn({ login: 'ann', password, address: FROM })
  return { ...parts, add, logIn, set: setPassword(parts), remove: removeUser(parts), list: listUsers(parts) }
}

describe('what an operator does', () => {
  test('adds users although registration is closed, by the same rules', async (t) => {
    const { accounts, add, store } = await start(t)
    const ann = { login: 'ann', password: PASSWORD, name: 'Ann' }
    await assert.rejects(accounts.register(ann), { code: 'registration_closed' })
    assert.equal((await add(ann)).login, 'ann')
    await assert.rejects(add(ann), { code: 'login_taken' })
    await assert.rejects(add({ login: 'x y', password: 'short', name: ' ' }), (refusal: Refusal) => {
      assert.equal(refusal.code, 'request_invalid')
      assert.deepEqual(
        refusal.errors?.map(({ where }) => where),
        ['/body/login', '/body/password', '/body/name'],
      )
      return true
    })
    assert.equal((await store.listUsers({ limit: 9 })).length, 1)
  })

  test('sees everybody, by login, over many pages', async (t) => {
    const { list, store } = await start(t)
    const logins = Array.from({ length: 450 }, (_, index) => `user${String((index * 7) % 450).padStart(3, '0')}`)
    for (const login of logins) {
      await store.createUser({ id: `usr_${login}`, login, passwordHash: '', name: login, locale: 'en', nowMs: 0 })
    }
    const seen: string[] = []
    for await (const { login } of list()) seen.push(login)
    assert.deepEqual(seen, logins.toSorted())
  })

  test('sets a password, which ends every session and the old password', async (t) => {
    const { add, logIn, prove, set } = await start(t)
    await add({ login: 'Ann', password: PASSWORD, name: 'Ann' })
    const { accessToken } = await logIn(PASSWORD)
    assert.equal((await set({ login: 'aNN', password: 'another password' })).login, 'Ann')
    await assert.rejects(prove({ kind: 'bearer', secret: accessToken }), { code: 'credentials_invalid' })
    await assert.rejects(logIn(PASSWORD), { code: 'credentials_invalid' })
    assert.ok(await logIn('another password'))
  })

  test('cannot set a password that nobody could register with, nor one for nobody', async (t) => {
    const { add, logIn, set } = await start(t)
    await add({ login: 'ann', password: PASSWORD, name: 'Ann' })
    await assert.rejects(set({ login: 'ann', password: 'short' }), { code: 'request_invalid' })
    await assert.rejects(set({ login: 'bob', password: 'long enough' }), { code: 'not_found' })
    assert.ok(await logIn(PASSWORD))
  })

  test('removes an account without its password, once', async (t) => {
    const { add, logIn, remove, store } = await start(t)
    const { id } = await add({ login: 'ann', password: PASSWORD, name: 'Ann' })
    assert.equal((await remove({ login: 'ANN' })).id, id)
    await assert.rejects(remove({ login: 'ann' }), { code: 'not_found' })
    assert.equal(await store.getUser(id), undefined)
    await assert.rejects(logIn(PASSWORD), { code: 'credentials_invalid' })
  })
})

describe('a log-in that meets a change of password', () => {
  test('does not begin a session that the change has ended', async (t) => {
    const { add, passwords, set, store, clock, random, accessTokens } = await start(t)
    const { id } = await add({ login: 'ann', password: PASSWORD, name: 'Ann' })
    // The password is right when it is checked, and changed before the session is written.
    const checkThenChange = async () => {
      const known = await store.getUser(id)
      assert.ok(known && (await passwords.verify(PASSWORD, known.passwordHash)))
      await set({ login: 'ann', password: 'another password' })
      return known
    }
    const late = logIn({ store, checkPassword: checkThenChange, clock, random, accessTokens, accessTokenTtlMs: 1000 })
    await assert.rejects(late({ login: 'ann', password: PASSWORD, address: FROM }), { code: 'credentials_invalid' })
    assert.equal(await store.deleteSessionsOf(id), 0)
  })
})
