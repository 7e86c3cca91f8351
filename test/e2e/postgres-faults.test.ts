import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { Client } from 'pg'
import { type Person, Stranger } from '../support/loop.ts'
import { type PostgresServer, startPostgres } from '../support/postgres-server.ts'
import { type Program, startProgram, temporaryFolder } from '../support/program.ts'
import { until } from '../support/until.ts'

const server = await startPostgres()
let made = 0

interface Loop {
  program: Program
  database: string
  ann: Stranger
  phone: Person
}

/** The whole program on a PostgreSQL, with an account whose chat is linked. */
async function linkedLoop(t: TestContext): Promise<Loop> {
  const database = `program_${++made}`
  await server.execute(`create database ${database}`)
  const program = await startProgram(t, {
    dataDir: temporaryFolder(t),
    env: {
      DATABASE_URL: server.url(database),
      DATABASE_CONNECT_TIMEOUT: '1s',
      DATABASE_LOCK_TIMEOUT: '500ms',
      DATABASE_STATEMENT_TIMEOUT: '2s',
      PRIVATE_CHAT_BURST: '5',
    },
  })
  const ann = new Stranger(program.url, program.sandboxUrl, 'ann')
  const phone = await ann.person('Annie', 'en')
  await ann.ask('POST', '/v1/users', { login: 'ann', password: 'correct horse', name: 'Ann' })
  const { body: link } = await ann.ask('POST', '/v1/link-codes')
  await phone.start(link.code)
  await until('the chat is linked', async () => (await ann.ask('GET', '/v1/chats')).body.items.length === 1)
  return { program, database, ann, phone }
}

/** Posts until `enough`, several at a time. An answer is 202, or 503 as a problem of its own kind. */
class Posting {
  readonly accepted = new Map<string, string>()
  refused = 0
  #stopped = false
  readonly #lines: Promise<void>[]

  constructor({ ann }: Loop) {
    this.#lines = [1, 2].map((line) => this.#post(ann, line))
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.all(this.#lines)
  }

  async #post(ann: Stranger, line: number): Promise<void> {
    for (let number = 1; !this.#stopped; number++) {
      const text = `line ${line} message ${number}`
      const key = { 'idempotency-key': `${line}-${number}` }
      const id = await until('it is accepted', async () => {
        // The account itself may not be readable at this moment, which is a 503 as well.
        const { status, headers, body } = await ann.ask('POST', '/v1/messages', { text }, key)
        if (status === 202) return String(body.id)
        assert.deepEqual([status, body.code], [503, 'store_unavailable'])
        assert.match(headers.get('content-type') ?? '', /^application\/problem\+json/)
        this.refused++
        return false
      })
      this.accepted.set(id, text)
      // A chat takes one message a second, and all have to arrive before the test is over.
      await new Promise((resolve) => setTimeout(resolve, 600))
    }
  }
}

/** Everything that was accepted arrives by itself, and what arrives twice is marked. */
async function assertSurvives(t: TestContext, badTime: (loop: Loop, posting: Posting) => Promise<void>): Promise<void> {
  const loop = await linkedLoop(t)
  const posting = new Posting(loop)
  await until('messages arrive', async () => (await loop.phone.heard()).length > 1)
  await badTime(loop, posting)
  assert.ok(posting.refused > 0, 'the bad time was felt')
  const before = posting.accepted.size
  await until('it takes messages again', () => posting.accepted.size > before + 1)
  await posting.stop()
  const { ann, phone, program } = loop
  const items = await until('all are delivered', async () => {
    const { body } = await ann.ask('GET', '/v1/messages?limit=200')
    return body.items.every(({ status }: { status: string }) => status === 'delivered') && body.items
  })
  assert.deepEqual(new Set(items.map(({ id }: { id: string }) => id)), new Set(posting.accepted.keys()))
  const heard = (await phone.heard()).map(({ text }) => text).join('\n')
  for (const { text, possibleDuplicate } of items) {
    const times = heard.split('\n').filter((line) => line === text).length
    assert.ok(times === 1 || (times > 1 && possibleDuplicate), `${text} arrived ${times} times`)
  }
  assert.equal((await fetch(`${program.url}/health/ready`)).status, 200)
  assert.equal(program.process.exitCode, null)
  assert.equal(await program.end('SIGTERM'), 0)
}

async function cut({ database }: Loop, postgres: PostgresServer): Promise<void> {
  await postgres.execute(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database}'`)
}

test('a restart of PostgreSQL under load costs no message, and delivery goes on by itself', async (t) => {
  await assertSurvives(t, async ({ program }, posting) => {
    await server.stop('immediate')
    await until('it is felt', () => posting.refused > 0)
    assert.equal((await fetch(`${program.url}/health/ready`)).status, 503)
    assert.equal((await fetch(`${program.url}/health/live`)).status, 200)
    await server.start()
  })
})

test('connections that are cut under load cost no message', async (t) => {
  await assertSurvives(t, async (loop, posting) => {
    await until('it is felt', async () => {
      await cut(loop, server)
      return posting.refused > 0
    })
  })
})

test('a PostgreSQL that turns read-only and back costs no message', async (t) => {
  await assertSurvives(t, async (_loop, posting) => {
    await server.execute('alter system set default_transaction_read_only = on')
    await server.execute('select pg_reload_conf()')
    await until('it is felt', () => posting.refused > 0)
    await server.execute('alter system reset default_transaction_read_only')
    await server.execute('select pg_reload_conf()')
  })
})

test('a PostgreSQL that is locked up for a while costs no message', async (t) => {
  await assertSurvives(t, async ({ database }, posting) => {
    const other = new Client(server.url(database))
    await other.connect()
    await other.query('begin; lock table counters in exclusive mode')
    await until('it is felt', () => posting.refused > 0)
    await other.query('commit')
    await other.end()
  })
})

test('a PostgreSQL that stands still for a while costs no message', async (t) => {
  await assertSurvives(t, async ({ program }, posting) => {
    const thaw = await server.freeze()
    try {
      await until('it is felt', () => posting.refused > 0)
      assert.equal((await fetch(`${program.url}/health/ready`)).status, 503)
      assert.equal((await fetch(`${program.url}/health/live`)).status, 200)
    } finally {
      thaw()
    }
  })
})
