import type { RefusalCode, RequestFault } from '../../domain/refusals.ts'
import type { Job } from '../commit-together.ts'
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
  /** Work that shares a transaction with what else there is of it. */
  | { id: number; kind: 'jobs'; jobs: readonly Job[] }

export type WriterReply = StatementsReply | JobsReply

/** One answer for each statement up to the first that failed, and one for a commit; one for everything else. Id 0 is not an answer: it says how opening the file went. */
export interface StatementsReply {
  id: number
  answers: readonly WriterAnswer[]
}

/** What became of all jobs that were there. What their transactions did besides is told once, with the first of them. */
export interface JobsReply {
  done: readonly { id: number; outcomes: readonly JobOutcome[] }[]
  besides: Besides
}

export type Besides = { changedUsers: readonly string[]; changedAccounts: readonly string[]; sizes: readonly number[] }

export type WriterAnswer = { ok: true; result: StatementResult } | { ok: false; error: WriterError }

export type JobOutcome = { ok: true; value: unknown } | { ok: false; error: WriterError }

/** An error as plain values. `resultCode` is null when it did not come from SQLite. */
export type WriterError =
  | { refusal: RefusalCode; detail: string; errors: readonly RequestFault[] | undefined }
  | { resultCode: number | null; message: string; stack: string | undefined }

export interface WriterOptions {
  file: string
  /** How long a transaction waits for another process that holds the file. */
  busyTimeoutMs: number
}
