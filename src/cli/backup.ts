import { resolve } from 'node:path'
import { OperatorError } from '../domain/operator-error.ts'
import { backUp } from '../ops/backup.ts'
import { line } from './io.ts'
import type { AddCommand } from './command.ts'
import { withProgress } from './progress.ts'
import { readConfig } from './settings.ts'

const HELP = `
The program may run meanwhile. Keep a copy of DATA_DIR/secret.key too, in another place: it is not in the backup, and without it everybody
is logged out. docs/backup.md says how to restore. PostgreSQL has pg_dump for this.

Example:
  $ postrider backup "postrider-$(date +%F).db"`

const IN_POSTGRES =
  'The data is in PostgreSQL, which copies it itself while the program runs: pg_dump --format=custom --file=postrider.dump "$DATABASE_URL" (and pg_restore puts it back).'

export const addBackup: AddCommand = ({ program, io }) => {
  program
    .command('backup')
    .description('copy the database to a file, whole and consistent, while it is in use')
    .argument('<file>', 'where the copy goes')
    .option('--force', 'overwrite the file if it exists')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', HELP)
    .action(async (file: string, { force, json }: { force?: true; json?: true }) => {
      const target = resolve(file)
      const { database } = readConfig(io)
      if (database.engine === 'postgres') throw new OperatorError(IN_POSTGRES)
      const bytes = await withProgress(io, ['Copying', 'pages'], (onProgress) =>
        backUp(database.file, target, { overwrite: force === true, onProgress }),
      )
      line(io.stdout, json ? JSON.stringify({ file: target, bytes }) : `Copied ${bytes} bytes to ${target}.`)
    })
}
