import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { OperatorError } from '../../src/domain/operator-error.ts'
import { SERVICE_NAMES, type Service, type ServiceName, servicesOf } from './catalogue.ts'
import { erase } from './erase.ts'
import { followLogs } from './follow-logs.ts'
import { Manager, whereIs } from './manager.ts'
import { isAlive } from './process.ts'
import { Records } from './records.ts'
import { type LocalSettings, readLocalSettings } from './settings.ts'

/** How often it is looked whether everything still runs, in milliseconds. */
const LOOK_MS = 200

/** Everything a verb needs. Signals come from whoever sits at the terminal. */
export interface House {
  settings: LocalSettings
  services: readonly Service[]
  names: readonly ServiceName[]
  records: Records
  manager: Manager
  say: (sentence: string) => void
  complain: (sentence: string) => void
  /** The person wants it to end; the reason is the name of the signal. */
  stopping: AbortSignal
  /** And now at once. */
  hurry: AbortSignal
}

export function openHouse(
  root: string,
  env: NodeJS.ProcessEnv,
  person: Pick<House, 'say' | 'complain' | 'stopping' | 'hurry'>,
): House {
  const settings = readLocalSettings(root, env)
  const services = servicesOf(settings)
  const records = new Records(join(settings.folder, 'records'))
  const manager = new Manager({ settings, services, records, say: person.say })
  return { ...person, settings, services, names: services.map(({ name }) => name), records, manager }
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

/** Answers the exit code: 1 when a service ended by itself, which ends the others, too. */
export async function up(house: House): Promise<number> {
  const { manager, names, say, stopping, hurry } = house
  const following = new AbortController()
  const logs = names.map((name) => ({ name, file: manager.logOf(name), from: manager.sizeOfLog(name) }))
  await alone(house, () => manager.start(names, stopping))
  say('Ctrl-C stops it.\n')
  const followed = followLogs(logs, say, following.signal)
  const ended = await untilStopped(house)
  if (stopping.aborted) say('Stopping: finishing what is under way (again to stop at once) …')
  if (ended) house.complain(`${ended} ended by itself: see ${manager.logOf(ended)}`)
  await alone(house, () => manager.stop(SERVICE_NAMES, hurry)).finally(() => following.abort())
  await followed
  return ended ? 1 : 0
}

/** Resolves when a signal came, when all were stopped by another `make`, or with the name of a service that ended by itself. */
async function untilStopped({ records, names, stopping }: House): Promise<ServiceName | undefined> {
  while (!stopping.aborted) {
    const known = names.map((name) => ({ name, record: records.read(name) })).filter(({ record }) => record)
    const ended = known.find(({ record }) => record && !isAlive(record))
    // Whoever stops one forgets it only a moment after it is gone.
    if (!records.isLocked() && (ended || known.length === 0)) return ended?.name
    await sleep(LOOK_MS, undefined, { signal: stopping }).catch(() => undefined)
  }
  return undefined
}

export async function upInBackground(house: House): Promise<void> {
  for (const service of house.services) {
    const record = house.records.running(service.name)
    if (record) house.say(whereIs(service, record.port))
  }
  await alone(house, () => house.manager.start(house.names, house.stopping))
  house.say('make logs shows what they write, make clean stops them.')
}

export async function restart(house: House, given: string): Promise<void> {
  const { name } = serviceCalled(house, given)
  await alone(house, async () => {
    const record = house.records.read(name)
    await house.manager.stop([name])
    await house.manager.start(house.names, house.stopping, record ? { [name]: record.port } : {})
  })
}

/** One service in the foreground, or `words` in its place and in its environment. Answers the exit code, as a shell does. */
export async function runOne(house: House, given: string, words: readonly string[]): Promise<number> {
  const { manager, names, records } = house
  const service = serviceCalled(house, given)
  const others = names.filter((name) => name !== service.name)
  const child = await alone(house, async () => {
    await manager.stop([service.name])
    await manager.start(others, house.stopping)
    const port = await manager.settlePort(service)
    const started = spawnInForeground(house, service, { port, words })
    if (words.length > 0) return started
    manager.remember(service, started, port)
    house.say(`${service.name}: ${service.place(port)}`)
    return started
  })
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  if (words.length === 0) records.forget(service.name)
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal])
}

function spawnInForeground(
  { manager, settings, stopping, hurry }: House,
  service: Service,
  { port, words }: { port: number; words: readonly string[] },
): ChildProcess {
  const [file = '', ...args] = words.length > 0 ? words : service.command(port)
  const env = manager.environmentOf(service, port)
  // The programs of the checkout before those of the machine, as npm does it.
  const path = `${join(settings.root, 'node_modules', '.bin')}:${env['PATH'] ?? ''}`
  const child = spawn(file, args, { cwd: settings.root, env: { ...env, PATH: path }, stdio: 'inherit' })
  for (const signal of [stopping, hurry]) {
    const pass = (): void => {
      // A terminal tells the child of Ctrl-C by itself, and what it does about it is its affair.
      if (signal.reason !== 'SIGINT' || !process.stdin.isTTY) child.kill('SIGTERM')
    }
    if (signal.aborted) pass()
    signal.addEventListener('abort', pass, { once: true })
  }
  return child
}

export async function showLogs({ manager, say, stopping }: House): Promise<void> {
  const logs = SERVICE_NAMES.map((name) => ({ name, file: manager.logOf(name) }))
  await followLogs(logs, say, stopping)
}

export async function stopAll(house: House): Promise<void> {
  const stopped = await alone(house, () => house.manager.stop(SERVICE_NAMES, house.stopping))
  if (stopped.length === 0) house.say('Nothing runs.')
}

export async function eraseAll(house: House): Promise<void> {
  await alone(house, async () => {
    await house.manager.stop(SERVICE_NAMES, house.stopping)
    erase(house.settings, house.say)
  })
}

function serviceCalled({ services, names }: House, given: string): Service {
  const service = services.find(({ name }) => name === given)
  if (!service) throw new OperatorError(`There is no service ${given} here: ${names.join(', ')}.`)
  return service
}
