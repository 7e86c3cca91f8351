import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** How often it is looked whether something was added, in milliseconds. */
const LOOK_MS = 100
/** Of what was there before, when a log is shown. */
const FIRST_LINES = 50
const PIECE_BYTES = 64 * 1024

export interface Log {
  name: string
  file: string
  /** Where to begin, in bytes; the last lines when absent. */
  from?: number
}

/** Copies what is added to the logs, line by line under the name of the service, until the signal says so. */
export async function followLogs(
  logs: readonly Log[],
  write: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const width = Math.max(...logs.map(({ name }) => name.length))
  const tails = logs.map((log) => new Tail(log, (line) => write(`${log.name.padEnd(width)} | ${line}`)))
  while (!signal.aborted) {
    for (const tail of tails) tail.read()
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined)
  }
  for (const tail of tails) tail.read()
}

class Tail {
  readonly #log: Log
  readonly #say: (line: string) => void
  #at: number | undefined
  #rest = ''

  constructor(log: Log, say: (line: string) => void) {
    this.#log = log
    this.#say = say
    this.#at = log.from
  }

  /** What was added since the last time. A log that is not there yet, or not any more, has nothing. */
  read(): void {
    const added = this.#added()
    const lines = (this.#rest + added).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#say(line)
  }

  #added(): string {
    const descriptor = openIfThere(this.#log.file)
    if (descriptor === undefined) return ''
    try {
      const { size } = fstatSync(descriptor)
      if (this.#at === undefined) this.#at = startOfLastLines(descriptor, size)
      // It was emptied or made anew.
      if (size < this.#at) this.#at = 0
      const bytes = Buffer.alloc(Math.min(size - this.#at, PIECE_BYTES))
      // Up to the last line break: a character of several bytes is not cut.
      const read = bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, this.#at))
      const whole = read.subarray(0, read.lastIndexOf(10) + 1)
      const taken = whole.length === 0 && read.length === PIECE_BYTES ? read : whole
      this.#at += taken.length
      return taken.toString()
    } finally {
      closeSync(descriptor)
    }
  }
}

function startOfLastLines(descriptor: number, size: number): number {
  const from = Math.max(0, size - PIECE_BYTES)
  const bytes = Buffer.alloc(size - from)
  readSync(descriptor, bytes, 0, bytes.length, from)
  let at = bytes.length - 1
  for (let lines = 0; lines < FIRST_LINES && at > 0; lines++) at = bytes.lastIndexOf(10, at - 1)
  return at <= 0 ? from : from + at + 1
}

function openIfThere(file: string): number | undefined {
  try {
    return openSync(file, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
