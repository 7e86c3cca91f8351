import { Worker } from 'node:worker_threads'
import type { StatementResult } from './connection.ts'
import { SqliteError } from './sqlite-error.ts'
import type { WriterAnswer, WriterOptions, WriterReply, WriterRequest } from './writer-messages.ts'

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never

interface Pending {
  resolve(answers: readonly WriterAnswer[]): void
  reject(error: Error): void
}

/**
 * The main thread's end of the writer. Nobody hangs when the thread dies: what was asked is rejected, and the next request starts a
 * new one, which finds the file as the last commit left it.
 */
export class WriterThread {
  readonly #options: WriterOptions
  #worker: Worker | undefined
  #pending = new Map<number, Pending>()
  #lastId = 0
  #closed = false

  constructor(options: WriterOptions) {
    this.#options = options
  }

  /** Resolves when the file is open. */
  async open(): Promise<void> {
    await this.script('')
  }

  async send(request: WithoutId<WriterRequest>): Promise<readonly WriterAnswer[]> {
    if (this.#closed) throw new SqliteError(0, 'the store is closed')
    const worker = (this.#worker ??= this.#start())
    const id = ++this.#lastId
    return await new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
      worker.postMessage({ ...request, id }, [])
    })
  }

  /** Runs several statements given as one text. */
  async script(sql: string): Promise<void> {
    await this.#control({ kind: 'script', sql })
  }

  async rollback(): Promise<void> {
    await this.#control({ kind: 'rollback' })
  }

  async close(): Promise<void> {
    if (this.#closed) return
    const closing = this.#worker && this.#control({ kind: 'close' })
    this.#closed = true
    await closing
  }

  /** Ends the thread as a crash would. The next request starts another. */
  async terminate(): Promise<void> {
    await this.#worker?.terminate()
  }

  async #control(request: WithoutId<WriterRequest>): Promise<void> {
    const [answer] = await this.send(request)
    if (answer) resultOf(answer)
  }

  #start(): Worker {
    // The same code runs as TypeScript in the checkout and as JavaScript in the published package.
    const file = import.meta.url.endsWith('.ts') ? './writer-worker.ts' : './writer-worker.js'
    const worker = new Worker(new URL(file, import.meta.url), { workerData: this.#options, name: 'sqlite-writer' })
    const pending = new Map<number, Pending>()
    this.#pending = pending
    let failure: Error = new SqliteError(0, 'the writer stopped')
    worker.on('message', ({ id, answers }: WriterReply) => {
      const [first] = answers
      if (id === 0 && first?.ok === false) failure = errorOf(first)
      pending.get(id)?.resolve(answers)
      pending.delete(id)
    })
    worker.on('error', (error) => {
      failure = new SqliteError(0, `the writer stopped: ${String(error)}`)
    })
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = undefined
      for (const asked of pending.values()) asked.reject(failure)
    })
    return worker
  }
}

/** The result, or the error that the writer met, as itself. */
export function resultOf(answer: WriterAnswer): StatementResult {
  if (answer.ok) return answer.result
  throw errorOf(answer)
}

export function errorOf({ resultCode, message }: Extract<WriterAnswer, { ok: false }>): Error {
  return resultCode === null ? new Error(message) : new SqliteError(resultCode, message)
}
