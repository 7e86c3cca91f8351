import { createHash } from 'node:crypto'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { Contents } from '../../domain/contents.ts'
import { type EndLine, FORMAT, type Header, type TableLine } from './archive-format.ts'

export interface ArchiveOptions extends Pick<Header, 'program' | 'keyMark'> {
  nowMs: number
  gzip: boolean
}

/** Writes contents as an archive, as fast as `output` takes it, and ends `output`. Holds a page in memory, however much there is. */
export async function writeArchive(contents: Contents, output: Writable, options: ArchiveOptions): Promise<void> {
  const source = Readable.from(lines(contents, options))
  if (options.gzip) await pipeline(source, createGzip(), output)
  else await pipeline(source, output)
}

async function* lines(contents: Contents, options: ArchiveOptions): AsyncGenerator<string> {
  const hash = createHash('sha256')
  let rows = 0
  for await (const text of beforeTheEnd(contents, options)) {
    hash.update(text.lines)
    rows += text.rows
    yield text.lines
  }
  yield inLines([{ end: { rows, sha256: hash.digest('hex') } } satisfies EndLine])
}

async function* beforeTheEnd(
  contents: Contents,
  options: ArchiveOptions,
): AsyncGenerator<{ lines: string; rows: number }> {
  yield { lines: inLines([headerOf(contents, options)]), rows: 0 }
  let current: string | undefined
  for await (const { table, columns, rows } of contents.pages) {
    const heading: TableLine[] = table === current ? [] : [{ table, columns: [...columns] }]
    current = table
    yield { lines: inLines([...heading, ...rows]), rows: rows.length }
  }
}

function headerOf({ counts, schemaStep, lastPeerId }: Contents, { program, keyMark, nowMs }: ArchiveOptions): Header {
  return {
    format: FORMAT.name,
    version: FORMAT.version,
    program,
    schemaStep,
    exportedAt: new Date(nowMs).toISOString(),
    keyMark,
    counts: { ...counts },
    lastPeerId,
  }
}

function inLines(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('')
}
