import { resolve } from 'node:path'
import { OperatorError } from '../domain/operator-error.ts'
import { backUp } from '../ops/backup.ts'
import { line } from './io.ts'
import type { AddCommand } from './command.ts'
import { readConfig } from './settings.ts'

const HELP = `
The program may run meanwhile. To restore: stop it and put the copy in the place of the database (DATA_DIR/postrider.db, without the
files beside it that end in -wal and -shm). Keep a copy of DATA_DIR/secret.key too: without it every session and open code ends.

Example:
  $ postrider backup "postrider-$(date +%F).db"`

export const addBackup: AddCommand = ({ program, io }) => {
  program
    .command('backup')
    .description('copy the database to a file, whole and consistent, while it is in use')
    .argument('<file>', 'where the copy goes')
    .option('--force', 'overwrite the file if it exists')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', HELP)
    .action((file: string, { force, json }: { force?: true; json?: true }) => {
      const target = resolve(file)
      const { database } = readConfig(io)
      if (database.engine === 'postgres') {
        throw new OperatorError('The data is in PostgreSQL: copy it with pg_dump, which works while the program runs.')
      }
      const bytes = backUp(database.file, target, { overwrite: force === true })
      line(io.stdout, json ? JSON.stringify({ file: target, bytes }) : `Copied ${bytes} bytes to ${target}.`)
    })
}
