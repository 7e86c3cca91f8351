import { createHash, type Hash } from 'node:crypto'
import type { Cell, Contents, Page } from '../../domain/contents.ts'
import { OperatorError } from '../../domain/operator-error.ts'
import { cutOff, damaged, type Header, isEndLine, isTableLine, parseHeader, parseLine } from './archive-format.ts'
import type { EndLine, TableLine } from './archive-format.ts'
import { linesOf, unzipped } from './lines.ts'

const PAGE_ROWS = 250

/**
 * Reads as much of an archive as says what is in it. Reading the pages to their end rejects with an OperatorError when the archive was cut
 * or changed. `source` is its name for people. Gzip is seen by itself.
 */
export async function readArchive(
  input: AsyncIterable<Buffer>,
  source: string,
): Promise<{ header: Header; contents: Contents }> {
  const lines = toldLines(input, source)
  const first = await lines.next()
  if (first.done) throw new OperatorError(`${source} is empty: give the file that \`postrider export\` wrote.`)
  const header = parseHeader(first.value.toString(), source)
  const hash = createHash('sha256').update(first.value)
  return { header, contents: { ...header, pages: inPages(checkedValues(lines, hash, source)) } }
}

/** Errors of the file and of its compression, as sentences. */
async function* toldLines(input: AsyncIterable<Buffer>, source: string): AsyncGenerator<Buffer> {
  try {
    yield* linesOf(unzipped(input))
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'Z_BUF_ERROR') throw cutOff(source)
    if (code.startsWith('Z_') || error instanceof RangeError) throw damaged(source)
    throw new OperatorError(`${source} cannot be read (${code || String(error)}).`, { cause: error })
  }
}

/** What stands in the lines before the end, which must be true. */
async function* checkedValues(
  lines: AsyncIterable<Buffer>,
  hash: Hash,
  source: string,
): AsyncGenerator<TableLine | Cell[]> {
  let rows = 0
  let ended = false
  for await (const line of lines) {
    if (ended) throw damaged(source)
    const value = parseLine(line.toString())
    if (isEndLine(value)) {
      if (!isTrue(value, { rows, hash })) throw damaged(source)
      ended = true
    } else if (Array.isArray(value) || isTableLine(value)) {
      hash.update(line)
      if (Array.isArray(value)) rows++
      yield value
    } else {
      throw line.at(-1) === '\n'.charCodeAt(0) ? damaged(source) : cutOff(source)
    }
  }
  if (!ended) throw cutOff(source)
}

function isTrue({ end }: EndLine, { rows, hash }: { rows: number; hash: Hash }): boolean {
  return end.rows === rows && end.sha256 === hash.digest('hex')
}

async function* inPages(values: AsyncIterable<TableLine | Cell[]>): AsyncGenerator<Page> {
  let heading: TableLine = { table: '', columns: [] }
  let rows: Cell[][] = []
  for await (const value of values) {
    const isRow = Array.isArray(value)
    if (rows.length === PAGE_ROWS || (!isRow && rows.length > 0)) {
      yield { ...heading, rows }
      rows = []
    }
    if (isRow) rows.push(value)
    else heading = value
  }
  if (rows.length > 0) yield { ...heading, rows }
}
