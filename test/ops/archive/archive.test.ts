import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import type { Cell, Contents, Page } from '../../../src/domain/contents.ts'
import { OperatorError } from '../../../src/domain/operator-error.ts'
import { readArchive } from '../../../src/ops/archive/read-archive.ts'
import { writeArchive } from '../../../src/ops/archive/write-archive.ts'

type Table = Omit<Page, 'rows'> & { rows: Cell[][] }

const cell = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('\n', '\r\n', '\u2028', '{"end":{}}', ''),
  fc.maxSafeInteger(),
  fc.constant(null),
)
const someTables: fc.Arbitrary<Table[]> = fc.uniqueArray(
  fc
    .nat({ max: 3 })
    .chain((width) =>
      fc
        .tuple(
          fc.constantFrom('users', 'chats', 'messages', 'a "table"', 'пять'),
          fc.array(fc.string(), { minLength: width, maxLength: width }),
          fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 300 }),
        )
        .map(([table, columns, rows]) => ({ table, columns, rows })),
    ),
  { selector: ({ table }) => table, maxLength: 4 },
)

async function write(tables: readonly Table[], gzip = false): Promise<Buffer> {
  const counts = Object.fromEntries(tables.map(({ table, rows }) => [table, rows.length]))
  const contents: Contents = { schemaStep: 3, counts, lastPeerId: 7, pages: pagesOf(tables) }
  const output = new PassThrough()
  const written = writeArchive(contents, output, { program: '1.2.3', keyMark: 'mark', nowMs: 0, gzip })
  return (await Promise.all([buffer(output), written]))[0]
}

async function* pagesOf(tables: readonly Table[]): AsyncGenerator<Page> {
  for (const { rows, ...heading } of tables) {
    for (let start = 0; start < rows.length; start += 100) yield { ...heading, rows: rows.slice(start, start + 100) }
  }
}

/** Chunks of any size: what a pipe or a disk hands over knows nothing of lines. */
async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}

async function read(bytes: Buffer, size = 64 * 1024) {
  const { header, contents } = await readArchive(inChunks(bytes, size), 'The file')
  const tables: Table[] = []
  for await (const { table, columns, rows } of contents.pages) {
    assert.ok(rows.length <= 250, 'a page has a bound')
    if (tables.at(-1)?.table !== table) tables.push({ table, columns, rows: [] })
    tables.at(-1)?.rows.push(...(rows as Cell[][]))
  }
  return { header, contents, tables }
}

test('what is written is read again, gzipped or not, in chunks of any size', async () => {
  await fc.assert(
    fc.asyncProperty(someTables, fc.boolean(), fc.integer({ min: 1, max: 5000 }), async (tables, gzip, size) => {
      const again = await read(await write(tables, gzip), size)
      assert.deepEqual(again.tables, tables)
      const { schemaStep, counts, lastPeerId } = again.contents
      assert.deepEqual([schemaStep, lastPeerId], [3, 7])
      assert.deepEqual(counts, Object.fromEntries(tables.map(({ table, rows }) => [table, rows.length])))
      assert.deepEqual([again.header.program, again.header.keyMark], ['1.2.3', 'mark'])
      assert.equal(again.header.exportedAt, '1970-01-01T00:00:00.000Z')
    }),
    { numRuns: 60 },
  )
})

const SAMPLE: Table[] = [
  {
    table: 'users',
    columns: ['id', 'name'],
    rows: [
      ['u1', 'Ann'],
      ['u2', 'Bob'],
    ],
  },
  { table: 'peers', columns: ['id'], rows: [[1], [2], [3]] },
]

describe('a file is not taken', () => {
  for (const gzip of [false, true]) {
    const kind = gzip ? 'a gzipped one' : 'a plain one'
    test(`when any byte of it was changed: ${kind}`, async () => {
      const bytes = await write(SAMPLE, gzip)
      // Bytes 3 to 9 of gzip are hints, a time and the name of a system (RFC 1952, 2.3.1), and mean nothing here.
      const places = [...bytes.keys()].filter((place) => !gzip || place < 3 || place > 9)
      for (const place of places) {
        const changed = Buffer.from(bytes)
        changed[place] = (changed[place] ?? 0) ^ 0x01
        await assert.rejects(read(changed), OperatorError, `byte ${place} of ${bytes.length}`)
      }
    })

    test(`when it was cut anywhere: ${kind}`, async () => {
      const bytes = await write(SAMPLE, gzip)
      // Without its last line break it is still whole.
      const whole = gzip ? bytes.length : bytes.length - 1
      for (let length = 0; length < whole; length++) {
        await assert.rejects(read(bytes.subarray(0, length)), OperatorError, `cut after ${length} of ${bytes.length}`)
      }
    })
  }

  test('when something follows its end', async () => {
    const bytes = await write(SAMPLE)
    await assert.rejects(read(Buffer.concat([bytes, Buffer.from('[1]\n')])), /damaged or was changed/)
  })

  test('when a line is missing, or two have changed places', async () => {
    const lines = (await write(SAMPLE)).toString().split(/(?<=\n)/)
    const without = lines.toSpliced(3, 1)
    const swapped = lines.with(2, lines[3] ?? '').with(3, lines[2] ?? '')
    for (const other of [without, swapped]) {
      await assert.rejects(read(Buffer.from(other.join(''))), /damaged or was changed/)
    }
  })

  test('when it is of a newer format: then it says so', async () => {
    const newer = (await write(SAMPLE)).toString().replace('"version":1', '"version":2')
    await assert.rejects(read(Buffer.from(newer)), /written by a newer Postrider \(1\.2\.3\)/)
  })

  test('when it is something else: then it says so', async () => {
    for (const other of ['{"a":1}\n', 'SQLite format 3\u0000', 'null\n', '[]\n', gzipSync('hello')]) {
      await assert.rejects(read(Buffer.from(other)), /is not an export of Postrider/)
    }
    await assert.rejects(read(Buffer.alloc(0)), /is empty/)
  })

  test('when it has no lines, and then it is not collected either', async () => {
    let given = 0
    async function* endless(): AsyncGenerator<Buffer> {
      for (;;) yield Buffer.alloc((given += 2 ** 20) && 2 ** 20, 'x')
    }
    await assert.rejects(readArchive(endless(), 'The file'), /damaged/)
    assert.ok(given < 100 * 2 ** 20)
  })
})
