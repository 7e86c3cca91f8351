import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isDatabaseInUse } from '../../src/ops/data-dir.ts'
import { OperatorError } from '../../src/domain/operator-error.ts'
import { removePostgresCopy } from '../../test/support/postgres-binaries.ts'
import { ownPostgres } from './catalogue.ts'
import type { LocalSettings } from './settings.ts'

/** What the program writes into `DATA_DIR`, by name: somebody may keep other things there. */
const OF_THE_PROGRAM = [
  /^postrider\.db(-wal|-shm|-reserve|\.lock(-journal)?|\.pid)?$/,
  /^sandbox\.json(\.files|\.journal\.\d+)?$/,
  /^secret\.key$/,
]
/** What the services write into their folder in it. */
const OF_THE_SERVICES = [
  /^(logs|records)$/,
  /^postgres(\.draft|\.password(\.draft)?)?$/,
  /^sandbox\.json(\.files|\.journal\.\d+)?$/,
]

/**
 * Removes the data of this installation, and its folders where nothing else is in them. A database elsewhere is not touched.
 *
 * @throws OperatorError when somebody works with the data at this moment; nothing is removed then.
 */
export function erase(settings: LocalSettings, say: (sentence: string) => void): void {
  const { dataDir } = settings.config
  if (isDatabaseInUse(join(dataDir, 'postrider.db')) || ownPostgres(settings).isInUse()) {
    throw new OperatorError(
      `Somebody works with the data in ${dataDir} (npm start, perhaps): stop that first. Nothing was removed.`,
    )
  }
  removeFrom(settings.folder, OF_THE_SERVICES, say)
  removeFrom(dataDir, OF_THE_PROGRAM, say)
  const copy = removePostgresCopy()
  if (copy !== undefined) say(`removed ${copy}`)
  if (settings.hasDatabase) say('The database of DATABASE_URL is not ours to remove.')
}

function removeFrom(folder: string, ours: readonly RegExp[], say: (sentence: string) => void): void {
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder).filter((entry) => ours.some((pattern) => pattern.test(entry)))) {
    rmSync(join(folder, name), { recursive: true, force: true })
    say(`removed ${join(folder, name)}`)
  }
  const others = readdirSync(folder)
  if (others.length === 0) removeEmpty(folder)
  else say(`kept ${folder}, because there is also: ${others.join(', ')}`)
}

/** An empty folder may be where a disk is mounted, or in one that is somebody else's: then it stays. */
function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // It holds nothing of anybody's.
  }
}
