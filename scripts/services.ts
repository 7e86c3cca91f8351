/**
 * The services of deploy/compose.yaml as processes of this machine, for those who have no Docker engine: the Makefile calls this. What is
 * started goes on in the background; records, logs and data are in `DATA_DIR/services`.
 */
import { join } from 'node:path'
import { Command } from 'commander'
import { OperatorError } from '../src/domain/operator-error.ts'
import { onStopSignals } from '../src/ops/stop-signals.ts'
import * as verbs from './services/verbs.ts'

const ABOUT =
  'The services postgres, sandbox, api and bot as processes of this machine. Settings are those of postrider, and POSTGRES_PORT.'

/** What make tells a make below it, which the services are not. */
const OF_MAKE = new Set(['MAKEFLAGS', 'MFLAGS', 'MAKELEVEL', 'MAKEOVERRIDES', 'ARGS', 'ENGINE'])

/** As a shell says that Ctrl-C ended a command. */
const INTERRUPTED = 130

process.exit(await main(process.argv.slice(2)))

async function main(args: readonly string[]): Promise<number> {
  // What we write is for this user alone.
  process.umask(0o077)
  const [stop, hurry] = [new AbortController(), new AbortController()]
  onStopSignals(process, { soft: (signal) => stop.abort(signal), hard: (signal) => hurry.abort(signal) })
  const open = (): verbs.House =>
    verbs.openHouse(join(import.meta.dirname, '..'), withoutMake(process.env), {
      say: (sentence) => console.log(sentence),
      complain: (sentence) => console.error(sentence),
      stopping: stop.signal,
      hurry: hurry.signal,
    })
  try {
    return await run(args, open)
  } catch (error) {
    if (stop.signal.aborted) return INTERRUPTED
    console.error(error instanceof OperatorError ? error.message : error)
    return 1
  }
}

async function run(args: readonly string[], open: () => verbs.House): Promise<number> {
  let code = 0
  const program = new Command('services').enablePositionalOptions().description(ABOUT)
  const add = (name: string, about: string, work: (house: verbs.House) => Promise<number | void>): void => {
    program
      .command(name)
      .description(about)
      .action(async () => {
        code = (await work(open())) ?? 0
      })
  }
  add('up', 'start all, show what they write, and stop them at Ctrl-C', verbs.up)
  add('upd', 'start all in the background', verbs.upInBackground)
  add('logs', 'show what they write, until Ctrl-C', verbs.showLogs)
  add('stop', 'stop all', verbs.stopAll)
  add('erase', 'stop all, and remove the data of this installation', verbs.eraseAll)
  program
    .command('restart <service>')
    .description('stop and start one')
    .action((service: string) => verbs.restart(open(), service))
  program
    .command('run <service> [command...]')
    .description('one in the foreground, the others in the background; a command takes its place, in its environment')
    .passThroughOptions()
    .action(async (service: string, command: string[]) => {
      code = await verbs.runOne(open(), service, command)
    })
  await program.parseAsync(args, { from: 'user' })
  return code
}

function withoutMake(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !OF_MAKE.has(name)))
}
