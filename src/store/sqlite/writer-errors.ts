import { Refusal } from '../../domain/refusals.ts'
import { resultCodeOf, SqliteError } from './sqlite-error.ts'
import type { WriterError } from './writer-messages.ts'

/** Errors on their way between the threads, where only plain values travel. */
export function packError(error: unknown): WriterError {
  if (error instanceof Refusal) return { refusal: error.code, detail: error.detail, errors: error.errors }
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined }
  return { resultCode: resultCodeOf(error) ?? null, message, stack }
}

/** The error that the writer met, as itself. */
export function unpackError(packed: WriterError): Error {
  if ('refusal' in packed) {
    const { refusal, detail, errors } = packed
    return new Refusal(refusal, { detail, ...(errors && { errors }) })
  }
  const { resultCode, message, stack } = packed
  if (resultCode !== null) return new SqliteError(resultCode, message)
  const error = new Error(message)
  if (stack !== undefined) error.stack = stack
  return error
}
