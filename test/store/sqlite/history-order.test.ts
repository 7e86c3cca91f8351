import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { MESSAGE_STATUSES } from '../../../src/domain/message-state.ts'
import { readMigrations } from '../../../src/store/migrate.ts'
import { SQLITE_MIGRATIONS } from '../../../src/store/sqlite/sqlite-migrations.ts'
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts'
import { temporaryFile } from '../../support/test-store.ts'

const NAME = 'history_by_status_first'
const COUNT = 420

/** Of two accounts with two chats each, in every state. */
const MESSAGES = `
  insert into users (id, login, login_key, password_hash, name, locale, role, created_at_ms, number)
    values ('u0', 'a', 'a', '', 'a', 'en', 'user', 1, 1), ('u1', 'b', 'b', '', 'b', 'en', 'user', 1, 2);
  with recursive n(i) as (select 1 union all select i + 1 from n where i < ${COUNT})
  insert into messages (seq, id, user_id, chat_id, bot_id, peer_id, status, text, silent, name, locale, created_at_ms, changed_at_ms,
      change_seq, turn)
    select i, 'm' || i, 'u' || (i % 2), 'c' || (i / 2 % 2), 'b', 1,
      json_extract('${JSON.stringify(MESSAGE_STATUSES)}', '$[' || (i / 4 % ${MESSAGE_STATUSES.length}) || ']'),
      't', 0, 'a', 'en', 1, 1, i, i from n;
  update counters set value = ${COUNT} where name = 'change'`

test('a history from before the status came first in its indexes is read as it was, with each filter', async (t) => {
  const file = temporaryFile(t)
  const database = new DatabaseSync(file)
  t.after(() => database.close())
  const migrations = readMigrations(SQLITE_MIGRATIONS)
  const before = migrations.slice(
    0,
    migrations.findIndex(({ name }) => name === NAME),
  )
  database.exec('create table schema_versions (version integer primary key, name text not null) strict')
  for (const { version, name, sql } of before) {
    database.exec(sql)
    database.prepare('insert into schema_versions values (?, ?)').run(version, name)
  }
  database.exec(MESSAGES)
  const store = await openSqliteStore({ file })
  t.after(() => store.close())
  assert.equal(await store.migrate(), migrations.length - before.length)
  for (const status of [undefined, ...MESSAGE_STATUSES]) {
    for (const chatId of [undefined, 'c0', 'c1']) {
      const filter = { ...(status !== undefined && { status }), ...(chatId !== undefined && { chatId }) }
      const found = await store.listMessages('u1', { limit: COUNT, order: 'desc', nowMs: 1, ...filter })
      const wanted = database
        .prepare(
          `select id from messages not indexed where user_id = 'u1' and status = coalesce(?, status)
            and chat_id = coalesce(?, chat_id) order by seq desc`,
        )
        .all(status ?? null, chatId ?? null)
      assert.ok(wanted.length >= COUNT / 2 / MESSAGE_STATUSES.length / 2)
      assert.deepEqual(
        found.map(({ id }) => id),
        wanted.map(({ id }) => id),
      )
    }
  }
  assert.equal(database.prepare('pragma integrity_check').get()?.['integrity_check'], 'ok')
})
