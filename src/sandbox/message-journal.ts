import { closeSync, openSync, writeSync } from 'node:fs'
import { readdir, readFile, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { OperatorError } from '../domain/operator-error.ts'
import type { MessageData } from './world/data.ts'

/** One change of the messages of a world: one that is new, edited or deleted, or all of them gone. */
export type JournalLine = { test: boolean; message: MessageData } | { test: boolean; reset: true }

/**
 * Messages are written down before the bot hears that they were sent: after a kill -9 none is missing that a bot was told of,
 * although the world as a whole is saved a moment later. Files are `<world file>.journal.<number>`.
 */
export class MessageJournal {
  readonly #worldFile: string
  #number = 0
  #file: number | undefined

  constructor(worldFile: string) {
    this.#worldFile = worldFile
  }

  /** Written at once, but not to the disk itself: it outlives the process, not a power cut. */
  append(line: JournalLine): void {
    if (this.#file !== undefined) writeSync(this.#file, `${JSON.stringify(line)}\n`)
  }

  /** What was written before, in order. The last line may be torn, and is then left out. */
  async read(): Promise<JournalLine[]> {
    const numbers = await this.#numbers()
    this.#number = numbers.at(-1) ?? 0
    const texts = await Promise.all(numbers.map((number) => readFile(this.#path(number), 'utf8')))
    return texts.flatMap((text) =>
      text
        .split('\n')
        .slice(0, -1)
        .map((line) => readLine(line, this.#worldFile)),
    )
  }

  /** Goes on in a new file. The older ones may be dropped once everything up to now is saved elsewhere. */
  turnPage(): void {
    this.close()
    this.#number += 1
    this.#file = openSync(this.#path(this.#number), 'a', 0o600)
  }

  async dropOlderPages(): Promise<void> {
    for (const number of await this.#numbers()) if (number < this.#number) await unlink(this.#path(number))
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }

  async #numbers(): Promise<number[]> {
    const beginning = `${basename(this.#worldFile)}.journal.`
    const names = await readdir(dirname(this.#worldFile))
    return names
      .filter((name) => name.startsWith(beginning) && /^\d+$/.test(name.slice(beginning.length)))
      .map((name) => Number(name.slice(beginning.length)))
      .sort((one, other) => one - other)
  }

  #path(number: number): string {
    return join(dirname(this.#worldFile), `${basename(this.#worldFile)}.journal.${number}`)
  }
}

function readLine(line: string, worldFile: string): JournalLine {
  try {
    return JSON.parse(line)
  } catch {
    throw new OperatorError(`The journal beside ${worldFile} is damaged: move both away to start with an empty world.`)
  }
}

/** The saved messages with what the journal knows better, oldest first. */
export function replay(messages: readonly MessageData[], lines: readonly JournalLine[], test: boolean): MessageData[] {
  const byKey = new Map(messages.map((message) => [message.key, message]))
  for (const line of lines) {
    if (line.test !== test) continue
    if ('reset' in line) byKey.clear()
    else byKey.set(line.message.key, line.message)
  }
  return [...byKey.values()].sort((one, other) => one.key - other.key)
}
