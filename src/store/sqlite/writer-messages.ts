import type { Statement, StatementResult } from './connection.ts'

/**
 * What the writer's thread is told. `begin`: start a transaction first. `inside`: there must be one already: SQLite ends a
 * transaction by itself when the disk fails, and what follows would then be committed on its own. After a statement that fails, none
 * of the others is run, for the same reason. `commit`: commit when all of them went well.
 */
export type WriterRequest =
  | {
      id: number
      kind: 'statements'
      transaction: 'begin' | 'inside' | 'none'
      statements: readonly Statement[]
      commit: boolean
    }
  | { id: number; kind: 'rollback' | 'close' }
  /** Several statements in one text, without values. */
  | { id: number; kind: 'script'; sql: string }

/** One answer for each statement up to the first that failed, and one for a commit; one for everything else. Id 0 is not an answer: it says how opening the file went. */
export interface WriterReply {
  id: number
  answers: readonly WriterAnswer[]
}

/** `resultCode` is null when the error did not come from SQLite. */
export type WriterAnswer =
  | { ok: true; result: StatementResult }
  | { ok: false; resultCode: number | null; message: string }

export interface WriterOptions {
  file: string
  /** How long a transaction waits for another process that holds the file. */
  busyTimeoutMs: number
}
