import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { OperatorError } from '../../src/domain/operator-error.ts'
import { beginningOf, isAlive, type KnownProcess } from './process.ts'

/** What is written down about a service that runs, in `<name>.json`. */
export interface ServiceRecord extends KnownProcess {
  /** Where it listens. */
  port: number
  /** How it is asked to end, so that whoever ends it need not know how it was started. */
  stopSignal: NodeJS.Signals
  /** Then it is killed. */
  stopPatienceMs: number
}

/** Who runs, on disk: the next `make` finds what an earlier one has started. */
export class Records {
  readonly folder: string

  constructor(folder: string) {
    this.folder = folder
  }

  /** What was written down, whether it still runs or not. */
  read(name: string): ServiceRecord | undefined {
    return readIfThere(this.#file(name))
  }

  /** Undefined when it does not run. */
  running(name: string): ServiceRecord | undefined {
    const record = this.read(name)
    return record && isAlive(record) ? record : undefined
  }

  write(name: string, record: ServiceRecord): void {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 })
    const draft = `${this.#file(name)}.${process.pid}`
    writeFileSync(draft, `${JSON.stringify(record)}\n`, { mode: 0o600 })
    renameSync(draft, this.#file(name))
  }

  forget(name: string): void {
    rmSync(this.#file(name), { force: true })
  }

  /**
   * Keeps others from starting and stopping at the same time. Answers how to let go.
   *
   * @throws OperatorError when another one is at it.
   */
  lock(): () => void {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 })
    const file = join(this.folder, 'lock')
    for (;;) {
      try {
        writeFileSync(file, JSON.stringify({ pid: process.pid, began: beginningOf(process.pid) }), { flag: 'wx' })
        return () => rmSync(file, { force: true })
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
        const holder = readIfThere(file)
        if (holder && isAlive(holder))
          throw new OperatorError(`Another make (process ${holder.pid}) starts or stops services.`)
        rmSync(file, { force: true })
      }
    }
  }

  /** Whether somebody starts or stops services at this moment. */
  isLocked(): boolean {
    const holder = readIfThere(join(this.folder, 'lock'))
    return holder !== undefined && isAlive(holder)
  }

  #file(name: string): string {
    return join(this.folder, `${name}.json`)
  }
}

/** Undefined also for a file that somebody is writing at this moment, or that was cut off. */
function readIfThere(file: string): ServiceRecord | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ServiceRecord
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
