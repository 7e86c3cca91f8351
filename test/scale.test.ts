import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'

const [scale, operations, benchmarks, schema] = [
  'scale.md',
  'operations.md',
  'benchmarks.md',
  'schema.postgres.sql',
].map((name) => readFileSync(new URL(`../docs/${name}`, import.meta.url), 'utf8')) as [string, string, string, string]

/** What was measured, by the name of the benchmark and of the row. */
function measured(benchmark: string, what: string): number {
  const section = benchmarks.split(/^(?=\*\*[a-z-]+\.\*\*)/m).find((one) => one.startsWith(`**${benchmark}.**`))
  const row = section?.split('\n').find((line) => line.split('|')[1]?.trim() === what)
  return asNumber(row?.split('|')[2])
}

function asNumber(text = ''): number {
  return Number(/[\d.,]+/.exec(text)?.[0].replaceAll(',', ''))
}

/** The numbers of a row of the table: for acceptance, delivery, and both. */
function costs(what: string): number[] {
  const row = scale.split('\n').find((line) => line.startsWith(`| ${what}`))
  return row?.split('|').slice(2, 5).map(asNumber) ?? []
}

const COSTS = [
  { what: 'processor time of the process', row: 'processor time a message, 3 processes:', parts: ['api', 'bot'] },
  {
    what: 'processor time of PostgreSQL',
    row: 'processor time a message, 3 processes:',
    parts: ['PostgreSQL', 'PostgreSQL'],
  },
  { what: "PostgreSQL's log", row: "written to PostgreSQL's log a message", parts: ['', ''] },
]

/** Rounded, and of another run; but no other number. */
function assertNear(actual: number, expected: number, what: string): void {
  assert.ok(Math.abs(actual / expected - 1) < 1 / 3, `${what}: ${actual} is not about ${expected}`)
}

describe('what the page about scale says', () => {
  test('is what was measured, and adds up', () => {
    for (const { what, row, parts } of COSTS) {
      const [accepted, delivered, both] = costs(what)
      assertNear(accepted ?? 0, measured('postgres-intake', `${row} ${parts[0]}`.trim()), `${what}, accepted`)
      assertNear(delivered ?? 0, measured('postgres-delivery', `${row} ${parts[1]}`.trim()), `${what}, delivered`)
      assert.equal(both, (accepted ?? 0) + (delivered ?? 0), what)
    }
    assertNear(costs('kept on disk')[2] ?? 0, measured('postgres-delivery', 'kept on disk a message'), 'kept on disk')
    assert.match(scale, /accepts about 6,000 durable messages a second from 64 connections and\s+delivers about 4,000/)
    assertNear(6000, measured('intake', 'accepted, 64 connections'), 'accepted on SQLite')
    assertNear(4000, measured('delivery', 'delivered, 64 calls at once'), 'delivered on SQLite')
  })

  test('follows from its own numbers', () => {
    const divisions = [...scale.matchAll(/1 s \/ ([\d,]+) µs = ([\d,]+)/g)]
    assert.equal(divisions.length, 3)
    for (const [text, micros, perSecond] of divisions) {
      const expected = 1e6 / asNumber(micros)
      assert.ok(Math.abs(asNumber(perSecond) / expected - 1) < 0.02, text)
    }
    const [process, postgres] = [costs('processor time of the process'), costs('processor time of PostgreSQL')]
    assert.deepEqual(
      divisions.map(([, micros]) => asNumber(micros)),
      [postgres[2], process[0], process[1]],
    )
  })

  test('is what the page about operations says', () => {
    const perSecond = asNumber(/1 s \/ [\d,]+ µs = ([\d,]+) messages a second from end to end/.exec(scale)?.[1])
    const bots = asNumber(/(\d+) bots at Telegram's limit/.exec(scale)?.[1])
    const kilobytes = (costs('kept on disk')[2] ?? 0) / 1000
    const logged = (costs("PostgreSQL's log")[2] ?? 0) / 1000
    for (const said of [
      `more than ${perSecond.toLocaleString('en')} messages a second from end to end`,
      `one for each ${bots} bots`,
      `${kilobytes} kB in PostgreSQL`,
      `log gets ${logged} kB`,
    ]) {
      assert.ok(operations.replaceAll(/\s+/g, ' ').includes(said), said)
    }
  })

  test('names everything that is unique beyond one account, because a second database would have to know of it', () => {
    const constraints = [...schema.matchAll(/^alter table (\w+) add UNIQUE \(([^)]+)\)/gm)]
    const indexes = [...schema.matchAll(/^create unique index \w+ on (\w+) USING btree \(([^)]+)\)/gm)]
    const unique = [...constraints, ...indexes].map(([, table, columns]) => ({ table, columns }))
    assert.ok(unique.length >= 8)
    for (const { table, columns = '' } of unique) {
      if (columns.startsWith('user_id')) continue
      assert.ok(scale.includes(`\`${table} (${columns})\``), `${table} (${columns})`)
    }
  })
})
