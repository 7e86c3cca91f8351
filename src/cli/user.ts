import { Argument, type Command, Option } from 'commander'
import { LOCALES, type Locale, type Role, ROLES, type User } from '../domain/account.ts'
import { OperatorError } from '../domain/operator-error.ts'
import type { Desk, House } from './house.ts'
import { type Io, line, table } from './io.ts'
import { confirm, newPassword } from './password.ts'
import type { AddCommand } from './command.ts'
import { readConfig } from './settings.ts'

const HELP = `
Works on the database itself, whether the program runs or not.

Examples:
  $ postrider user add maria --name "Maria" --locale ru
  $ openssl rand -base64 18 | postrider user add backup-job --password-stdin
  $ postrider user list --json
  $ postrider user password maria
  $ postrider user role maria operator
  $ postrider user delete maria`

export const addUser: AddCommand = ({ program, io, house }) => {
  const user = program.command('user').description('add, list, change and delete accounts').addHelpText('after', HELP)
  addAdd(user, io, house)
  addList(user, io, house)
  addPassword(user, io, house)
  addRole(user, io, house)
  addDelete(user, io, house)
}

interface AddOptions {
  name?: string
  locale: Locale
  role?: Role
  passwordStdin?: true
  json?: true
}

function addAdd(user: Command, io: Io, house: House): void {
  user
    .command('add')
    .description('add an account, also where registration is closed; the first one of all is an operator')
    .argument('<login>')
    .option('--name <name>', 'how messages address the person (default: the login)')
    .addOption(new Option('--locale <locale>', 'language of what the person reads').choices(LOCALES).default('en'))
    .addOption(
      new Option(
        '--role <role>',
        'an operator sees how the whole installation is doing; the first account is one',
      ).choices(ROLES),
    )
    .option('--password-stdin', 'read the password from standard input')
    .option('--json', 'print the account as JSON')
    .action(async (login: string, options: AddOptions) => {
      const password = await newPassword(io, options.passwordStdin === true)
      const added = await atDesk(io, house, async (desk) => {
        const registered = await desk.registerUser({
          login,
          password,
          name: options.name ?? login,
          locale: options.locale,
        })
        return options.role === undefined ? registered : desk.setRole({ login, role: options.role })
      })
      tell(io, options, added, `Added ${added.login} (${added.role}).`)
    })
}

function addList(user: Command, io: Io, house: House): void {
  user
    .command('list')
    .description('list the accounts, by login')
    .option('--json', 'print a JSON array')
    .action(async ({ json }: { json?: true }) => {
      const users = await atDesk(io, house, (desk) => Array.fromAsync(desk.listUsers()))
      if (json) line(io.stdout, JSON.stringify(users.map(wireUser), null, 2))
      else if (users.length === 0) line(io.stderr, 'There are no accounts yet.')
      else line(io.stdout, table(['LOGIN', 'NAME', 'LOCALE', 'ROLE', 'CREATED'], users.map(row)))
    })
}

function addPassword(user: Command, io: Io, house: House): void {
  user
    .command('password')
    .description('give an account a new password; its sessions end, its API tokens stay')
    .argument('<login>')
    .option('--password-stdin', 'read the password from standard input')
    .option('--json', 'print the account as JSON')
    .action(async (login: string, options: { passwordStdin?: true; json?: true }) => {
      const password = await newPassword(io, options.passwordStdin === true)
      const changed = await atDesk(io, house, (desk) => desk.setPassword({ login, password }))
      tell(io, options, changed, `${changed.login} has a new password.`)
    })
}

function addRole(user: Command, io: Io, house: House): void {
  user
    .command('role')
    .description('make an account an operator, or an ordinary one')
    .argument('<login>')
    .addArgument(new Argument('<role>').choices(ROLES))
    .option('--json', 'print the account as JSON')
    .action(async (login: string, role: Role, options: { json?: true }) => {
      const changed = await atDesk(io, house, (desk) => desk.setRole({ login, role }))
      tell(
        io,
        options,
        changed,
        `${changed.login} is ${changed.role === 'operator' ? 'an operator' : 'an ordinary user'} now.`,
      )
    })
}

function addDelete(user: Command, io: Io, house: House): void {
  user
    .command('delete')
    .description('delete an account with its chats, tokens and messages')
    .argument('<login>')
    .option('--yes', 'do not ask')
    .option('--json', 'print the account as JSON')
    .action(async (login: string, options: { yes?: true; json?: true }) => {
      if (!options.yes && !(await confirm(io, `Delete ${login} and all its messages for good?`))) {
        throw new OperatorError('Nothing was deleted.')
      }
      const gone = await atDesk(io, house, (desk) => desk.removeUser({ login }))
      tell(io, options, gone, `Deleted ${gone.login}.`)
    })
}

/** Opens the desk on an up-to-date database, works, and closes it whatever happens. */
async function atDesk<T>(io: Io, house: House, work: (desk: Desk) => Promise<T>): Promise<T> {
  const desk = await house.openDesk(readConfig(io))
  try {
    await desk.migrate()
    return await work(desk)
  } finally {
    await desk.close()
  }
}

function tell(io: Io, options: { json?: true }, user: User, sentence: string): void {
  line(io.stdout, options.json ? JSON.stringify(wireUser(user)) : sentence)
}

/** As the HTTP API writes a user, with the role. */
function wireUser({ id, login, name, locale, role, createdAtMs }: User): object {
  return { id, login, name, locale, role, createdAt: new Date(createdAtMs).toISOString() }
}

function row({ login, name, locale, role, createdAtMs }: User): string[] {
  return [login, name, locale, role, new Date(createdAtMs).toISOString().slice(0, 16).replace('T', ' ')]
}
