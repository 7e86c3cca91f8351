import { chmodSync, closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { OperatorError } from '../domain/operator-error.ts'

/**
 * Makes a file that appears under its name only when it is complete and on disk, readable for this user alone. `write` fills a draft, which
 * exists already and is empty. Resolves with its size in bytes; nothing is left behind when it rejects.
 *
 * @throws OperatorError when `target` exists and `overwrite` is false, or it cannot be written.
 */
export async function writeWholeFile(
  target: string,
  { overwrite }: { overwrite: boolean },
  write: (draft: string) => Promise<void>,
): Promise<number> {
  if (existsSync(target) && !overwrite) {
    throw new OperatorError(`${target} exists already: choose another name, or add --force.`)
  }
  const draft = `${target}.part`
  try {
    rmSync(draft, { force: true })
    // It never has another mode, not even for a moment.
    closeSync(openSync(draft, 'wx', 0o600))
    await write(draft)
    chmodSync(draft, 0o600)
    sync(draft)
    renameSync(draft, target)
    sync(dirname(target))
  } catch (error) {
    rmSync(draft, { force: true })
    if (error instanceof OperatorError) throw error
    throw new OperatorError(`${target} could not be written (${(error as Error).message}).`, { cause: error })
  }
  return statSync(target).size
}

function sync(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
