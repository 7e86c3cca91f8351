import type { Signal } from '../domain/signal.ts'

/**
 * What processes on one database tell each other: signals, and whose view of the world or whose rights a commit changed. `missed`: some
 * of that may have been lost, nobody knows what.
 */
export type BusMessage =
  | Signal
  | { kind: 'changed'; userIds: readonly string[]; accountIds: readonly string[] }
  | { kind: 'missed' }

/** Between the processes on one database. */
export interface Bus {
  /** To all others; what is published in one breath travels together. Never fails; may be lost. */
  publish(message: BusMessage): void
  /** What the others published. */
  onMessage(listener: (message: BusMessage) => void): void
}
