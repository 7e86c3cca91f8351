import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** A process that was started, so that it is found again and never mistaken for another one that got its number later. */
export interface KnownProcess {
  pid: number
  /** When it began, as the system says it; see `beginningOf`. */
  began: string
}

/**
 * When the process with this number began, in words that no other process with the same number shares; undefined when there is none, or
 * only what is left of one that has ended.
 */
export function beginningOf(pid: number): string | undefined {
  return process.platform === 'linux' ? beginningByProc(pid) : beginningByPs(pid)
}

/** Field 22 of `/proc/<pid>/stat`: ticks since the machine started (proc(5)), hence the mark of this start of the machine. */
function beginningByProc(pid: number): string | undefined {
  try {
    // The name of the program stands before the last parenthesis, and may hold anything.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\)\s/s, '')
      .split(' ')
    const [state = ''] = fields
    if (ENDED.has(state)) return undefined
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${fields[19]}`
  } catch {
    return undefined
  }
}

/** States of a process that has ended and that nobody has asked about yet. */
const ENDED: ReadonlySet<string> = new Set(['Z', 'X'])

function beginningByPs(pid: number): string | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim()
    return line === '' || line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '')
  } catch {
    return undefined
  }
}

export function isAlive({ pid, began }: KnownProcess): boolean {
  return beginningOf(pid) === began
}

/** How often it is looked whether a process has ended, in milliseconds. */
const LOOK_MS = 25

/**
 * Sends the signal, waits until the process is gone, and kills it when patience ends. Nothing is sent to another process that has its
 * number by now. `again` sends the signal a second time, for those who are in a hurry.
 */
export async function end(
  known: KnownProcess & { stopSignal: NodeJS.Signals; stopPatienceMs: number },
  again?: AbortSignal,
): Promise<'ended' | 'killed'> {
  const send = (signal: NodeJS.Signals): void => {
    if (isAlive(known)) process.kill(known.pid, signal)
  }
  const ask = (): void => send(known.stopSignal)
  again?.addEventListener('abort', ask, { once: true })
  try {
    ask()
    const untilMs = performance.now() + known.stopPatienceMs
    while (isAlive(known) && performance.now() < untilMs) await sleep(LOOK_MS)
    if (!isAlive(known)) return 'ended'
    send('SIGKILL')
    while (isAlive(known)) await sleep(LOOK_MS)
    return 'killed'
  } finally {
    again?.removeEventListener('abort', ask)
  }
}
