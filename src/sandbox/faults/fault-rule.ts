import type { CatalogueKey } from './catalogue.ts'

/** What goes wrong. The letters and numbers are those of docs/sandbox.md. */
export type FaultAction =
  /** F1: an answer of the error catalogue, or any other. */
  | { kind: 'http'; entry: CatalogueKey }
  | { kind: 'http'; status: number; description: string; parameters?: Record<string, number> }
  /** F2: the page of the web server that stands before the Bot API. */
  | { kind: 'html'; status: 413 | 502 | 503 | 504 }
  /** F3 */
  | { kind: 'delay'; when: 'before' | 'after'; ms: number }
  /** F4: closes the socket, nothing is stored. */
  | { kind: 'drop_before' }
  /** F5: does it, then closes the socket without an answer. */
  | { kind: 'drop_after' }
  /** F6: does it, sends the headers and half the body. */
  | { kind: 'partial' }
  /** F7: does it, answers 200 with what is no JSON. */
  | { kind: 'garbage'; form?: 'text' | 'truncated' | 'empty' }
  /** F8: a TCP reset, before or (default) after the work is done. */
  | { kind: 'reset'; when?: 'before' | 'after' }
  /** F9: nothing is stored. Without `parameters` only the description says how long. */
  | { kind: 'too_many_requests'; retryAfterSeconds: number; withoutParameters?: boolean }
  /** F10: does it, sends the answer byte by byte. */
  | { kind: 'slow_drip'; msPerByte: number }
  /** F11 */
  | { kind: 'wrong_content_type'; contentType?: string }
  /** F12: on the answers of getUpdates and on webhook calls. */
  | { kind: 'duplicate_update' }
  | { kind: 'reorder_updates' }
  | { kind: 'update_id_jump'; by: number }
  /** F13: stores the first `stored` items of an album, then refuses. */
  | { kind: 'album_partial'; stored: number; retryAfterSeconds?: number }
  /** F14: the server's clock moves, for good. */
  | { kind: 'clock_skip'; ms: number }

/** When it goes wrong. Everything that is given has to match; nothing given matches every call of every bot. */
export interface FaultRule {
  /** By id or username. */
  bot?: number | string
  /** Any case. */
  method?: string
  /** As the bot writes it in `chat_id`. */
  chatId?: number | string
  /** Only the so-many-th matching call, from 1. */
  nth?: number
  /** Strikes so many times. Default: without end, or once when `nth` is given. */
  times?: number
  /** From 0 to 1, with the sandbox's dice. Default 1. */
  probability?: number
  /** F15, an outage: the rule begins after so many milliseconds (default 0) … */
  afterMs?: number
  /** … and ends so many milliseconds later (default: never). */
  forMs?: number
  action: FaultAction
}

export interface FaultRuleView extends FaultRule {
  id: number
  /** How many calls matched. */
  matched: number
  /** How many times it struck. */
  struck: number
  /** It strikes no more: it was used up, or its time is over. */
  spent: boolean
}
