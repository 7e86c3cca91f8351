import { createWriteStream } from 'node:fs'
import { resolve } from 'node:path'
import type { Writable } from 'node:stream'
import type { Config } from '../config/load-config.ts'
import { type Contents, rowsIn } from '../domain/contents.ts'
import { OperatorError } from '../domain/operator-error.ts'
import { writeArchive } from '../ops/archive/write-archive.ts'
import { writeWholeFile } from '../ops/whole-file.ts'
import type { AddCommand } from './command.ts'
import { UsageError } from './failure.ts'
import type { House } from './house.ts'
import { type Io, line } from './io.ts'
import { countTo, withProgress } from './progress.ts'
import { keyMarkHere, WITHOUT_THE_KEY } from './secret-key-note.ts'
import { readConfig } from './settings.ts'

const HELP = `
Takes everything along, as it is at this moment: accounts, chats, messages in every state, keys, codes, the order of events. The
program may run meanwhile; for a move stop it before, so that nothing comes in that stays behind. The secret key is not in the file:
the new place needs the same SECRET_KEY, or this one's DATA_DIR/secret.key. The file holds messages and hashes of passwords: it is
for this user alone (mode 0600), and should stay so.

Examples:
  $ postrider export everything.jsonl.gz
  $ postrider export --gzip | ssh new.example.org postrider import`

interface Options {
  gzip?: true
  force?: true
  json?: true
}

export const addExport: AddCommand = ({ program, io, house }) => {
  program
    .command('export')
    .description('write everything into one file, to carry it to another machine or database')
    .argument('[file]', 'where it goes; standard output when absent, or -')
    .option('--gzip', 'compress it; a name that ends in .gz says so too')
    .option('--force', 'overwrite the file if it exists')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', HELP)
    .action(async (file: string | undefined, options: Options) => {
      const target = file === undefined || file === '-' ? undefined : resolve(file)
      if (target === undefined && io.stdout.isTTY === true) {
        throw new UsageError('Name a file, or send the output into a pipe: an export is not for reading on a terminal.')
      }
      const config = readConfig(io)
      const gzip = options.gzip === true || target?.endsWith('.gz') === true
      const rows = await exportEverything({ io, house, config, gzip }, { target, overwrite: options.force === true })
      tell(io, { file: target ?? null, rows }, options.json === true)
    })
}

interface Exporting {
  io: Io
  house: House
  config: Config
  gzip: boolean
}

async function exportEverything(
  { io, house, config, gzip }: Exporting,
  { target, overwrite }: { target: string | undefined; overwrite: boolean },
): Promise<number> {
  const about = { program: house.version, keyMark: keyMarkHere(config), nowMs: house.clock.now(), gzip }
  const write = (contents: Contents, output: Writable): Promise<void> => writeArchive(contents, output, about)
  const toFile = async (contents: Contents, file: string): Promise<void> => {
    await writeWholeFile(file, { overwrite }, (draft) => write(contents, createWriteStream(draft)))
  }
  const source = await house.openMovable(config, 'source')
  try {
    return await withProgress(io, ['Exporting', 'rows'], (reach) =>
      source.read(async (contents) => {
        const seen = countTo(contents, reach)
        await (target === undefined ? toPipe(io, (output) => write(seen, output)) : toFile(seen, target))
        return rowsIn(contents)
      }),
    )
  } finally {
    await source.close()
  }
}

/** Whoever reads may leave early. */
async function toPipe(io: Io, write: (output: Writable) => Promise<void>): Promise<void> {
  try {
    await write(io.stdout as Writable)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error
    throw new OperatorError('Whoever should read the export went away before its end.', { cause: error })
  }
}

function tell(io: Io, result: { file: string | null; rows: number }, json: boolean): void {
  // Standard output is the file itself when there is no other.
  const output = result.file === null ? io.stderr : io.stdout
  if (json) return line(output, JSON.stringify(result))
  line(output, `Exported ${result.rows} rows${result.file === null ? '' : ` to ${result.file}`}.`)
  line(output, `The new place needs the same secret key, which is not in there. ${WITHOUT_THE_KEY}`)
}
