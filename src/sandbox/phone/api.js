/** @import { ChangeEvent, SandboxControl } from '../control-types.ts' */
import { texts } from './texts.js'

/** The calls that only look: these are `GET`, all others `POST`. */
const READS = new Set(['state', 'bot', 'messages', 'requests', 'callback', 'faults'])

/** How long until a stream of changes that was refused is asked for again, in milliseconds: as long as browsers wait for one that broke. */
const AGAIN_MS = 3000

/** A call was not answered as it should be. `code` is the control API's, or that of the program around the sandbox. */
export class CallError extends Error {
  code

  /** @param {string} message @param {string} code */
  constructor(message, code) {
    super(message)
    this.code = code
  }
}

/**
 * One call of the control API (docs/sandbox.md), by the name that it has in `SandboxControl`.
 * @template {keyof SandboxControl} M
 * @param {M} name
 * @param {object} [input]
 * @returns {Promise<SandboxControl[M] extends (...args: never[]) => infer R ? R : never>}
 */
export async function control(name, input = {}) {
  const path = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  const response = await (READS.has(name) ? look(path, input) : act(path, input))
  if (response.ok) return await response.json()
  const problem = await response.json().catch(() => ({}))
  const { code, message } = problem.error ?? { code: problem.code, message: problem.detail }
  throw new CallError(String(message ?? texts.answered(response.status)), String(code ?? response.status))
}

/** @param {string} path @param {object} query */
function look(path, query) {
  const url = new URL(path, document.baseURI)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value))
  return fetch(url)
}

/** @param {string} path @param {object} input */
function act(path, input) {
  return fetch(new URL(path, document.baseURI), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
  })
}

/**
 * Hears every change of the world. `online` tells when the sandbox cannot be reached, and when it is back.
 * @param {(event: ChangeEvent) => void} hear
 * @param {(isOnline: boolean) => void} online
 */
export function listen(hear, online) {
  const events = new EventSource(new URL('events', document.baseURI))
  events.addEventListener('message', (event) => hear(JSON.parse(event.data)))
  events.addEventListener('open', () => online(true))
  events.addEventListener('error', () => {
    online(false)
    // A refusal ends it for good, as of a proxy whose server is just being started.
    if (events.readyState === EventSource.CLOSED) setTimeout(() => listen(hear, online), AGAIN_MS)
  })
}
