import { resolve } from 'node:path'
import { InvalidArgumentError, Option } from 'commander'
import { integer, Problem } from '../config/parsers.ts'
import { onStopSignals } from '../ops/stop-signals.ts'
import type { SandboxOptions } from './house.ts'
import { line } from './io.ts'
import type { AddCommand } from './command.ts'

const HELP = `
A Bot API server that is as strict as Telegram's, for your own bots and their tests, with a page that shows a phone. Point a bot's
library at the address that it prints.

Examples:
  $ postrider sandbox --port 8081
  $ postrider sandbox --port 0 --profile off --world sandbox.json`

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
    .option('--world <file>', 'JSON file that keeps the bots, people and chats from one run to the next')
    .addHelpText('after', HELP)
    .action(async ({ world, ...options }: Options) => {
      const sandbox = await house.startSandbox({
        ...options,
        ...(world !== undefined && { worldFile: resolve(world) }),
      })
      const stopped = Promise.withResolvers<void>()
      const stopListening = onStopSignals(io.signals, { soft: () => stopped.resolve(), hard: () => io.exit(1) })
      for (const { what, where } of sandbox.places) line(io.stdout, `${what}: ${where}`)
      await stopped.promise
      stopListening()
      await sandbox.stop()
    })
}

function portNumber(raw: string): number {
  const port = integer(0, 65_535)(raw)
  if (port instanceof Problem) throw new InvalidArgumentError(`It ${port.text}.`)
  return port
}
