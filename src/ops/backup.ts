import { chmodSync, closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { OperatorError } from '../domain/operator-error.ts'

/** Milliseconds to wait for a writer that is about to commit. */
const BUSY_TIMEOUT_MS = 5000

/**
 * Copies a database while it is in use. `VACUUM INTO` reads in one transaction: the copy is the database at one moment, whole. It
 * appears under its name only when it is complete and on disk, readable for this user alone. Answers its size in bytes.
 *
 * @throws OperatorError when there is no database yet, or `target` exists and `overwrite` is false.
 */
export function backUp(databaseFile: string, target: string, { overwrite }: { overwrite: boolean }): number {
  if (!existsSync(databaseFile)) {
    throw new OperatorError(`There is no database ${databaseFile} yet: check DATA_DIR, or start the program once.`)
  }
  if (existsSync(target) && !overwrite) {
    throw new OperatorError(`${target} exists already: choose another name, or add --force.`)
  }
  const draft = `${target}.part`
  rmSync(draft, { force: true })
  try {
    copy(databaseFile, draft)
    renameSync(draft, target)
  } catch (error) {
    rmSync(draft, { force: true })
    throw new OperatorError(`The backup ${target} could not be written (${(error as Error).message}).`, {
      cause: error,
    })
  }
  return statSync(target).size
}

function copy(databaseFile: string, draft: string): void {
  // An empty file is taken by VACUUM INTO, and so never has another mode, not even for a moment.
  closeSync(openSync(draft, 'wx', 0o600))
  const database = new DatabaseSync(databaseFile, { readOnly: true, timeout: BUSY_TIMEOUT_MS })
  try {
    database.prepare('VACUUM INTO ?').run(draft)
  } finally {
    database.close()
  }
  chmodSync(draft, 0o600)
  const descriptor = openSync(draft, 'r')
  fsyncSync(descriptor)
  closeSync(descriptor)
}
