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
  $ postrider sandbox --port 8081 --cloud
  $ postrider sandbox --port 8081 --bot my_test_bot=123456:any-secret`

interface Options {
  host: string
  port: number
  profile: SandboxOptions['profile']
  cloud?: true
  world?: string
  bot?: NonNullable<SandboxOptions['bot']>
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
    .option('--bot <username=token>', 'a bot that is there from the start, for programs that know their token', botToBe)
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

function botToBe(raw: string): { username: string; token: string } {
  const { username, token } = /^(?<username>\w+)=(?<token>\d+:[\w-]+)$/.exec(raw)?.groups ?? {}
  if (!username || !token)
    throw new InvalidArgumentError('It is a username, "=" and a token, as in my_test_bot=123456:any-secret.')
  return { username, token }
}
