import { line } from './io.ts'
import type { AddCommand } from './command.ts'
import { readConfig } from './settings.ts'

const HELP = `
\`postrider up\` does this by itself; the command is for those who want to see it done before.

Example:
  $ postrider backup before.db && postrider migrate`

export const addMigrate: AddCommand = ({ program, io, house }) => {
  program
    .command('migrate')
    .description('bring the database to the version of this program')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', HELP)
    .action(async ({ json }: { json?: true }) => {
      const config = readConfig(io)
      const desk = await house.openDesk(config)
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
