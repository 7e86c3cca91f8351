import { Worker } from 'node:worker_threads'
import type { CommittedJobs, Job, Outcome } from '../commit-together.ts'
import type { StatementResult } from './connection.ts'
import { SqliteError } from './sqlite-error.ts'
import { unpackError } from './writer-errors.ts'
import type { Besides, JobOutcome, WriterAnswer, WriterOptions, WriterReply, WriterRequest } from './writer-messages.ts'

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never
type Asked = Exclude<WriterRequest, { kind: 'jobs' }>

type DoneJobs = { outcomes: readonly JobOutcome[] } & Besides
type Result = readonly WriterAnswer[] | DoneJobs

const NOTHING_BESIDES: Besides = { changedUsers: [], changedAccounts: [], sizes: [] }

interface Pending {
  resolve(result: Result): void
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

  async send(request: WithoutId<Asked>): Promise<readonly WriterAnswer[]> {
    return (await this.#ask(request)) as readonly WriterAnswer[]
  }

  /** Does these in one transaction with whatever else there is; resolves after the commit. */
  async commit(jobs: readonly Job[]): Promise<CommittedJobs> {
    const { outcomes, ...besides } = (await this.#ask({ kind: 'jobs', jobs })) as DoneJobs
    return { outcomes: outcomes.map(unpackOutcome), ...besides }
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

  async #ask(request: WithoutId<WriterRequest>): Promise<Result> {
    if (this.#closed) throw new SqliteError(0, 'the store is closed')
    const worker = (this.#worker ??= this.#start())
    const id = ++this.#lastId
    return await new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
      worker.postMessage({ ...request, id }, [])
    })
  }

  async #control(request: WithoutId<Asked>): Promise<void> {
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
    worker.on('message', (reply: WriterReply | object) => {
      // `node --watch` says on the same line which files the thread has read.
      if (!isReply(reply)) return
      failure = openingFailure(reply) ?? failure
      for (const [id, result] of resultsIn(reply)) {
        pending.get(id)?.resolve(result)
        pending.delete(id)
      }
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
  throw unpackError(answer.error)
}

function unpackOutcome(outcome: JobOutcome): Outcome {
  return outcome.ok ? outcome : { ok: false, error: unpackError(outcome.error) }
}

function isReply(message: WriterReply | object): message is WriterReply {
  return 'answers' in message || 'done' in message
}

function resultsIn(reply: WriterReply): [number, Result][] {
  if ('answers' in reply) return [[reply.id, reply.answers]]
  return reply.done.map(({ id, outcomes }, place) => [
    id,
    { outcomes, ...(place === 0 ? reply.besides : NOTHING_BESIDES) },
  ])
}

/** Why the file could not be opened, when this is the word about it. */
function openingFailure(reply: WriterReply): Error | undefined {
  if (!('answers' in reply) || reply.id !== 0) return undefined
  const [first] = reply.answers
  return first?.ok === false ? unpackError(first.error) : undefined
}
