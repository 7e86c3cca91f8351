import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rememberApiTokens } from '../../../src/usecases/remember-api-tokens.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { postgresTestStores } from '../../support/postgres-databases.ts'
import { until } from '../../support/until.ts'

test('a token that one process revoked is good in no other, although they remember it', async (t) => {
  const [one, other] = await postgresTestStores(t, 2)
  assert.ok(one && other)
  const nowMs = 1
  const user = { id: 'usr_1', login: 'ann', passwordHash: 'x', name: 'Ann', locale: 'en', nowMs } as const
  await one.createUser(user)
  const token = { id: 'tok_1', userId: user.id, name: 'T', scopes: ['send'], hint: 'abcd', hash: 'h' } as const
  await one.createApiToken({ ...token, createdAtMs: nowMs, expiresAtMs: null, lastUsedAtMs: null })
  // Time stands still, so nothing is forgotten by itself.
  const find = rememberApiTokens({ store: other, clock: new ManualClock() })
  assert.ok(await find('h'))
  await one.deleteApiToken(user.id, token.id)
  await until('it is forgotten', async () => (await find('h')) === undefined)
})
