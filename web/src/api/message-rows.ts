import type { Message } from './message-filter.ts'

/** What a list keeps of a message: a hundred thousand of them fit the memory, with texts of any length. */
export interface MessageRow
  extends Pick<Message, 'id' | 'status' | 'chatId' | 'createdAt' | 'deliveredAt' | 'nextAttemptAt' | 'waitingFor'> {
  /** When it was accepted, in milliseconds since 1970. */
  atMs: number
  /** The first line that says something, not longer than a row is wide. */
  line: string
  error: NonNullable<Message['error']>['code'] | null
}

/** Newest first. */
export interface RowPage {
  rows: readonly MessageRow[]
  /** Null on the last page. */
  nextCursor: string | null
}

/** Characters; no screen shows more of them in one line. */
const LONGEST_LINE = 160

export function rowOf(message: Message): MessageRow {
  const { id, status, chatId, createdAt, deliveredAt, nextAttemptAt, waitingFor } = message
  return {
    id,
    status,
    chatId,
    createdAt,
    deliveredAt,
    nextAttemptAt,
    waitingFor,
    atMs: Date.parse(createdAt),
    line: firstLine(message.text),
    error: message.error?.code ?? null,
  }
}

export function firstLine(text: string): string {
  const start = text.search(/\S/)
  if (start === -1) return ''
  const end = text.indexOf('\n', start)
  const line = text.slice(start, end === -1 ? text.length : end).trimEnd()
  const characters = Array.from(line.slice(0, 2 * LONGEST_LINE + 2))
  const shown = characters.slice(0, LONGEST_LINE)
  // Joined anew, because a slice of a long text would keep all of it in memory.
  return shown.join('') + (characters.length > shown.length ? '…' : '')
}

/**
 * Messages stand in the order of their acceptance. Nothing on the wire says it but the time, by which the clocks of several processes
 * may disagree a little, in milliseconds.
 */
const CLOCKS_DIFFER_MS = 60_000

type Place = { page: number; index: number }

/**
 * Pages with a message put where it belongs: new ones where their time is, changed ones where they were, and away with what the
 * filter no longer lets in. What is older than everything loaded stays away: its page will bring it. The same pages when nothing
 * changed, so that nothing is drawn anew.
 */
export function putMessage(pages: readonly RowPage[], message: Message, isLetIn: boolean): readonly RowPage[] {
  const row = rowOf(message)
  const found = findRow(pages, row)
  if (found) return replaced(pages, found, 1, isLetIn ? [row] : [])
  const place = isLetIn ? placeFor(pages, row.atMs) : null
  return place ? replaced(pages, place, 0, [row]) : pages
}

function replaced(pages: readonly RowPage[], { page: at, index }: Place, remove: number, rows: MessageRow[]) {
  return pages.map((page, number) =>
    number === at ? { ...page, rows: page.rows.toSpliced(index, remove, ...rows) } : page,
  )
}

/** Rows of a further page without those that an event has brought already. */
export function notIn(pages: readonly RowPage[], rows: readonly MessageRow[]): MessageRow[] {
  return rows.filter((row) => findRow(pages, row) === null)
}

function findRow(pages: readonly RowPage[], { id, atMs }: Pick<MessageRow, 'id' | 'atMs'>): Place | null {
  for (const [page, { rows }] of pages.entries()) {
    const [newest] = rows
    const oldest = rows.at(-1)
    if (!newest || !oldest) continue
    if (atMs > newest.atMs + CLOCKS_DIFFER_MS || atMs < oldest.atMs - CLOCKS_DIFFER_MS) continue
    const index = rows.findIndex((row) => row.id === id)
    if (index !== -1) return { page, index }
  }
  return null
}

/** Above the first row that is not newer; below all when nothing follows, or nothing is there at all. */
function placeFor(pages: readonly RowPage[], atMs: number): Place | null {
  const page = pages.findIndex(({ rows }) => (rows.at(-1)?.atMs ?? Number.POSITIVE_INFINITY) <= atMs)
  if (page !== -1) return { page, index: pages[page]?.rows.findIndex((row) => row.atMs <= atMs) ?? 0 }
  const last = pages.at(-1)
  if (!last) return null
  const isAll = last.nextCursor === null || pages.every(({ rows }) => rows.length === 0)
  return isAll ? { page: pages.length - 1, index: last.rows.length } : null
}

/** How many rows are newer than the one that was the newest; where its time would be, when it is not there any more. */
export function newerThan(rows: readonly MessageRow[], { id, atMs }: Pick<MessageRow, 'id' | 'atMs'>): number {
  const index = rows.findIndex((row) => row.id === id)
  if (index !== -1) return index
  const older = rows.findIndex((row) => row.atMs <= atMs)
  return older === -1 ? rows.length : older
}
