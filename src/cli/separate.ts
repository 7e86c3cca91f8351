import { OperatorError } from '../domain/operator-error.ts'
import type { AddCommand } from './command.ts'

const NOT_YET =
  'Separate processes share a PostgreSQL database, which the next version brings: use `postrider up`, which does everything in one process.'

export const addApi: AddCommand = ({ program }) => {
  program
    .command('api')
    .description('the HTTP API alone (needs PostgreSQL: not in this version)')
    .action(() => {
      throw new OperatorError(NOT_YET)
    })
}

export const addBot: AddCommand = ({ program }) => {
  program
    .command('bot')
    .description('delivery and Telegram updates alone (needs PostgreSQL: not in this version)')
    .action(() => {
      throw new OperatorError(NOT_YET)
    })
}
