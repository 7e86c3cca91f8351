import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { backlog, countWaiting } from '../../../src/store/queries/backlog.ts'
import { nextExpiry } from '../../../src/store/queries/expire.ts'
import { lanes, waiting } from '../../../src/store/queries/lanes.ts'
import { changesSince, lastChange } from '../../../src/store/queries/changes.ts'
import { listMessages, searchMessages } from '../../../src/store/queries/history.ts'
import { migratePeer } from '../../../src/store/queries/migrate-peer.ts'
import { getMessage } from '../../../src/store/queries/messages.ts'
import { tallyMessages, waitingOf } from '../../../src/store/queries/tallies.ts'
import type { Read } from '../../../src/store/schema.ts'
import { Connection, type Statement, type StatementResult } from '../../../src/store/sqlite/connection.ts'
import { ownDatabase, readingDatabase } from '../../../src/store/sqlite/kysely-dialect.ts'
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts'
import { temporaryFile } from '../../support/test-store.ts'

/** Asks SQLite how it would run each statement. */
class ExplainingConnection extends Connection {
  readonly plan: string[] = []

  override run(statement: Statement): StatementResult {
    const { rows } = super.run({ ...statement, sql: `explain query plan ${statement.sql}` })
    this.plan.push(...rows.map(({ detail }) => String(detail)))
    return super.run(statement)
  }
}

async function plansOf(t: TestContext, work: (read: Read) => Promise<unknown>, given = ''): Promise<string[]> {
  const connection = await explaining(t, given)
  await work(readingDatabase(connection))
  return connection.plan
}

async function explaining(t: TestContext, given: string): Promise<ExplainingConnection> {
  const file = temporaryFile(t)
  const store = await openSqliteStore({ file })
  t.after(() => store.close())
  await store.migrate()
  const connection = new ExplainingConnection(new DatabaseSync(file))
  connection.database.exec(given)
  t.after(() => connection.close())
  return connection
}

/** A step that reads rows one after the other, or sorts, whose cost grows with the table. */
const isSlow = (step: string): boolean =>
  /SCAN (messages|earlier|last|chats|peers|bots|attempts|account_events)/.test(step)
const messageSteps = (plan: string[]) =>
  plan.filter((step) => /messages_/.test(step) && !/SEARCH (earlier|last)/.test(step))

const page = { limit: 10, order: 'desc', nowMs: 1 } as const

test('each page of the history is found by an index that has exactly its filter', async (t) => {
  const by = { status: 'failed', chatId: 'c', afterId: 'm' } as const
  const { status, chatId, afterId } = by
  const filters = [{}, { status }, { chatId }, { status, chatId }, { afterId }, { chatId, afterId }, by]
  for (const filter of filters) {
    const plan = await plansOf(t, (read) => listMessages(read, 'u', { ...page, ...filter }))
    assert.deepEqual(plan.filter(isSlow), [])
    const index = 'chatId' in filter ? 'messages_history_by_chat' : 'messages_history'
    const columns = `status=? AND user_id=?${'chatId' in filter ? ' AND chat_id=?' : ''}`
    const place = 'afterId' in filter ? ' AND seq<?' : ''
    for (const step of messageSteps(plan)) {
      assert.equal(step, `SEARCH messages USING COVERING INDEX ${index} (${columns}${place})`)
    }
    assert.equal(messageSteps(plan).length, 'status' in filter ? 1 : 7)
  }
})

test('a search walks along the same indexes, between the places of its span of time', async (t) => {
  const span = { sinceMs: 1, untilMs: 9_000_000, text: 'Привет', lookThrough: 100 }
  for (const filter of [{}, { status: 'failed' }, { chatId: 'c' }, { afterId: 'm' }] as const) {
    // Where there is nothing in the span, nothing is looked for.
    const plan = await plansOf(
      t,
      (read) => searchMessages(read, 'u', { ...page, ...filter, ...span }),
      'insert into message_times values (1, 1, 9)',
    )
    assert.deepEqual(plan.filter(isSlow), [])
    const [times, ...rest] = plan.filter((step) => /message_times/.test(step))
    assert.deepEqual([times, rest], ['SEARCH message_times USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)', []])
    const steps = messageSteps(plan)
    // The last of the stretch is found in the index alone; then what is in between is looked at.
    assert.equal(steps.length, 'status' in filter ? 2 : 14)
    const index = 'chatId' in filter ? 'messages_history_by_chat' : 'messages_history'
    for (const step of steps) {
      assert.match(
        step,
        new RegExp(
          `^SEARCH messages USING (COVERING )?INDEX ${index} \\(status=\\? AND user_id=\\?.* AND seq>\\? AND seq<\\?\\)$`,
        ),
      )
    }
    assert.equal(steps.filter((step) => step.includes('COVERING')).length, steps.length / 2)
  }
})

