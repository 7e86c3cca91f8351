/** @import { ChangeEvent } from '../control-types.ts' */
import { listen } from './api.js'

/** Changes come in bursts; one look at the world is enough for those of so many milliseconds. */
const SETTLE_MS = 30

/**
 * Looks again after each burst of changes, and after the sandbox could not be reached for a while.
 * @param {(what: { world: boolean, calls: boolean }) => unknown} look
 * @param {(isOnline: boolean) => void} online
 */
export function followChanges(look, online) {
  /** @type {Set<ChangeEvent['kind']>} */
  const heard = new Set()
  const lookAgain = () => {
    const calls = ['request', 'fault', 'reset'].some((kind) => heard.has(/** @type {ChangeEvent['kind']} */ (kind)))
    for (const kind of /** @type {const} */ (['request', 'fault', 'update'])) heard.delete(kind)
    const world = heard.size > 0
    heard.clear()
    look({ world, calls })
  }
  listen(
    ({ kind }) => {
      if (heard.size === 0) setTimeout(lookAgain, SETTLE_MS)
      heard.add(kind)
    },
    (isOnline) => {
      online(isOnline)
      if (isOnline) look({ world: true, calls: true })
    },
  )
}
