import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSecrets } from '../../src/ops/secrets.ts'
import { accountKey, endAccountKeys } from '../../src/usecases/account-key.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { seededRandom } from '../support/seeded-random.ts'
import { testStore } from '../support/test-store.ts'

test('after a change of SECRET_KEY the key is another one, and the old one works until both are ended', async (t) => {
  const store = await testStore(t)
  const [clock, random] = [new ManualClock(), seededRandom(1)]
  const ids = { id: 'usr_1', login: 'ann', name: 'Ann' }
  const user = await store.createUser({ ...ids, passwordHash: 'x', locale: 'en', nowMs: clock.now() })
  const keyUnder = (secretKey: string): Promise<string> =>
    store.transaction((records) => accountKey({ secrets: createSecrets(secretKey), clock, random }, records, user))
  const whose = async (key: string) => (await store.findApiToken(createSecrets('any').hashToken(key)))?.user.login

  const old = await keyUnder('an old key')
  const now = await keyUnder('a new key')
  assert.notEqual(old, now)
  assert.deepEqual([await keyUnder('an old key'), await keyUnder('a new key')], [old, now])
  assert.deepEqual([await whose(old), await whose(now)], ['ann', 'ann'])
  await store.transaction((records) => endAccountKeys(records, user.id))
  assert.deepEqual([await whose(old), await whose(now), await store.listApiTokens(user.id)], [undefined, undefined, []])
})
