import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { OperatorError } from '../../src/domain/operator-error.ts'
import { type Ports, SERVICE_NAMES, type Service, type ServiceName } from './catalogue.ts'
import { settlePort } from './ports.ts'
import { beginningOf, end } from './process.ts'
import type { Records, ServiceRecord } from './records.ts'
import type { LocalSettings } from './settings.ts'

/** How long a service may take until it is ready; the first start makes a database. */
const START_PATIENCE_MS = 60_000
const LOOK_MS = 50
/** Of the log, when a service did not start. */
const LAST_LINES = 15

interface Parts {
  settings: LocalSettings
  /** In the order of their start. */
  services: readonly Service[]
  records: Records
  say: (sentence: string) => void
}

/** Starts and stops services as processes of their own, which go on when `make` is done. */
export class Manager {
  readonly #parts: Parts
  readonly logs: string

  constructor(parts: Parts) {
    this.#parts = parts
    this.logs = join(parts.settings.folder, 'logs')
  }

  logOf(name: ServiceName): string {
    return join(this.logs, `${name}.log`)
  }

  /**
   * Starts those that do not run, and waits until they are ready. When one does not start, those that this call started are stopped; when
   * a port is taken, none is started. `had` are the ports of those that shall come back.
   */
  async start(names: readonly ServiceName[], signal: AbortSignal, had: Ports = {}): Promise<void> {
    const { services, records } = this.#parts
    const missing = services.filter(({ name }) => names.includes(name) && !records.running(name))
    const ports: Ports = {}
    for (const service of missing) ports[service.name] = await this.settlePort(service, had[service.name])
    const started: ServiceName[] = []
    try {
      for (const stage of stagesOf(missing)) {
        await allOrFirstFailure(
          stage.map((service) => this.#startOne(service, ports[service.name] ?? 0, { started, signal })),
        )
      }
    } catch (error) {
      await this.stop(started)
      throw error
    }
  }

  async #startOne(
    service: Service,
    port: number,
    { started, signal }: { started: ServiceName[]; signal: AbortSignal },
  ): Promise<void> {
    signal.throwIfAborted()
    service.prepare?.()
    const from = this.sizeOfLog(service.name)
    const record = this.remember(service, this.#spawnDetached(service, port), port)
    started.push(service.name)
    await this.#untilReady(service, record, { from, signal })
    this.#parts.say(whereIs(service, port))
  }

  /** Writes down that this process is the service from now on. */
  remember({ name, stopSignal, stopPatienceMs }: Service, child: ChildProcess, port: number): ServiceRecord {
    const pid = child.pid ?? 0
    // One that has ended already is found out by whoever looks at it.
    const began = beginningOf(pid) ?? 'ended'
    const record = { pid, began, port, stopSignal, stopPatienceMs }
    this.#parts.records.write(name, record)
    return record
  }

  /** The one it had, where any will do: those who knew it find it again. */
  async settlePort({ listens }: Service, had?: number): Promise<number> {
    if (listens.port !== 0 || had === undefined) return settlePort(listens.port, listens)
    return settlePort(had, listens).catch(() => settlePort(0, listens))
  }

  /** What a service gets to know of the others, beside what `make` was given. */
  environmentOf(service: Service, port: number): NodeJS.ProcessEnv {
    const { settings } = this.#parts
    const ports: Ports = { ...this.ports(), [service.name]: port }
    return { LOG_FORMAT: 'pretty', ...settings.env, ...service.env(ports) }
  }

  /** Of those that run. */
  ports(): Ports {
    const entries = SERVICE_NAMES.map((name) => [name, this.#parts.records.running(name)?.port] as const)
    return Object.fromEntries(entries.filter(([, port]) => port !== undefined))
  }

  #spawnDetached(service: Service, port: number): ChildProcess {
    mkdirSync(this.logs, { recursive: true, mode: 0o700 })
    const log = openSync(this.logOf(service.name), 'a', 0o600)
    try {
      const [file = '', ...args] = service.command(port)
      const child = spawn(file, args, {
        cwd: this.#parts.settings.root,
        env: this.environmentOf(service, port),
        // A session of its own: Ctrl-C and a closed terminal are for `make`, which decides what follows.
        detached: true,
        stdio: ['ignore', log, log],
      })
      child.on('error', () => undefined)
      child.unref()
      return child
    } finally {
      closeSync(log)
    }
  }

  async #untilReady(
    service: Service,
    record: ServiceRecord,
    look: { from: number; signal: AbortSignal },
  ): Promise<void> {
    const { name } = service
    const said = (): string => readFileSync(this.logOf(name)).subarray(look.from).toString()
    const untilMs = performance.now() + START_PATIENCE_MS
    for (;;) {
      look.signal.throwIfAborted()
      const isReady = await service.isReady(record.port)
      if (beginningOf(record.pid) !== record.began)
        throw new OperatorError(notUp(name, 'ended', said(), this.logOf(name)))
      if (isReady) return
      if (performance.now() > untilMs) throw new OperatorError(notUp(name, 'is not ready', said(), this.logOf(name)))
      await sleep(LOOK_MS)
    }
  }

  /** Stops those that run, each by itself and only if it is the one that was started; answers which these were. */
  async stop(names: readonly ServiceName[], hurry?: AbortSignal): Promise<ServiceName[]> {
    const stopped: ServiceName[] = []
    for (const name of SERVICE_NAMES.toReversed()) {
      if (names.includes(name) && (await this.#stopOne(name, hurry))) stopped.push(name)
    }
    return stopped
  }

  async #stopOne(name: ServiceName, hurry?: AbortSignal): Promise<boolean> {
    const { records, say } = this.#parts
    const record = records.running(name)
    const how = record && (await end(record, hurry))
    records.forget(name)
    if (how) say(how === 'ended' ? `${name} is stopped.` : `${name} was killed: it did not stop by itself.`)
    return how !== undefined
  }

  sizeOfLog(name: ServiceName): number {
    return statSync(this.logOf(name), { throwIfNoEntry: false })?.size ?? 0
  }
}

export function whereIs({ name, place }: Service, port: number): string {
  return `${name} is up: ${place(port)}`
}

/** In stages: all of one can start at once. */
function stagesOf(services: readonly Service[]): Service[][] {
  const first = services.filter(({ needs }) => needs.length === 0)
  return [first, services.filter((service) => !first.includes(service))]
}

/** Rejects with the first failure, but only when nothing is under way any more. */
async function allOrFirstFailure(jobs: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(jobs)).find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw failed.reason
}

function notUp(name: ServiceName, what: string, said: string, log: string): string {
  const last = said.trimEnd().split('\n').slice(-LAST_LINES).join('\n')
  return `${name} ${what}. Its last words, from ${log}:\n${last}`
}
