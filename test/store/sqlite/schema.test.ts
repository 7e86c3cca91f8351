import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { printSqliteSchema } from '../../../src/store/sqlite/schema-dump.ts'
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts'
import { temporaryFile } from '../../support/test-store.ts'

test('docs/schema.sqlite.sql is the schema that the migrations make', () => {
  const shown = readFileSync(new URL('../../../docs/schema.sqlite.sql', import.meta.url), 'utf8')
  assert.equal(shown, printSqliteSchema())
})

test('the printed schema makes a database like the migrated one', async (t) => {
  const file = temporaryFile(t)
  const store = await openSqliteStore({ file })
  t.after(() => store.close())
  await store.migrate()
  const printed = new DatabaseSync(':memory:')
  printed.exec(printSqliteSchema())
  const migrated = new DatabaseSync(file)
  t.after(() => migrated.close())
  const names = (database: DatabaseSync) =>
    database.prepare("select name from sqlite_schema where name <> 'schema_versions' order by name").all()
  assert.deepEqual(names(printed), names(migrated))
})

test('the database itself allows one link to a private chat and one default chat', async (t) => {
  const file = temporaryFile(t)
  const store = await openSqliteStore({ file })
  t.after(() => store.close())
  await store.migrate()
  const database = new DatabaseSync(file)
  t.after(() => database.close())
  database.exec(`
    insert into bots (id, telegram_bot_id, username, name, active, state) values ('b', 1, 'b', 'b', 1, 'running');
    insert into users (id, login, login_key, password_hash, name, locale, role, created_at_ms, number)
      values ('u1', 'a', 'a', '', 'a', 'en', 'user', 1, 1), ('u2', 'b', 'b', '', 'b', 'en', 'user', 1, 2);
    insert into peers (id, bot_id, telegram_chat_id, type) values (1, 'b', 1, 'private'), (2, 'b', 2, 'private');
    insert into chats values ('c1', 'u1', 1, 1, 1, 1, null)`)
  assert.throws(() => database.exec("insert into chats values ('c2', 'u2', 1, 1, 1, 1, null)"), /UNIQUE/)
  assert.throws(() => database.exec("insert into chats values ('c2', 'u1', 2, 1, 1, 1, null)"), /UNIQUE/)
  database.exec("insert into chats values ('c2', 'u1', 2, 1, 0, 1, null)")
})
