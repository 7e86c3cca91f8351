import { accessSync, constants, statSync } from 'node:fs'
import { OperatorError } from '../../domain/operator-error.ts'
import { resultCodeOf } from './sqlite-error.ts'

/**
 * Refuses a file that this user may not write. SQLite itself would open it for reading alone and say so at the first change, and as root it
 * would not even ask. Nothing is said of a file that is not there yet.
 *
 * @throws OperatorError
 */
export function assertWritable(file: string): void {
  try {
    accessSync(file, constants.R_OK | constants.W_OK)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT') throw trouble(file, NOT_WRITABLE[code] ?? `this user may not read and write it (${code})`)
  }
}

/** What stands in the way of opening a database, and what to do. */
export function openingTrouble(file: string, error: unknown): OperatorError {
  if (error instanceof OperatorError) return error
  if (isFolder(file)) return trouble(file, 'it is a folder; move it away, or name another file', error)
  const known = BY_RESULT_CODE[(resultCodeOf(error) ?? 0) & 0xff]
  return trouble(file, known ?? (error instanceof Error ? error.message : String(error)), error)
}

const NOT_WRITABLE: Readonly<Record<string, string>> = {
  EACCES: 'this user may not read and write it; give it to this user, with the mode 600',
  EPERM: 'this user may not read and write it; give it to this user, with the mode 600',
  EROFS: 'it is on a file system that is mounted read-only; mount it for writing, or name another file',
}

const FROM_BACKUP = 'put it back from a backup, or move it away to start with an empty one'

/** The primary codes of https://sqlite.org/rescode.html that a person can do something about. */
const BY_RESULT_CODE: Readonly<Record<number, string>> = {
  5: 'another program holds it; end that one first',
  8: 'it can only be read; make it and its folder writable for this user',
  10: 'the disk fails to read or write it; look at the disk and the log of the system',
  11: `it is damaged; ${FROM_BACKUP}`,
  13: 'the disk is full; make room',
  14: 'it, or a file beside it, cannot be opened; make them and their folder readable and writable for this user',
  26: `it is not a database; ${FROM_BACKUP}`,
}

function trouble(file: string, why: string, cause?: unknown): OperatorError {
  return new OperatorError(`The database ${file} cannot be opened: ${why}.`, { cause })
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}
