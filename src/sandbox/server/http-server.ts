import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { answerControl, isControlPath } from '../control/control-server.ts'
import type { SandboxControl } from '../control-types.ts'
import { readRequest } from '../parameters/read-request.ts'
import { type Answer, empty, failure, failureOf, page } from './answer.ts'
import { answerBotApi, type BotApi } from './bot-api.ts'
import { readFilePath } from './bot-path.ts'
import { answerFile } from './files.ts'
import { sendAnswer, sendDelivery } from './send-answer.ts'

/** Bot API server. */
const MOST_HEADER_BYTES = 262_144

export interface HttpParts {
  api: BotApi
  control: SandboxControl
  /** How a body over the limit is refused: as JSON, or as the page of the web server in front. */
  tooLarge: 'json' | 'html'
}

/** The server on its socket; `stopping` ends what still waits. */
export function createHttpServer(parts: HttpParts, stopping: AbortSignal): Server {
  const server = createServer({ maxHeaderSize: MOST_HEADER_BYTES, keepAliveTimeout: 75_000 }, (request, response) => {
    void handle(parts, request, response, stopping).catch((problem: unknown) => {
      if (response.headersSent) response.destroy()
      else sendAnswer(response, failureOf(problem))
    })
  })
  server.on('clientError', refuseBrokenRequest)
  return server
}

async function handle(
  parts: HttpParts,
  request: IncomingMessage,
  response: ServerResponse,
  stopping: AbortSignal,
): Promise<void> {
  const [path, query] = splitUrl(request.url ?? '/')
  if (isControlPath(path)) return await handleControl(parts, request, response)
  if (request.method !== 'GET' && request.method !== 'POST') {
    request.resume()
    return sendAnswer(response, empty(501))
  }
  const file = readFilePath(path)
  if (file !== undefined) return sendAnswer(response, answerFile(parts.api, file))
  await handleBotApi(parts, request, response, { path, query, stopping })
}

async function handleControl(parts: HttpParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://sandbox')
  const answer = await answerControl(parts.control, request, response, url)
  if (answer !== 'streaming') sendAnswer(response, answer)
}

async function handleBotApi(
  { api, tooLarge }: HttpParts,
  request: IncomingMessage,
  response: ServerResponse,
  { path, query, stopping }: { path: string; query: string; stopping: AbortSignal },
): Promise<void> {
  const read = await readRequest(request, query, api.production.rules.cloud)
  if ('refuse' in read) return refuse(response, read.refuse, tooLarge)
  const gone = new AbortController()
  response.on('close', () => {
    if (!response.writableFinished) gone.abort()
  })
  const signal = AbortSignal.any([gone.signal, stopping])
  const head = {
    httpMethod: request.method ?? '',
    path,
    contentType: request.headers['content-type'],
    userAgent: request.headers['user-agent'],
    clientAddress: request.socket.remoteAddress ?? '',
  }
  const delivery = await answerBotApi(api, head, read.parameters, signal)
  await sendDelivery(response, delivery, api.clock, signal)
}

function refuse(response: ServerResponse, why: 413 | 415 | 'too_large' | 'gone', tooLarge: 'json' | 'html'): void {
  if (why === 'gone') return void response.destroy()
  const answer: Answer = why === 'too_large' ? tooLargeAnswer(tooLarge) : empty(why, true)
  sendAnswer(response, { ...answer, close: true })
}

function tooLargeAnswer(form: 'json' | 'html'): Answer {
  return form === 'html' ? page(413) : failure(413, 'Request Entity Too Large')
}

/** Headers over the limit, transfer encodings that nobody knows, and what is no HTTP at all. */
function refuseBrokenRequest(problem: Error & { code?: string }, socket: Duplex): void {
  const statuses: Record<string, string> = {
    HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
    HPE_INVALID_TRANSFER_ENCODING: '501 Not Implemented',
  }
  if (!socket.writable) return void socket.destroy()
  const status = statuses[problem.code ?? ''] ?? '400 Bad Request'
  socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)
}

function splitUrl(url: string): [path: string, query: string] {
  const mark = url.indexOf('?')
  return mark < 0 ? [url, ''] : [url.slice(0, mark), url.slice(mark + 1)]
}
