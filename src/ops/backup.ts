import { existsSync } from 'node:fs'
import { backup, DatabaseSync } from 'node:sqlite'
import { OperatorError } from '../domain/operator-error.ts'
import { writeWholeFile } from './whole-file.ts'

/** Milliseconds to wait for a writer that is about to commit. */
const BUSY_TIMEOUT_MS = 5000

/** Pages (of 4 KB) between two looks at the progress. */
const PAGES_AT_ONCE = 2048

export interface BackupOptions {
  overwrite: boolean
  /** Told how many of all pages are copied; may throw to end it. */
  onProgress?: (copied: number, total: number) => void
}

/**
 * Copies a database while it is in use: the copy is the database at one moment, whole. It appears under its name only when it is complete
 * and on disk, readable for this user alone. Resolves with its size in bytes.
 *
 * @throws OperatorError when there is no database yet, or `target` exists and `overwrite` is false.
 */
export async function backUp(databaseFile: string, target: string, options: BackupOptions): Promise<number> {
  if (!existsSync(databaseFile)) {
    throw new OperatorError(`There is no database ${databaseFile} yet: check DATA_DIR, or start the program once.`)
  }
  return await writeWholeFile(target, options, async (draft) => {
    await copy(databaseFile, draft, options)
    closeJournal(draft)
  })
}

async function copy(databaseFile: string, draft: string, { onProgress }: BackupOptions): Promise<void> {
  const database = new DatabaseSync(databaseFile, { readOnly: true, timeout: BUSY_TIMEOUT_MS })
  try {
    // A transaction of our own holds the moment: without it the copy would begin anew at every commit of the program, and never end.
    database.exec('BEGIN')
    database.exec('SELECT 1 FROM sqlite_schema')
    await backup(database, draft, {
      rate: PAGES_AT_ONCE,
      progress: ({ totalPages, remainingPages }) => onProgress?.(totalPages - remainingPages, totalPages),
    })
  } finally {
    database.close()
  }
}

/** The copy needs no log beside it, so it can also be read where nothing can be written. The program makes one when it opens it. */
function closeJournal(draft: string): void {
  const database = new DatabaseSync(draft)
  try {
    database.exec('PRAGMA journal_mode = DELETE')
  } finally {
    database.close()
  }
}
