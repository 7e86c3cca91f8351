import type { Message } from './message-filter.ts'

/** What a list keeps of a message: a hundred thousand of them fit the memory, with texts of any length. */
export interface MessageRow
  extends Pick<Message, 'id' | 'status' | 'chatId' | 'createdAt' | 'deliveredAt' | 'nextAttemptAt' | 'waitingFor'> {
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
  const error = message.error?.code ?? null
  return { id, status, chatId, createdAt, deliveredAt, nextAttemptAt, waitingFor, error, line: firstLine(message.text) }
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
 * Pages with a message put where it belongs: new ones where their time is, changed ones where they were, and away with what the
 * filter no longer lets in. What is older than everything loaded stays away: its page will bring it. The same pages when nothing
 * changed, so that nothing is drawn anew.
 */
export function putMessage(pages: readonly RowPage[], message: Message, isLetIn: boolean): readonly RowPage[] {
  const at = pageFor(pages, message.id)
  const page = pages[at]
  if (!page) return pages
  const index = placeIn(page.rows, message.id)
  const isThere = page.rows[index]?.id === message.id
  if (!isThere && !isLetIn) return pages
  const rows = page.rows.toSpliced(index, isThere ? 1 : 0, ...(isLetIn ? [rowOf(message)] : []))
  return pages.with(at, { ...page, rows })
}

/** Of a page whose last row is not newer; the last page takes what is older than all when nothing follows it, or it is all there is. */
function pageFor(pages: readonly RowPage[], id: string): number {
  const found = pages.findIndex(({ rows }) => {
    const last = rows.at(-1)
    return last !== undefined && last.id <= id
  })
  if (found !== -1) return found
  const isOpenEnded = pages.at(-1)?.nextCursor !== null && pages.some(({ rows }) => rows.length > 0)
  return isOpenEnded ? -1 : pages.length - 1
}

/** Where a message of this id is among rows, or would be: ids grow with time, and rows are sorted from new to old. */
export function placeIn(rows: readonly MessageRow[], id: string): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((rows[middle]?.id ?? '') > id) low = middle + 1
    else high = middle
  }
  return low
}

/** All rows in one list. What stands twice (put there by an event, then answered with a later page) stands once, as first met. */
export function allRows(pages: readonly RowPage[]): readonly MessageRow[] {
  const all: MessageRow[] = []
  for (const { rows } of pages) {
    for (const row of rows) {
      const last = all[all.length - 1]
      if (last === undefined || row.id < last.id) all.push(row)
    }
  }
  return all
}
