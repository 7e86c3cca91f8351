import { type Config, ConfigError } from '../config/load-config.ts'
import { rowsIn } from '../domain/contents.ts'
import type { AddCommand } from './command.ts'
import type { House } from './house.ts'
import { type Io, line } from './io.ts'
import { countTo, withProgress } from './progress.ts'
import { readConfig } from './settings.ts'

const HELP = `
\`postrider up\` does this by itself; the command is for those who want to see it done before.

With --from and --to it moves house: everything in one database is put into another, empty one, of either kind. Stop the program before,
then set DATABASE_URL to the new place and start it again; the old place stays as it was. The secret key is in neither of them.

Examples:
  $ postrider backup before.db && postrider migrate
  $ DATABASE_URL=postgres://postrider:secret@db.example.org/postrider postrider migrate --from sqlite:data/postrider.db`

interface Options {
  from?: string | undefined
  to?: string | undefined
  json?: true
}

export const addMigrate: AddCommand = ({ program, io, house }) => {
  program
    .command('migrate')
    .description('bring the database to the version of this program')
    .option('--from <url>', 'carry everything from this database, such as sqlite:data/postrider.db …')
    .option(
      '--to <url>',
      '… into this empty one; of the two, the one that is not given is the database of DATABASE_URL',
    )
    .option('--json', 'print the result as JSON')
    .addHelpText('after', HELP)
    .action(async ({ from, to, json }: Options) => {
      if (from !== undefined || to !== undefined) return tellMoved(io, await move(io, house, { from, to }), json)
      const config = readConfig(io)
      const desk = await house.openDesk(config, (sentence) => line(io.stderr, sentence))
      try {
        const steps = await desk.migrate()
        const said =
          steps === 0
            ? 'The database is up to date.'
            : `The database was brought up to date in ${steps} ${steps === 1 ? 'step' : 'steps'}.`
        line(io.stdout, json ? JSON.stringify({ steps }) : said)
      } finally {
        await desk.close()
      }
    })
}

/** Answers how many rows were carried over. */
async function move(io: Io, house: House, { from, to }: Pick<Options, 'from' | 'to'>): Promise<number> {
  const source = await house.openMovable(configFor(io, from, '--from'), 'source')
  try {
    const target = await house.openMovable(configFor(io, to, '--to'), 'target')
    try {
      return await withProgress(io, ['Moving', 'rows'], (reach) =>
        source.read(async (contents) => {
          await target.fill(countTo(contents, reach))
          return rowsIn(contents)
        }),
      )
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

/** The settings with another database; without one, those of this installation. */
function configFor(io: Io, url: string | undefined, flag: '--from' | '--to'): Config {
  if (url === undefined) return readConfig(io)
  try {
    return readConfig({ ...io, env: { ...io.env, DATABASE_URL: url, DATABASE_URL_FILE: undefined } })
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw new ConfigError(error.problems.map((problem) => problem.replaceAll('DATABASE_URL', flag)))
  }
}

function tellMoved(io: Io, rows: number, json: true | undefined): void {
  if (json) return line(io.stdout, JSON.stringify({ rows }))
  line(io.stdout, `Moved ${rows} rows. Set DATABASE_URL to the new place; keep DATA_DIR/secret.key (or SECRET_KEY).`)
}
