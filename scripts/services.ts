/**
 * The services of deploy/compose.yaml as processes of this machine, for those who have no Docker engine: the Makefile calls this. What is
 * started goes on in the background; records, logs and data are in `DATA_DIR/services`.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Command } from 'commander'
import { OperatorError } from '../src/domain/operator-error.ts'
import { onStopSignals } from '../src/ops/stop-signals.ts'
import { SERVICE_NAMES, type Service, type ServiceName, servicesOf } from './services/catalogue.ts'
import { erase } from './services/erase.ts'
import { followLogs } from './services/follow-logs.ts'
import { Manager } from './services/manager.ts'
import { isAlive } from './services/process.ts'
import { Records } from './services/records.ts'
import { type LocalSettings, readLocalSettings } from './services/settings.ts'

const ROOT = join(import.meta.dirname, '..')

/** How often it is looked whether everything still runs, in milliseconds. */
const LOOK_MS = 200

interface House {
  settings: LocalSettings
  services: readonly Service[]
  names: readonly ServiceName[]
  records: Records
  manager: Manager
}

const stopping = new AbortController()
const hurry = new AbortController()

process.exitCode = await main()

async function main(): Promise<number> {
  // What we write is for this user alone.
  process.umask(0o077)
  try {
    return await run(process.argv.slice(2))
  } catch (error) {
    if (stopping.signal.aborted) return 130
    const isForPeople = error instanceof OperatorError
    console.error(isForPeople ? error.message : error)
    return 1
  }
}

async function run(args: readonly string[]): Promise<number> {
  let code = 0
  const done = async (work: Promise<number | void>): Promise<void> => {
    code = (await work) ?? 0
  }
  const program = new Command('services')
    .enablePositionalOptions()
    .description(
      'The services postgres, sandbox, api and bot as processes of this machine. Settings: as for postrider, and POSTGRES_PORT.',
    )
  program
    .command('up')
    .description('start all, show what they write, and stop them at Ctrl-C')
    .action(() => done(up(open())))
  program
    .command('upd')
    .description('start all in the background')
    .action(() => done(upInBackground(open())))
  program
    .command('run <service> [command...]')
    .description('one in the foreground, the others in the background; a command takes its place, in its environment')
    .passThroughOptions()
    .action((name: string, command: string[]) => done(runOne(open(), name, command)))
  program
    .command('restart <service>')
    .description('stop and start one')
    .action((name: string) => done(restart(open(), name)))
  program
    .command('logs')
    .description('show what they write, until Ctrl-C')
    .action(() => done(showLogs(open())))
  program
    .command('stop')
    .description('stop all')
    .action(() => done(stopAll(open())))
  program
    .command('erase')
    .description('stop all, and remove the data of this installation')
    .action(() => done(eraseAll(open())))
  await program.parseAsync(args, { from: 'user' })
  return code
}

function open(): House {
  const settings = readLocalSettings(ROOT, process.env)
  const services = servicesOf(settings)
  const records = new Records(join(settings.folder, 'records'))
  const manager = new Manager({ settings, services, records, say: (sentence) => console.log(sentence) })
  return { settings, services, names: services.map(({ name }) => name), records, manager }
}

/** Only one at a time starts and stops services. */
async function alone<T>({ records }: House, work: () => Promise<T>): Promise<T> {
  const release = records.lock()
  try {
    return await work()
  } finally {
    release()
  }
}

function listenForStop(): () => void {
  return onStopSignals(process, { soft: () => stopping.abort(), hard: () => hurry.abort() })
}

