import type { Outbound } from '../store/store.ts'
import { DueQueue } from './due-queue.ts'

/** One chat with work: its messages go one after the other. Holds a few of them at most, and none while it sleeps. */
export interface Lane {
  readonly peerId: number
  /** `ready` waits for its turn, `busy` has it, `asleep` waits for a moment. */
  state: 'ready' | 'busy' | 'asleep'
  /** Read from the store and not yet sent, in order. */
  buffer: Outbound[]
  /** Telegram told this chat to wait until then, as the store had it when the buffer was read. */
  notBeforeMs: number
  /** The chat was thought to be closed when the buffer was read. */
  blocked: boolean
  /** Failures of our own in a row (the store, a bug), for the delay after the next one. */
  troubles: number
  /** New work came since it last read: it must read again before it may be forgotten. */
  again: boolean
  dueMs: number
}

/**
 * The chats that have work, each in one place: in line, at work, or asleep. Those in line take turns. Memory grows with the chats that
 * are active, up to `capacity`, and never with the messages that wait.
 */
export class Lanes {
  readonly #capacity: number
  readonly #lanes = new Map<number, Lane>()
  readonly #line = new Set<Lane>()
  readonly #asleep = new DueQueue<Lane>()

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get size(): number {
    return this.#lanes.size
  }

  /** When the first sleeper is due; Infinity when nobody sleeps. */
  get nextDueMs(): number {
    return this.#asleep.nextMs
  }

  /** There is work for this chat. False when there is no room to remember it. */
  wake(peerId: number): boolean {
    const known = this.#lanes.get(peerId)
    if (known !== undefined) {
      known.again = true
      return true
    }
    if (this.#lanes.size >= this.#capacity) return false
    const lane: Lane = {
      peerId,
      state: 'ready',
      buffer: [],
      notBeforeMs: 0,
      blocked: false,
      troubles: 0,
      again: false,
      dueMs: 0,
    }
    this.#lanes.set(peerId, lane)
    this.#line.add(lane)
    return true
  }

  /** The next lane whose turn it is; it is busy until it is given to one of the methods below. */
  take(nowMs: number): Lane | undefined {
    this.#rouse(nowMs)
    const [lane] = this.#line
    if (lane === undefined) return undefined
    this.#line.delete(lane)
    lane.state = 'busy'
    return lane
  }

  /** To the end of the line. */
  requeue(lane: Lane): void {
    lane.state = 'ready'
    this.#line.add(lane)
  }

  /** Sleeps until then and forgets what it had read. */
  sleep(lane: Lane, untilMs: number): void {
    lane.state = 'asleep'
    lane.buffer = []
    lane.dueMs = untilMs
    this.#asleep.push(untilMs, lane)
  }

  /** It ran dry: forgotten, unless new work came meanwhile. */
  finish(lane: Lane): void {
    if (lane.again) return this.requeue(lane)
    this.#lanes.delete(lane.peerId)
  }

  #rouse(nowMs: number): void {
    for (let due = this.#asleep.shiftDue(nowMs); due !== undefined; due = this.#asleep.shiftDue(nowMs)) {
      this.requeue(due.item)
    }
  }
}
