/** What a database says when it is not the statement's fault: https://sqlite.org/rescode.html, the primary codes. */
const UNAVAILABLE = {
  5: 'another program keeps it to itself',
  6: 'another program keeps it to itself',
  8: 'it may only be read',
  10: 'its file cannot be read or written',
  13: 'the disk is full',
  14: 'its file cannot be opened',
} as const satisfies Record<number, string>

/** A failure of SQLite with its code. Crosses from the writer's thread as plain values. */
export class SqliteError extends Error {
  override readonly name = 'SqliteError'
  /** The extended result code, such as 2067; its lowest byte is the primary one. 0 when the writer's thread is gone. */
  readonly resultCode: number

  constructor(resultCode: number, message: string) {
    super(message)
    this.resultCode = resultCode
  }
}

/** The code that `node:sqlite` put on an error, or undefined when SQLite did not say it. */
export function resultCodeOf(error: unknown): number | undefined {
  if (error instanceof SqliteError) return error.resultCode
  const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined
  return typeof code === 'number' ? code : undefined
}

/**
 * What SQLite says where something could not be written: write, fsync, truncate, the size of the index of the log. A quota (EDQUOT) and a
 * limit on the size of files (EFBIG) come as these and not as `SQLITE_FULL`, which is for ENOSPC alone (sqlite3 `os_unix.c`).
 */
const NOT_WRITTEN: ReadonlySet<number> = new Set([778, 1034, 1546, 4874])

/** True when the disk, a quota, or the size that the database may have, is used up, or may be. */
export function mayBeFull(error: unknown): boolean {
  const code = resultCodeOf(error) ?? 0
  return (code & 0xff) === 13 || NOT_WRITTEN.has(code)
}

/** Why the database cannot do it now, in a few words; undefined when the error is a bug of ours. */
export function whyUnavailable(error: unknown): string | undefined {
  const code = resultCodeOf(error)
  if (code === 0) return 'the writer stopped'
  return code === undefined ? undefined : (UNAVAILABLE as Record<number, string>)[code & 0xff]
}
