import { test } from 'node:test'
import { postedStorm } from '../support/posted-storm.ts'
import { postgresTestStores } from '../support/postgres-databases.ts'

test('over three processes on PostgreSQL each posted update is handled once, and one at a time in a chat', async (t) => {
  await postedStorm(t, await postgresTestStores(t, 3))
})