async function up(house: House): Promise<number> {
  listenForStop()
  const { manager, names } = house
  const following = new AbortController()
  const logs = names.map((name) => ({ name, file: manager.logOf(name), from: manager.sizeOfLog(name) }))
  await alone(house, () => manager.start(names, stopping.signal))
  console.log('Ctrl-C stops it.\n')
  const followed = followLogs(logs, (line) => console.log(line), following.signal)
  const ended = await untilStopped(house)
  if (ended === undefined && stopping.signal.aborted)
    console.log('Stopping: finishing what is under way (again to stop at once) …')
  if (ended) console.error(`${ended} ended by itself: ${manager.logOf(ended)}`)
  const stopped = await alone(house, () => manager.stop(SERVICE_NAMES, hurry.signal)).finally(() => following.abort())
  await followed
  if (!stopping.signal.aborted && ended === undefined && stopped.length === 0)
    console.log('All were stopped elsewhere.')
  return ended ? 1 : 0
}

/** Resolves when a signal came, when all were stopped by another `make`, or with the name of a service that ended by itself. */
async function untilStopped({ records, names }: House): Promise<ServiceName | undefined> {
  while (!stopping.signal.aborted) {
    const known = names.map((name) => ({ name, record: records.read(name) })).filter(({ record }) => record)
    const ended = known.find(({ record }) => record && !isAlive(record))
    // A stop forgets a service in the moment in which it is gone.
    if (ended && !records.isLocked()) return ended.name
    if (known.length === 0 && !records.isLocked()) return undefined
    await sleep(LOOK_MS, undefined, { signal: stopping.signal }).catch(() => undefined)
  }
  return undefined
}

async function upInBackground(house: House): Promise<void> {
  listenForStop()
  await alone(house, () => house.manager.start(house.names, stopping.signal))
  console.log('make logs shows what they write, make clean stops them.')
}

async function restart(house: House, given: string): Promise<void> {
  listenForStop()
  const name = serviceCalled(house, given).name
  await alone(house, async () => {
    const port = house.records.read(name)?.port
    await house.manager.stop([name])
    await house.manager.start(house.names, stopping.signal, { [name]: port })
  })
}

async function runOne(house: House, given: string, words: readonly string[]): Promise<number> {
  const { manager, names } = house
  const service = serviceCalled(house, given)
  const { child, port } = await alone(house, async () => {
    await manager.stop([service.name])
    const stopListening = listenForStop()
    await manager.start(
      names.filter((name) => name !== service.name),
      stopping.signal,
    )
    stopListening()
    const at = await manager.settlePort(service)
    const [file = '', ...args] = words.length > 0 ? words : service.command(at)
    const env = withPrograms(manager.environmentOf(service, at))
    const started = spawn(file, args, { cwd: ROOT, env, stdio: 'inherit' })
    if (words.length === 0) manager.remember(service, started, at)
    return { child: started, port: at }
  })
  if (words.length === 0) console.log(`${service.name}: ${service.place(port)}`)
  // The terminal tells both of us of Ctrl-C; from elsewhere only we hear, and pass it on.
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'))
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  if (words.length === 0) house.records.forget(service.name)
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal])
}

/** The programs of the checkout before those of the machine, as npm does it. */
function withPrograms(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, PATH: `${join(ROOT, 'node_modules', '.bin')}:${env['PATH'] ?? ''}` }
}

async function showLogs({ manager }: House): Promise<void> {
  listenForStop()
  const logs = SERVICE_NAMES.map((name) => ({ name, file: manager.logOf(name) }))
  await followLogs(logs, (line) => console.log(line), stopping.signal)
}

async function stopAll(house: House): Promise<void> {
  listenForStop()
  const stopped = await alone(house, () => house.manager.stop(SERVICE_NAMES, stopping.signal))
  if (stopped.length === 0) console.log('Nothing runs.')
}

async function eraseAll(house: House): Promise<void> {
  await stopAll(house)
  erase(house.settings, (sentence) => console.log(sentence))
}

function serviceCalled({ services, names }: House, given: string): Service {
  const service = services.find(({ name }) => name === given)
  if (!service) throw new OperatorError(`There is no service ${given} here: ${names.join(', ')}.`)
  return service
}
