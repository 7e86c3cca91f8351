import type { Dispatcher, Pool } from 'undici'
import { MAX_ANSWER_BYTES } from './limits.ts'

/**
 * How an HTTP call ended. `left` is the question that matters to a queue: false means that not one byte of the request was handed to
 * a connection, so the other side cannot have acted on it.
 */
export type HttpOutcome =
  | { kind: 'answer'; status: number; headers: AnswerHeaders; body: string | undefined }
  | { kind: 'no_answer'; left: boolean; cause: NoAnswer }

/** Those that we read, as they came. */
export interface AnswerHeaders {
  date?: string | undefined
  retryAfter?: string | undefined
}

/** `code`: of the operating system, of TLS or of undici; never a text that could hold the URL. */
export type NoAnswer = { why: 'cut' } | { why: 'timeout' } | { why: 'broken'; code: string }

export interface HttpCall {
  path: string
  body: string
  /** Milliseconds for the whole call, connecting included. */
  timeoutMs: number
  signal: AbortSignal | undefined
}

/**
 * POSTs JSON and never rejects. It speaks to undici's handler interface because only there is the moment visible in which a request is
 * given to a connected socket (`onRequestStart`): undici writes head and body right after it, and never sends a request twice.
 * An answer whose body breaks off keeps its status, with `body` undefined.
 */
export function httpPost(pool: Pool, call: HttpCall): Promise<HttpOutcome> {
  return new Promise((resolve) => {
    const timeout = AbortSignal.timeout(call.timeoutMs)
    const onTimeout = (): void => exchange.cut({ why: 'timeout' })
    const onCut = (): void => exchange.cut({ why: 'cut' })
    const exchange = new Exchange((outcome) => {
      timeout.removeEventListener('abort', onTimeout)
      call.signal?.removeEventListener('abort', onCut)
      resolve(outcome)
    })
    if (call.signal?.aborted === true) return onCut()
    // Two listeners, because a signal made of both (`AbortSignal.any`) costs as much as the rest of this.
    timeout.addEventListener('abort', onTimeout, { once: true })
    call.signal?.addEventListener('abort', onCut, { once: true })
    const headers = { 'content-type': 'application/json', accept: 'application/json' }
    pool.dispatch({ method: 'POST', path: call.path, headers, body: call.body }, exchange)
  })
}

class Exchange implements Dispatcher.DispatchHandler {
  readonly #finish: (outcome: HttpOutcome) => void
  readonly #chunks: Buffer[] = []
  #size = 0
  #done = false
  #controller: Dispatcher.DispatchController | undefined
  #status: number | undefined
  #headers: AnswerHeaders = {}

  constructor(finish: (outcome: HttpOutcome) => void) {
    this.#finish = finish
  }

  /** Ends the call at once. A request that has not started yet is thrown away when its turn comes. */
  cut(cause: NoAnswer): void {
    this.#endWithout(cause)
    this.#controller?.abort(new Error('cut'))
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#done) return controller.abort(new Error('cut'))
    this.#controller = controller
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return
    this.#status = status
    this.#headers = { date: firstOf(headers['date']), retryAfter: firstOf(headers['retry-after']) }
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.byteLength
    if (this.#size <= MAX_ANSWER_BYTES) return void this.#chunks.push(chunk)
    this.#endWithout({ why: 'broken', code: 'ANSWER_TOO_LARGE' })
    controller.abort(new Error('the answer is too large'))
  }

  onResponseEnd(): void {
    this.#answer(Buffer.concat(this.#chunks).toString('utf8'))
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: unknown): void {
    this.#endWithout({ why: 'broken', code: codeOf(error) })
  }

  /** The status line was read before it broke off: that much is known. */
  #endWithout(cause: NoAnswer): void {
    if (this.#status !== undefined) return this.#answer(undefined)
    this.#end({ kind: 'no_answer', left: this.#controller !== undefined, cause })
  }

  #answer(body: string | undefined): void {
    this.#end({ kind: 'answer', status: this.#status ?? 0, headers: this.#headers, body })
  }

  #end(outcome: HttpOutcome): void {
    if (this.#done) return
    this.#done = true
    this.#finish(outcome)
  }
}

function firstOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}

/** The code of an error, or of the first one inside an AggregateError (every address of a host was tried). */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'UNKNOWN'
  const { code } = error as { code?: unknown }
  if (typeof code === 'string') return code
  if (error instanceof AggregateError) return codeOf(error.errors[0])
  return error.cause === undefined ? error.name : codeOf(error.cause)
}
