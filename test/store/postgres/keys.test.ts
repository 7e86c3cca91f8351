import assert from 'node:assert/strict'
import { test } from 'node:test'
import { attempt, given, NOW } from '../../contract/store/given.ts'
import { testServer } from '../../support/postgres-databases.ts'
import { placeOn } from '../../support/postgres-place.ts'

test('messages that are marked and settled are found by their keys, although nothing seems to be on its way', async (t) => {
  const server = await testServer()
  const here = await placeOn(server, t)
  const store = await here.open()
  const { newMessage, linkedUser } = await given(async () => store, t)
  const { user } = await linkedUser()
  const carry = async (count: number): Promise<void> => {
    const messages = Array.from({ length: count }, () => newMessage(user))
    await Promise.all(messages.map((message) => store.outbox.enqueue(message)))
    const ids = messages.map(({ id }) => id)
    assert.equal((await store.outbox.markTogether(ids, NOW)).length, count)
    const next = { event: 'deliver', telegramMessageId: 1 } as const
    await store.outbox.settle(...ids.map((messageId) => ({ messageId, attempt: attempt(), next })))
  }
  await carry(500)
  // When the server looks how long the index of what is on its way is, that is nearly always nothing.
  await server.execute('vacuum analyze', here.database)
  await carry(100)
  // What a connection counted is told when it ends.
  await store.close()
  const sql = "select idx_scan::int as walks from pg_stat_user_indexes where indexrelname = 'messages_sending'"
  const [index] = await server.execute(sql, here.database)
  assert.equal(index?.['walks'], 0)
})

test('the first messages of a long lane are read, and not the lane', async (t) => {
  const server = await testServer()
  const here = await placeOn(server, t)
  const store = await here.open()
  const { newMessage, linkedUser } = await given(async () => store, t)
  const { user, peer } = await linkedUser()
  for (let person = 0; person < 50; person++) await linkedUser()
  await Promise.all(Array.from({ length: 1000 }, () => store.outbox.enqueue(newMessage(user))))
  await store.close()
  await server.execute('vacuum analyze', here.database)
  const read = async (): Promise<number> => {
    const [row] = await server.execute(READ, here.database)
    return Number(row?.['tuples'])
  }
  const before = await read()
  const reader = await here.open()
  const [times, few] = [10, 8]
  for (let time = 0; time < times; time++) {
    assert.equal((await reader.outbox.waiting(peer.id, few)).length, few)
    assert.equal(await reader.outbox.depth(peer.id, few), few)
  }
  await reader.close()
  // One look at the lane for the messages, and one for its depth.
  assert.ok((await read()) - before <= 2 * times * few, `${(await read()) - before} rows were read`)
})

const READ = `select (select sum(idx_tup_read) from pg_stat_user_indexes where relname = 'messages')
  + (select seq_tup_read from pg_stat_user_tables where relname = 'messages') as tuples`
