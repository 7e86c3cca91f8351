import type { ApiError, ApiSuccess } from '@grammyjs/types'
import { Described } from '../methods/method-call.ts'
import { Refusal } from '../refusal.ts'

/** What goes out over HTTP. */
export interface Answer {
  status: number
  contentType: string | undefined
  body: Buffer
  retryAfterSeconds?: number
  /** Description of a refusal, for the record. */
  description?: string
  location?: string
  /** The connection ends with it. */
  close?: boolean
}

/** `{"ok":true,"result":…}`, with a description where the method gives one. */
export function success(result: unknown): Answer {
  const described =
    result instanceof Described ? { result: result.result, description: result.description } : { result }
  const body = { ok: true, ...described } as const satisfies ApiSuccess<unknown>
  return json(200, body)
}

/** `{"ok":false,…}`; the HTTP status is the error code, 429 repeats the wait in `Retry-After`. */
export function failure(status: number, description: string, parameters?: ApiError['parameters']): Answer {
  const body = {
    ok: false,
    error_code: status,
    description,
    ...(parameters !== undefined && { parameters }),
  } as const satisfies ApiError
  const retryAfter = parameters?.retry_after
  return {
    ...json(status, body),
    description,
    ...(status === 429 && retryAfter !== undefined && { retryAfterSeconds: retryAfter }),
  }
}

/** A refusal as it is; anything else that is thrown is a mistake of the sandbox, and answers as such. */
export function failureOf(thrown: unknown): Answer {
  if (thrown instanceof Refusal) return failure(thrown.status, thrown.message, thrown.parameters)
  const reason = thrown instanceof Error ? thrown.message : String(thrown)
  return failure(500, `Internal Server Error: ${reason}`)
}

export function json(status: number, value: unknown): Answer {
  return { status, contentType: 'application/json', body: Buffer.from(JSON.stringify(value)) }
}

/** No body at all, as for verbs that the server does not know. */
export function empty(status: number, close = false): Answer {
  return { status, contentType: undefined, body: Buffer.alloc(0), close }
}

const PAGE_TITLES: Record<number, string> = {
  413: 'Request Entity Too Large',
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
}

/** The page of the nginx in front of api.telegram.org. */
export function page(status: number): Answer {
  const title = `${status} ${PAGE_TITLES[status] ?? ''}`.trim()
  const lines = [
    '<html>',
    `<head><title>${title}</title></head>`,
    '<body>',
    `<center><h1>${title}</h1></center>`,
    '<hr><center>nginx/1.18.0</center>',
    '</body>',
    '</html>',
    '',
  ]
  return { status, contentType: 'text/html', body: Buffer.from(lines.join('\r\n')), description: title }
}
