import { parentPort, workerData } from 'node:worker_threads'
import { type Connection, openWriting, type StatementResult } from './connection.ts'
import { resultCodeOf } from './sqlite-error.ts'
import type { WriterAnswer, WriterOptions, WriterReply, WriterRequest } from './writer-messages.ts'

// The thread that owns the writing connection, so that nobody else waits while the disk syncs.

type Statements = Extract<WriterRequest, { kind: 'statements' }>
const DONE: WriterAnswer = { ok: true, result: { rows: [], changes: 0 } }

function attempt(work: () => StatementResult | undefined): WriterAnswer {
  try {
    const result = work()
    return result ? { ok: true, result } : DONE
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { ok: false, resultCode: resultCodeOf(error) ?? null, message }
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

function perform(connection: Connection, request: Exclude<WriterRequest, Statements>): undefined {
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

function serve(port: NonNullable<typeof parentPort>, { file, busyTimeoutMs }: WriterOptions): void {
  let connection: Connection | undefined
  const opened = attempt(() => {
    connection = openWriting(file, busyTimeoutMs)
    return undefined
  })
  port.postMessage({ id: 0, answers: [opened] } satisfies WriterReply)
  const open = connection
  // Without a listener the thread ends, and whoever waits for an answer is told.
  if (!open) return
  port.on('message', (request: WriterRequest) => {
    const answers =
      request.kind === 'statements' ? runStatements(open, request) : [attempt(() => perform(open, request))]
    port.postMessage({ id: request.id, answers } satisfies WriterReply)
    if (request.kind === 'close') port.close()
  })
}

if (parentPort) serve(parentPort, workerData as WriterOptions)
