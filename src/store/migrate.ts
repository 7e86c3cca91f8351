import { readdirSync, readFileSync } from 'node:fs'
import { OperatorError } from '../domain/operator-error.ts'

export interface Migration {
  version: number
  name: string
  sql: string
}

/** What a migration needs from an engine. */
export interface MigrationTarget {
  /** The versions that the database has; none when it is empty. */
  applied(): Promise<number[]>
  /**
   * One transaction under the engine's lock: inserts the version first and runs `sql` after it. False when another process has
   * done it meanwhile.
   */
  apply(migration: Migration): Promise<boolean>
}

/** Reads `0001_name.sql` and on. A gap or a repeat is two branches that met: it stops here, before a database sees it. */
export function readMigrations(folder: URL): Migration[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.sql'))
  return files.sort().map((file, index) => {
    const [, version, name = ''] = /^(\d{4})_(\w+)\.sql$/.exec(file) ?? []
    if (Number(version) !== index + 1) throw new Error(`the migration ${file} should be number ${index + 1}`)
    return { version: index + 1, name, sql: readFileSync(new URL(file, folder), 'utf8') }
  })
}

/** How many steps `migrate` would do. Rejects when the database is newer than the program. */
export async function missingSteps(
  { applied }: Pick<MigrationTarget, 'applied'>,
  migrations: readonly Migration[],
): Promise<number> {
  return missing(await applied(), migrations).length
}

/** Applies what is missing and says how many steps it did itself. Rejects when the database is newer than the program. */
export async function migrate(target: MigrationTarget, migrations: readonly Migration[]): Promise<number> {
  let steps = 0
  for (const migration of missing(await target.applied(), migrations)) if (await apply(target, migration)) steps++
  return steps
}

async function apply(target: MigrationTarget, migration: Migration): Promise<boolean> {
  try {
    return await target.apply(migration)
  } catch (error) {
    if (!isNameTaken(error)) throw error
    throw new OperatorError(
      `The database has a table of another program with the name of one of ours (${error.message}): give Postrider a database of its own in DATABASE_URL.`,
      { cause: error },
    )
  }
}

/** PostgreSQL's `duplicate_table`, or SQLite's sentence, which has no code of its own. */
function isNameTaken(error: unknown): error is Error {
  return (
    error instanceof Error &&
    (('code' in error && error.code === '42P07') || /^table \S+ already exists/.test(error.message))
  )
}

function missing(applied: readonly number[], migrations: readonly Migration[]): Migration[] {
  const newest = Math.max(0, ...applied)
  if (newest > migrations.length) {
    throw new OperatorError(
      `The database is at version ${newest} and this program knows only ${migrations.length}: start the newer program.`,
    )
  }
  return migrations.filter(({ version }) => !applied.includes(version))
}
