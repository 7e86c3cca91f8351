import { readFileSync } from 'node:fs'
import { InvalidArgumentError, Option } from 'commander'
import { integer, Problem } from '../config/parsers.ts'
import { OperatorError } from '../domain/operator-error.ts'
import { onStopSignals } from '../ops/stop-signals.ts'
import type { SandboxOptions } from './house.ts'
import { line } from './io.ts'
import type { AddCommand } from './command.ts'

const HELP = `
A Bot API server that is as strict as Telegram's, for your own bots and their tests, with a page that shows a phone. Point a bot's
library at the address that it prints.

Examples:
  $ postrider sandbox --port 8081
  $ postrider sandbox --port 0 --profile off --world test/world.json`

interface Options {
  host: string
  port: number
  profile: SandboxOptions['profile']
  world?: string
}

export const addSandbox: AddCommand = ({ program, io, house }) => {
  program
    .command('sandbox')
    .description('the local Telegram alone')
    .requiredOption('--port <number>', 'TCP port; 0 picks a free one', portNumber)
    .option('--host <address>', 'address that it listens on', '127.0.0.1')
    .addOption(
      new Option('--profile <name>', 'how strict the limits of rate are')
        .choices(['documented', 'strict', 'off'])
        .default('documented'),
    )
    .option('--world <file>', 'JSON file with the bots, people and chats that there are from the start')
    .addHelpText('after', HELP)
    .action(async ({ world, ...options }: Options) => {
      const sandbox = await house.startSandbox({
        ...options,
        world: world === undefined ? undefined : readWorld(world),
      })
      const { promise, resolve } = Promise.withResolvers<void>()
      const stopListening = onStopSignals(io.signals, { soft: () => resolve(), hard: () => io.exit(1) })
      for (const { what, where } of sandbox.places) line(io.stdout, `${what}: ${where}`)
      await promise
      stopListening()
      await sandbox.stop()
    })
}

function portNumber(raw: string): number {
  const port = integer(0, 65_535)(raw)
  if (port instanceof Problem) throw new InvalidArgumentError(`It ${port.text}.`)
  return port
}

function readWorld(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    const why =
      error instanceof SyntaxError ? 'is not JSON' : `cannot be read (${(error as NodeJS.ErrnoException).code})`
    throw new OperatorError(`The world ${file} ${why}.`, { cause: error })
  }
}
