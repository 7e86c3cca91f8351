import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { median, type Row } from '../benchmark.ts'

/** The kernel counts the time of what has ended in hundredths of a second (`USER_HZ`, proc(5)). */
const TICK_MS = 10

/** Elsewhere nothing is said about processor time. */
const CAN_READ_TIMES = existsSync('/proc/self/schedstat')

/** A busy machine may do nothing at all for us in a short measurement; then it goes on, up to so many times as long. */
const MOST_TRIES = 50

/** Waits for so many seconds, or longer until `count` has grown. Resolves with by how much it has, at all and in a second. */
export async function growthOf(count: () => number | Promise<number>, seconds: number): Promise<Measured> {
  const before = await count()
  const began = performance.now()
  let grown = 0
  for (let tries = 0; grown === 0 && tries < MOST_TRIES; tries++) {
    await sleep(seconds * 1000)
    grown = (await count()) - before
  }
  return { count: grown, perSecond: (grown / (performance.now() - began)) * 1000 }
}

/** Parts of a system by name: the processor time that each has used so far, in milliseconds. */
export type Parts = Record<string, () => number>

export interface Measured {
  perSecond: number
  /** Messages, at all. */
  count: number
}

/** Collects what parts of a system use for each message, over several measurements. */
export class Times {
  readonly #parts: Parts
  readonly #micros: Record<string, number[]> = {}

  constructor(parts: Parts) {
    this.#parts = CAN_READ_TIMES ? parts : {}
  }

  /** Resolves with what `work` does in a second. */
  async of(work: () => Promise<Measured>): Promise<number> {
    const parts = Object.entries(this.#parts)
    const before = parts.map(([, usedMs]) => usedMs())
    const { perSecond, count } = await work()
    for (const [place, [name, usedMs]] of parts.entries()) {
      const micros = ((usedMs() - (before[place] ?? 0)) / count) * 1000
      this.#micros[name] = [...(this.#micros[name] ?? []), micros]
    }
    return perSecond
  }

  /** One for each part, medians. */
  rows(when: string): Row[] {
    return Object.entries(this.#micros).map(([name, micros]) => {
      return { what: `processor time a message, ${when}: ${name}`, ours: median(micros), unit: 'µs' }
    })
  }
}

/** Of all threads of a process, or of those with this name. */
export function usedMs(pid: number | undefined, name?: string): number {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`).filter((task) => name === undefined || nameOf(pid, task) === name)
    return tasks.reduce((sum, task) => sum + nanosecondsOf(`/proc/${pid}/task/${task}/schedstat`) / 1e6, 0)
  } catch {
    // It has ended.
    return 0
  }
}

function nameOf(pid: number | undefined, task: string): string {
  return readFileSync(`/proc/${pid}/task/${task}/comm`, 'utf8').trim()
}

/** The first number: time on a processor (kernel documentation, sched-stats). */
function nanosecondsOf(file: string): number {
  return Number(readFileSync(file, 'utf8').split(' ')[0])
}

/** Of a process and of all its children, those included that have ended. */
export function usedByFamilyMs(pid: number): number {
  const [children = 0, childrenInKernel = 0] = statOf(pid).slice(13, 15).map(Number)
  const pids = readdirSync('/proc').map(Number).filter(Boolean)
  const living = pids.filter((one) => one === pid || parentOf(one) === pid)
  return living.reduce((sum, one) => sum + usedMs(one), 0) + (children + childrenInKernel) * TICK_MS
}

/** 0 where it is not known. */
export function parentOf(pid: number | undefined): number {
  return Number(statOf(pid)[1] ?? 0)
}

/** The fields of `/proc/PID/stat` that come after the name, the state first (proc(5)); none when the process is gone. */
function statOf(pid: number | undefined): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}
