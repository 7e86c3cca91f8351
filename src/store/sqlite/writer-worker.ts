import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { type Connection, openWriting, type StatementResult } from './connection.ts'
import { packError } from './writer-errors.ts'
import { type Group, WriterJobs } from './writer-jobs.ts'
import type { WriterAnswer, WriterOptions, WriterReply, WriterRequest } from './writer-messages.ts'

// The thread that owns the writing connection, so that nobody else waits while the disk syncs.

type Statements = Extract<WriterRequest, { kind: 'statements' }>
type Control = Exclude<WriterRequest, { kind: 'statements' | 'jobs' }>
const DONE: WriterAnswer = { ok: true, result: { rows: [], changes: 0 } }

function attempt(work: () => StatementResult | undefined): WriterAnswer {
  try {
    const result = work()
    return result ? { ok: true, result } : DONE
  } catch (error) {
    return { ok: false, error: packError(error) }
  }
}

function commitNow({ database }: Connection): undefined {
  database.exec('commit')
}

function runStatements(connection: Connection, { transaction, statements, commit }: Statements): WriterAnswer[] {
  const { database } = connection
  const ready = attempt(() => {
    if (transaction === 'begin') database.exec('begin immediate')
    if (transaction === 'inside' && !database.isTransaction) throw new Error('the database ended the transaction')
    return undefined
  })
  if (!ready.ok) return [ready]
  const answers: WriterAnswer[] = []
  for (const statement of statements) {
    const answer = attempt(() => connection.run(statement))
    answers.push(answer)
    if (!answer.ok) return answers
  }
  if (commit) answers.push(attempt(() => commitNow(connection)))
  return answers
}

function control(connection: Connection, request: Control): undefined {
  const { database } = connection
  switch (request.kind) {
    case 'script':
      database.exec(request.sql)
      break
    case 'rollback':
      if (database.isTransaction) database.exec('rollback')
      break
    case 'close':
      connection.close()
  }
}

/**
 * Takes all that has come in one go: what collects while the disk syncs shares the next transaction. Jobs wait while the main thread has
 * a transaction of its own open; nothing else can come between its statements.
 */
class Desk {
  readonly #port: MessagePort
  readonly #connection: Connection
  readonly #jobs: WriterJobs
  #groups: Group[] = []
  #busy: Promise<void> = Promise.resolve()

  constructor(port: MessagePort, connection: Connection) {
    this.#port = port
    this.#connection = connection
    this.#jobs = new WriterJobs(connection)
  }

  open(): void {
    this.#port.on('message', (request: WriterRequest) => {
      const requests = [request, ...this.#whatElseCame()]
      this.#busy = this.#busy.then(() => this.#serve(requests))
    })
  }

  #whatElseCame(): WriterRequest[] {
    const requests: WriterRequest[] = []
    for (;;) {
      const came = receiveMessageOnPort(this.#port)
      if (came === undefined) return requests
      requests.push(came.message)
    }
  }

  async #serve(requests: readonly WriterRequest[]): Promise<void> {
    for (const request of requests) {
      if (request.kind === 'jobs') this.#groups.push(request)
      else await this.#answer(request)
    }
    await this.#performJobs()
  }

  async #performJobs(): Promise<void> {
    if (this.#groups.length === 0 || this.#connection.database.isTransaction) return
    const groups = this.#groups
    this.#groups = []
    this.#reply(await this.#jobs.perform(groups))
  }

  async #answer(request: Statements | Control): Promise<void> {
    // What came before the statement that begins a transaction is done before it. A question that needs none, as whether all is well,
    // parts nobody: while another program holds the file, each commit is a wait for it.
    if (request.kind !== 'script') await this.#performJobs()
    const connection = this.#connection
    const answers =
      request.kind === 'statements' ? runStatements(connection, request) : [attempt(() => control(connection, request))]
    this.#reply({ id: request.id, answers })
    if (request.kind === 'close') this.#port.close()
  }

  #reply(reply: WriterReply): void {
    this.#port.postMessage(reply, [])
  }
}

function serve(port: MessagePort, { file, busyTimeoutMs }: WriterOptions): void {
  let connection: Connection | undefined
  const opened = attempt(() => {
    connection = openWriting(file, busyTimeoutMs)
    return undefined
  })
  port.postMessage({ id: 0, answers: [opened] } satisfies WriterReply)
  // Without a listener the thread ends, and whoever waits for an answer is told.
  if (connection) new Desk(port, connection).open()
}

if (parentPort) serve(parentPort, workerData as WriterOptions)
