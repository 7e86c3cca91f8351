import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import { rowsIn } from '../domain/contents.ts'
import { readArchive } from '../ops/archive/read-archive.ts'
import type { AddCommand } from './command.ts'
import { UsageError } from './failure.ts'
import type { House } from './house.ts'
import { type Io, line } from './io.ts'
import { countTo, withProgress } from './progress.ts'
import { adviceOnKey, compareKey, type KeyHere, keyMarkHere } from './secret-key-note.ts'
import { readConfig } from './settings.ts'

const HELP = `
The database of DATABASE_URL (or in DATA_DIR) must be empty or not there yet, and no program may work with it. Everything is taken or
nothing: a file that was cut or changed leaves the database as it was. Bring the secret key of the old place along: its SECRET_KEY, or
secret.key from its DATA_DIR; without it everybody is logged out and open linking codes are void.

Examples:
  $ DATA_DIR=/var/lib/postrider postrider import everything.jsonl.gz
  $ ssh old.example.org postrider export --gzip | postrider import`

export const addImport: AddCommand = ({ program, io, house }) => {
  program
    .command('import')
    .description('fill an empty database with what `postrider export` wrote')
    .argument('[file]', 'what to read, gzipped or not; standard input when absent, or -')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', HELP)
    .action(async (file: string | undefined, { json }: { json?: true }) => {
      const source = file === undefined || file === '-' ? undefined : resolve(file)
      if (source === undefined && io.stdin.isTTY === true) throw new UsageError('Name the file that is to be read.')
      const { rows, secretKey, advice } = await importEverything(io, house, source)
      if (json) return line(io.stdout, JSON.stringify({ rows, secretKey }))
      line(io.stdout, `Imported ${rows} rows.`)
      line(io.stdout, advice)
    })
}

async function importEverything(
  io: Io,
  house: House,
  source: string | undefined,
): Promise<{ rows: number; secretKey: KeyHere; advice: string }> {
  const config = readConfig(io)
  const input = source === undefined ? io.stdin : createReadStream(source)
  const { header, contents } = await readArchive(
    input as AsyncIterable<unknown> as AsyncIterable<Buffer>,
    source ?? 'The standard input',
  )
  const target = await house.openMovable(config, 'target')
  try {
    await withProgress(io, ['Importing', 'rows'], (reach) => target.fill(countTo(contents, reach)))
  } finally {
    await target.close()
  }
  const secretKey = compareKey(keyMarkHere(config), header.keyMark)
  return { rows: rowsIn(contents), secretKey, advice: adviceOnKey(secretKey, config) }
}
