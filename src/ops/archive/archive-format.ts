import { OperatorError } from '../../domain/operator-error.ts'

/**
 * An archive is a text in UTF-8, one JSON value in each line, gzipped or not: a header; then for each table that has rows a line with its
 * columns and one array for each row; and an end with the number of rows and the SHA-256 of every byte before it.
 */
export const FORMAT = { name: 'postrider-export', version: 1 } as const

export interface Header {
  format: typeof FORMAT.name
  version: number
  /** The version of the program that wrote it. */
  program: string
  schemaStep: number
  /** RFC 3339. */
  exportedAt: string
  /** Tells whether another place has the same secret key; null where there was none. */
  keyMark: string | null
  counts: Record<string, number>
  lastPeerId: number
}

export interface TableLine {
  table: string
  columns: string[]
}

export interface EndLine {
  end: { rows: number; sha256: string }
}

/**
 * The first line of `source`.
 *
 * @throws OperatorError when it is of something else, or of a newer format.
 */
export function parseHeader(line: string, source: string): Header {
  const header = parseLine(line)
  if (!isRecord(header) || header['format'] !== FORMAT.name) {
    throw new OperatorError(`${source} is not an export of Postrider: give the file that \`postrider export\` wrote.`)
  }
  if (typeof header['version'] === 'number' && header['version'] > FORMAT.version) {
    throw new OperatorError(
      `${source} was written by a newer Postrider (${String(header['program'])}) in a format that this one does not know: use that one here too.`,
    )
  }
  if (!isHeader(header)) throw damaged(source)
  return header
}

/** The value in a line; undefined when there is none. */
export function parseLine(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

export function isTableLine(value: unknown): value is TableLine {
  if (!isRecord(value)) return false
  const { table, columns } = value
  return typeof table === 'string' && Array.isArray(columns) && columns.every((name) => typeof name === 'string')
}

export function isEndLine(value: unknown): value is EndLine {
  return isRecord(value) && isRecord(value['end'])
}

export function damaged(source: string): OperatorError {
  return new OperatorError(`${source} is damaged or was changed, and nothing of it was taken: export or copy it again.`)
}

export function cutOff(source: string): OperatorError {
  return new OperatorError(`${source} ends too early, and nothing of it was taken: export or copy it again.`)
}

function isHeader(header: Record<string, unknown>): header is Record<string, unknown> & Header {
  const { version, program, schemaStep, exportedAt, keyMark, counts, lastPeerId } = header
  return (
    [version, schemaStep, lastPeerId].every(Number.isSafeInteger) &&
    [program, exportedAt].every((value) => typeof value === 'string') &&
    (keyMark === null || typeof keyMark === 'string') &&
    isRecord(counts) &&
    Object.values(counts).every(Number.isSafeInteger)
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