test('what became of messages is counted along the history, and what waits in its index alone', async (t) => {
  const span = { sinceMs: 1, untilMs: 9_000_000, slotMs: 3_600_000, offsetMs: 0, lookThrough: 100 }
  const plan = await plansOf(
    t,
    async (read) => {
      await tallyMessages(read, 'u', span)
      await waitingOf(read, 'u', 10)
    },
    'insert into message_times values (1, 1, 9)',
  )
  assert.deepEqual(plan.filter(isSlow), [])
  const steps = messageSteps(plan)
  const between = '(status=? AND user_id=? AND seq>? AND seq<?)'
  assert.deepEqual(
    steps.filter((step) => !step.includes('COVERING')),
    [`SEARCH messages USING INDEX messages_history ${between}`],
  )
  assert.equal(steps.length, 7 + 1 + 2)
})

test('a lane is read in its order from the index of what waits', async (t) => {
  const plan = await plansOf(t, (read) => waiting(read, 1, 10))
  assert.deepEqual(plan.filter(isSlow), [])
  assert.deepEqual(messageSteps(plan), ['SEARCH messages USING INDEX messages_lanes (bot_id=? AND peer_id=?)'])
  assert.ok(!plan.some((step) => /TEMP B-TREE/.test(step)))
})

test('what expires next is the first of an index that holds only what may expire', async (t) => {
  const plan = await plansOf(t, nextExpiry)
  assert.deepEqual(plan, ['SEARCH messages USING INDEX messages_expiry (expires_at_ms>?)'])
})

test('what waits is counted in the index that holds nothing else', async (t) => {
  const plan = await plansOf(t, backlog)
  assert.ok(plan.includes('SCAN messages USING COVERING INDEX messages_lanes'), plan.join('\n'))
  assert.ok(!plan.some((step) => /TEMP B-TREE/.test(step)))
  assert.deepEqual(
    plan.filter((step) => isSlow(step) && !step.endsWith('INDEX messages_lanes')),
    [],
  )
})

test('what waits for one bot is counted in the same index', async (t) => {
  const plan = await plansOf(t, (read) => countWaiting(read, 'b', 9))
  assert.deepEqual(messageSteps(plan), ['SEARCH messages USING COVERING INDEX messages_lanes (bot_id=?)'])
})

test('lanes are found by jumping from one to the next', async (t) => {
  const plan = await plansOf(t, (read) => lanes(read, 'b', { limit: 10, afterPeerId: 0 }))
  const jump = 'SEARCH messages USING COVERING INDEX messages_lanes (bot_id=? AND peer_id>?)'
  const look = 'SEARCH messages USING COVERING INDEX messages_lanes (bot_id=? AND peer_id=?)'
  assert.deepEqual(messageSteps(plan), [jump, jump, look])
})

test('changes and single messages are found by their indexes', async (t) => {
  const plan = await plansOf(t, async (read) => {
    await changesSince(read, 'u', { afterSeq: 1, limit: 10, nowMs: 1 })
    await lastChange(read, 'u')
    await getMessage(read, 'u', 'm', 1)
  })
  assert.deepEqual(plan.filter(isSlow), [])
  assert.ok(!plan.some((step) => /TEMP B-TREE/.test(step)))
})

test('when two links of an account become one, the messages of the one that goes are found by its index', async (t) => {
  const connection = await explaining(
    t,
    `insert into bots (id, telegram_bot_id, username, name, active, state) values ('b', 1, 'b', 'b', 1, 'running');
    insert into users (id, login, login_key, password_hash, name, locale, role, created_at_ms, number)
      values ('u', 'u', 'u', '', 'u', 'en', 'user', 1, 1);
    insert into peers (id, bot_id, telegram_chat_id, type) values (1, 'b', -1, 'group'), (2, 'b', -2, 'supergroup');
    insert into chats (id, user_id, peer_id, is_private, is_default, linked_at_ms)
      values ('c1', 'u', 1, 0, 1, 1), ('c2', 'u', 2, 0, 0, 1)`,
  )
  const { db, ...own } = ownDatabase(connection)
  const changed = { changedUsers: new Set<string>(), changedAccounts: new Set<string>() }
  const to = { telegramChatId: -2, type: 'supergroup', title: 'Team', username: null } as const
  await db.transaction().execute((tx) => migratePeer({ ...own, ...changed, db: tx }, 'b', -1, to))
  assert.deepEqual(connection.plan.filter(isSlow), [])
  const ofLink = messageSteps(connection.plan).filter((step) => step.includes('history'))
  const step = 'SEARCH messages USING COVERING INDEX messages_history_by_chat (status=? AND user_id=? AND chat_id=?)'
  assert.deepEqual(new Set(ofLink), new Set([step]))
  assert.ok(!connection.plan.some((other) => other.includes('messages_changes')))
})
