/** @import { ChangeEvent, SandboxControl } from '../control-types.ts' */

/** The calls that only look: these are `GET`, all others `POST`. */
const READS = new Set(['state', 'messages', 'requests', 'callback', 'faults'])

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
  const answer = await response.json()
  if (!response.ok) throw new Error(String(answer.error?.message ?? `The sandbox answered ${response.status}.`))
  return answer
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
  events.addEventListener('error', () => online(false))
}
