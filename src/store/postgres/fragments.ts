import type { BusMessage } from '../bus.ts'

/** A notification may have less than 8000 bytes (PostgreSQL, NOTIFY). */
const MOST_BYTES = 7900

/**
 * First in each fragment: whether another one follows. Then its place, because of several that are the same in a transaction only one
 * arrives.
 */
const MORE = '+'
const LAST = '.'

/** Messages as texts that fit into notifications, which arrive one after the other when they are of one transaction. */
export function fragmentsOf(messages: readonly BusMessage[]): string[] {
  // A character is a byte then, wherever it is cut.
  const text = JSON.stringify(messages).replaceAll(/[^\0-~]/g, escaped)
  const fragments: string[] = []
  for (let start = 0; start < text.length; start += MOST_BYTES) {
    const end = start + MOST_BYTES
    fragments.push(`${end < text.length ? MORE : LAST}${fragments.length}:${text.slice(start, end)}`)
  }
  return fragments
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** Puts together what one connection heard. */
export class Reassembly {
  readonly #begun = new Map<number, string>()

  /** The messages that are whole with this fragment. What another version of this program says and we do not understand is dropped. */
  take(sender: number, fragment: string): BusMessage[] {
    const text = (this.#begun.get(sender) ?? '') + fragment.slice(fragment.indexOf(':') + 1)
    if (fragment.startsWith(MORE)) {
      this.#begun.set(sender, text)
      return []
    }
    this.#begun.delete(sender)
    return parsed(text)
  }
}

function parsed(text: string): BusMessage[] {
  try {
    const messages: unknown = JSON.parse(text)
    return Array.isArray(messages) ? messages.filter(isMessage) : []
  } catch {
    return []
  }
}

function isMessage(value: unknown): value is BusMessage {
  return typeof value === 'object' && value !== null && 'kind' in value
}
