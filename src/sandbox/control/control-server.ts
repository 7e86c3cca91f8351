import type { IncomingMessage, ServerResponse } from 'node:http'
import type { SandboxControl } from '../control-types.ts'
import { phoneAsset } from '../phone/phone-page.ts'
import { type Answer, json } from '../server/answer.ts'
import { ControlError } from './control-error.ts'
import { READS, WRITES } from './control-routes.ts'
import { refusalAnswer } from './refusal-answer.ts'
import { ControlInput } from './input.ts'

const PREFIX = '/_sandbox/'
const TEST_PREFIX = '/_sandbox/test/'
/** Enough for a document of 50 MB in base64. */
const MOST_BODY_BYTES = 70 * 1_048_576

/** Whether a path belongs to the control API or the phone page. */
export function isControlPath(path: string): boolean {
  return path === '/_sandbox' || path.startsWith(PREFIX)
}

/** Serves the control API and the phone page; the stream of changes writes to the response by itself. */
export async function answerControl(
  control: SandboxControl,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<Answer | 'streaming'> {
  const asset = request.method === 'GET' ? phoneAnswer(url.pathname) : undefined
  if (asset !== undefined) return asset
  const test = url.pathname.startsWith(TEST_PREFIX)
  const world = test ? control.testEnvironment : control
  const name = url.pathname.slice((test ? TEST_PREFIX : PREFIX).length)
  try {
    if (request.method === 'GET' && name === 'events') return streamChanges(world, response)
    return await answerCall(world, request, name, url.searchParams)
  } catch (problem) {
    return refusalAnswer(problem)
  }
}

function phoneAnswer(path: string): Answer | undefined {
  if (path === '/_sandbox') return { status: 308, contentType: undefined, body: Buffer.alloc(0), location: PREFIX }
  const asset = phoneAsset(path)
  return asset && { status: 200, contentType: asset.contentType, body: Buffer.from(asset.body) }
}

async function answerCall(
  control: SandboxControl,
  request: IncomingMessage,
  name: string,
  query: URLSearchParams,
): Promise<Answer> {
  const read = request.method === 'GET' && Object.hasOwn(READS, name) ? READS[name] : undefined
  if (read !== undefined) return json(200, read(control, new ControlInput(Object.fromEntries(query))) ?? {})
  const write = request.method === 'POST' && Object.hasOwn(WRITES, name) ? WRITES[name] : undefined
  if (write === undefined) {
    throw new ControlError('unknown_call', `There is no ${request.method ?? ''} ${PREFIX}${name}. See docs/sandbox.md.`)
  }
  return json(200, write(control, new ControlInput(await readJson(request))) ?? {})
}

/**
 * JSON has to say that it is JSON: a page of another site could otherwise post forms to a sandbox on the same machine,
 * for which a browser asks nobody.
 */
async function readJson(request: IncomingMessage): Promise<unknown> {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    throw new ControlError('invalid_input', 'Send the header "Content-Type: application/json".')
  }
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MOST_BODY_BYTES) throw new ControlError('invalid_input', 'The body is too large.')
    chunks.push(chunk)
  }
  const body = Buffer.concat(chunks).toString('utf8')
  try {
    return body.trim() === '' ? {} : JSON.parse(body)
  } catch {
    throw new ControlError('invalid_input', 'The body is no JSON.')
  }
}

/** Server-sent events: one for each change, the first at once. */
function streamChanges(control: SandboxControl, response: ServerResponse): 'streaming' {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  response.write(`data: ${JSON.stringify({ revision: control.state().revision })}\n\n`)
  const stop = control.subscribe((event) => response.write(`data: ${JSON.stringify(event)}\n\n`))
  response.on('close', stop)
  return 'streaming'
}
