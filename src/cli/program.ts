import { Command, CommanderError } from 'commander'
import { redactText } from '../domain/redaction.ts'
import { addBackup } from './backup.ts'
import { addDoctor } from './doctor.ts'
import { addExport } from './export.ts'
import { explain, UsageError } from './failure.ts'
import type { AddCommand } from './command.ts'
import type { House } from './house.ts'
import { addImport } from './import.ts'
import { type Io, line, paint, wantsColour } from './io.ts'
import { addMigrate } from './migrate.ts'
import { addRotateKey } from './rotate-key.ts'
import { addSandbox } from './sandbox.ts'
import { addSend } from './send.ts'
import { addApi, addBot } from './separate.ts'
import { addUp } from './up.ts'
import { addUser } from './user.ts'

const EXAMPLES = `
Examples:
  $ postrider up                          everything in one process, on http://127.0.0.1:8000
  $ postrider doctor                      what is wrong with this installation, and what to do
  $ postrider send "The build is green"   one message to your Telegram
  $ git log -3 | postrider send --wait    whatever comes out of a pipe

Settings come from the environment and from .env; docs/configuration.md lists them.`

/**
 * Runs one command. `args` are those after the program's name. Answers the exit code: 0 done, 1 failed, 2 used wrongly. Never rejects;
 * what went wrong is told on `io.stderr`.
 */
export async function run(args: readonly string[], io: Io, house: House): Promise<number> {
  let exitCode = 0
  const program = createProgram(io, house, (code) => {
    exitCode = code
  })
  try {
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    // Commander has written what it had to say. With 0 that was the help or the version, which were asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    line(io.stderr, `${paint(io, io.stderr, 'red', 'postrider:')} ${explain(error)}`)
    if (io.env['LOG_LEVEL'] === 'debug' && error instanceof Error) line(io.stderr, redactText(error.stack ?? ''))
    return error instanceof UsageError ? 2 : 1
  }
}

/** In the order of the help. */
const COMMANDS: readonly AddCommand[] = [
  addUp,
  addApi,
  addBot,
  addSandbox,
  addSend,
  addDoctor,
  addUser,
  addMigrate,
  addBackup,
  addExport,
  addImport,
  addRotateKey,
]

function createProgram(io: Io, house: House, exit: (code: number) => void): Command {
  const program = new Command('postrider')
    .description('Carries messages from an HTTP API to Telegram, durably and in order.')
    .version(house.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .exitOverride()
    .showHelpAfterError('(add --help for how it is used)')
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      getOutHasColors: () => wantsColour(io, io.stdout),
      getErrHasColors: () => wantsColour(io, io.stderr),
    })
    .addHelpText('after', EXAMPLES)
  for (const add of COMMANDS) add({ program, io, house, exit })
  return program
}
