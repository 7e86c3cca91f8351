/** @import { ChangeEvent, SandboxControl } from '../control-types.ts' */

/**
 * One call of the control API (docs/sandbox.md), by the name that it has in `SandboxControl`.
 * @template {keyof SandboxControl} M
 * @param {M} name
 * @param {unknown} [input]
 * @returns {Promise<SandboxControl[M] extends (...args: never[]) => infer R ? R : never>}
 */
export async function control(name, input) {
  const response = await fetch(new URL(name, document.baseURI), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input ?? {}),
  })
  const answer = await response.json()
  if (!response.ok) throw new Error(String(answer.error ?? `The sandbox answered ${response.status}.`))
  return answer.result
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
