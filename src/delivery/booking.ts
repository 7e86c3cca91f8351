import type { Departure, Outbound } from '../store/outbox.ts'

/** Where somebody's message is to go. */
export interface Place {
  userId: string
  peerId: number
  telegramChatId: number
}

/** A place that is kept for a message while it is stored. One of the methods must be called, and once; they must not throw. */
export interface Booking {
  readonly departure: Departure
  /** The store marked it: it goes now. */
  leaves(message: Outbound): void
  /** It was refused, or it waits for its turn like any other. */
  isOff(): void
  /** The store failed, and nobody knows whether it stands there. */
  isInDoubt(messageId: string): void
}

/** Which of them was called. */
export interface Booked {
  message?: Outbound
  inDoubt?: string
}

/** `decided` resolves with the first of its methods that is called. */
export function openBooking(departure: Departure): { booking: Booking; decided: Promise<Booked> } {
  const { promise: decided, resolve } = Promise.withResolvers<Booked>()
  const booking: Booking = {
    departure,
    leaves: (message) => resolve({ message }),
    isOff: () => resolve({}),
    isInDoubt: (inDoubt) => resolve({ inDoubt }),
  }
  return { booking, decided }
}
