import type { Records } from '../store/store.ts'

/** How many messages wait for a bot, held or on their way, up to `MOST_COUNTED`. Whose bot it is was asked before. */
export type CountWaiting = (botId: string) => Promise<number>

/** Counting goes through an index: five bots with as much as this take some 20 ms. */
export const MOST_COUNTED = 100_000

export function countWaiting({ store }: { store: Pick<Records, 'countWaiting'> }): CountWaiting {
  return (botId) => store.countWaiting(botId, MOST_COUNTED)
}
