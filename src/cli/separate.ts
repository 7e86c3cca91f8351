import type { Config } from '../config/load-config.ts'
import { OperatorError } from '../domain/operator-error.ts'
import type { AddCommand } from './command.ts'
import type { Role } from './house.ts'
import { readConfig } from './settings.ts'
import { runUntilStopped } from './up.ts'

const TOGETHER = `
Any number of \`postrider api\` and \`postrider bot\` processes, on any number of machines, share one PostgreSQL database. All of them
need the same DATABASE_URL, TELEGRAM_BOT_TOKEN and SECRET_KEY.`

const API_HELP = `
What is accepted is in the database, and waits there for a bot process if none is up.
${TOGETHER}

Example:
  $ DATABASE_URL=postgres://postrider@db/postrider PORT=8000 postrider api`

const BOT_HELP = `
The bots are spread evenly over the processes that are up. When one dies, its bots run elsewhere within ten seconds; when one is stopped,
at once. Without BOT_PORT it listens nowhere.
${TOGETHER}

Example:
  $ DATABASE_URL=postgres://postrider@db/postrider BOT_PORT=8002 postrider bot`

export const addApi: AddCommand = (parts) =>
  add(parts, 'api', {
    description: 'the HTTP API alone; delivery is left to `postrider bot` (needs PostgreSQL)',
    help: API_HELP,
    greeting: 'The API of Postrider is up.',
  })

export const addBot: AddCommand = (parts) =>
  add(parts, 'bot', {
    description: 'delivery and the bots alone, without HTTP API (needs PostgreSQL)',
    help: BOT_HELP,
    greeting: 'The bots of Postrider are up.',
  })

function add(
  { program, io, house, exit }: Parameters<AddCommand>[0],
  role: Exclude<Role, 'up'>,
  { description, help, greeting }: { description: string; help: string; greeting: string },
): void {
  program
    .command(role)
    .description(description)
    .addHelpText('after', help)
    .action(async () => {
      const config = readConfig(io)
      assertShared(config, role)
      exit(await runUntilStopped(await house.createApp(config, role), io, greeting))
    })
}

function assertShared({ database }: Config, role: Role): void {
  if (database.engine === 'postgres') return
  throw new OperatorError(
    `\`postrider ${role}\` shares its database with other processes, which SQLite is not made for: set DATABASE_URL to postgres://…, or use \`postrider up\`, which does everything in one process.`,
  )
}
