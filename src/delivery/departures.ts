import { setImmediate as nextTurn } from 'node:timers/promises'
import { Refusal } from '../domain/refusals.ts'
import type { Enqueued, NewMessage, Outbox } from '../store/outbox.ts'
import type { Booking, Place } from './booking.ts'

export interface DeparturesDeps {
  outbox: Pick<Outbox, 'enqueue'>
  /** Undefined when the message must wait for its turn, or nobody here serves the bot. */
  book: (botId: string, place: Place) => Booking | undefined
}

/** Chats that are remembered: whoever writes to more at the same time is in no hurry, and their messages go the other way. */
const REMEMBERED = 10_000

/**
 * The outbox for those who accept messages in the process that also sends them. What could leave at once is accepted and marked as being
 * sent in one commit, and goes without another look at the database: a lone message waits for one sync and not for two.
 *
 * Where a user's messages go is remembered from the last one. Should that be wrong by now, the store sees it, and the message waits for
 * its turn like any other.
 */
export class Departures implements Pick<Outbox, 'enqueue'> {
  readonly #deps: DeparturesDeps
  readonly #places = new Map<string, Place & { botId: string }>()

  constructor(deps: DeparturesDeps) {
    this.#deps = deps
  }

  async enqueue(message: NewMessage): Promise<Enqueued> {
    const booking = this.#book(message)
    const enqueued = await this.#enqueue(message, booking)
    if (enqueued.replayed) return enqueued
    this.#remember(message, enqueued)
    // The call first: whoever waits for the answer is told in the time that the network takes to carry it.
    if (enqueued.leaving) await nextTurn()
    return enqueued
  }

  async #enqueue(message: NewMessage, booking: Booking | undefined): Promise<Enqueued> {
    if (booking === undefined) return await this.#deps.outbox.enqueue(message)
    try {
      const enqueued = await this.#deps.outbox.enqueue({ ...message, departure: booking.departure })
      if (!enqueued.replayed && enqueued.leaving) booking.leaves(enqueued.leaving)
      else booking.isOff()
      return enqueued
    } catch (error) {
      if (isRefused(error)) booking.isOff()
      else booking.isInDoubt(message.id)
      throw error
    }
  }

  #book(message: NewMessage): Booking | undefined {
    const place = this.#places.get(keyOf(message))
    return place && this.#deps.book(place.botId, place)
  }

  /** The most recently used ones. */
  #remember(message: NewMessage, { wake, telegramChatId }: Enqueued & { replayed: false }): void {
    const { userId } = message
    const key = keyOf(message)
    this.#places.delete(key)
    this.#places.set(key, { userId, botId: wake.botId, peerId: wake.peerId, telegramChatId })
    if (this.#places.size <= REMEMBERED) return
    for (const oldest of this.#places.keys()) return void this.#places.delete(oldest)
  }
}

function keyOf({ userId, chatId }: NewMessage): string {
  return `${userId} ${chatId ?? ''}`
}

/** Nothing was stored. */
function isRefused(error: unknown): boolean {
  return error instanceof Refusal && error.code !== 'store_unavailable'
}
