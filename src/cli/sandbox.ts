import { resolve } from 'node:path'
import { InvalidArgumentError, Option } from 'commander'
import { integer, Problem } from '../config/parsers.ts'
import { OperatorError } from '../domain/operator-error.ts'
import { onStopSignals } from '../ops/stop-signals.ts'
import { explainPort } from './failure.ts'
import type { House, RunningSandbox, SandboxOptions } from './house.ts'
import { line } from './io.ts'
import type { AddCommand } from './command.ts'

const HELP = `
A Bot API server that is as strict as Telegram's, for your own bots and their tests, with a page that shows a phone. Point a bot's
library at the address that it prints.

Examples:
  $ postrider sandbox --port 8081
  $ postrider sandbox --port 0 --profile off --world sandbox.json
  $ postrider sandbox --port 8081 --cloud`

interface Options {
  host: string
  port: number
  profile: SandboxOptions['profile']
  cloud?: true
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
    .option(
      '--cloud',
      'as strict as api.telegram.org and not as a local Bot API server: webhooks by https alone, 404 for malformed tokens',
    )
    .option('--world <file>', 'JSON file that keeps the bots, people and chats from one run to the next')
    .addHelpText('after', HELP)
    .action(async ({ world, ...options }: Options) => {
      const sandbox = await start(house, {
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

async function start(house: House, options: SandboxOptions): Promise<RunningSandbox> {
  try {
    return await house.startSandbox(options)
  } catch (error) {
    const sentence = explainPort(error, (port) => `--port ${port}`)
    throw sentence === undefined ? error : new OperatorError(sentence, { cause: error })
  }
}

function portNumber(raw: string): number {
  const port = integer(0, 65_535)(raw)
  if (port instanceof Problem) throw new InvalidArgumentError(`It ${port.text}.`)
  return port
}
