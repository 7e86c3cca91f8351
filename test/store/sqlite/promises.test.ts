import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { sql } from 'kysely'
import { openSqliteEngine, openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts'
import { given, NOW } from '../../contract/store/given.ts'
import { temporaryFile } from '../../support/test-store.ts'

test('a commit is synced to the disk, and references are checked', async (t) => {
  const engine = await openSqliteEngine({ file: temporaryFile(t) })
  t.after(() => engine.close())
  const pragma = async (name: string) =>
    Object.values((await sql.raw(`pragma ${name}`).execute(engine.writer)).rows[0] ?? {})
  const FULL = 2
  assert.deepEqual(await pragma('journal_mode'), ['wal'])
  assert.deepEqual(await pragma('synchronous'), [FULL])
  assert.deepEqual(await pragma('foreign_keys'), [1])
})

test('a closed database is one file: nothing stays behind in the write-ahead log', async (t) => {
  const file = temporaryFile(t)
  const engine = await openSqliteEngine({ file })
  await engine.migrate()
  assert.ok(existsSync(`${file}-wal`), 'there was something to carry home')
  await engine.close()
  assert.deepEqual(readdirSync(dirname(file)), [basename(file)])
})

test('the connection for reading cannot write', async (t) => {
  const engine = await openSqliteEngine({ file: temporaryFile(t) })
  t.after(() => engine.close())
  await engine.migrate()
  await assert.rejects(sql`update counters set value = 7`.execute(engine.reader.db), /readonly/)
})

test('the link is looked at again at the hand-over, whatever left the message waiting', async (t) => {
  const file = temporaryFile(t)
  const here = await given(async () => {
    const store = await openSqliteStore({ file })
    t.after(() => store.close())
    await store.migrate()
    return store
  }, t)
  const { user, peer, chat } = await here.linkedUser()
  const { id } = await here.accept(user)
  const behind = new DatabaseSync(file)
  t.after(() => behind.close())
  behind.prepare('delete from chats where id = ?').run(chat.id)
  assert.deepEqual(await here.lane(peer), [])
  assert.equal(await here.store.outbox.markSending(id, NOW), false)
  // The same chat of another account, under the same id, is not the sender's either.
  const other = await here.user()
  await here.store.linkChat({ id: chat.id, userId: other.id, peerId: peer.id, nowMs: NOW })
  assert.deepEqual(await here.lane(peer), [])
  assert.equal(await here.store.outbox.markSending(id, NOW), false)
})
