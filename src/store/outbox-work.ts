import { holdBot } from './queries/bots.ts'
import { enqueueAll } from './queries/enqueue.ts'
import { markSending } from './queries/lanes.ts'
import { holdPeer } from './queries/peers.ts'
import { settleAll } from './queries/settle.ts'
import { touchSessions } from './queries/sessions.ts'
import { touchApiTokens } from './queries/tokens.ts'
import type { Write } from './schema.ts'
import type { Handlers, Outcome } from './commit-together.ts'
import type { Enqueued, NewMessage, Settlement, Wait } from './outbox.ts'

/**
 * The length of a transaction, and so the wait of whoever comes next, stays in the order of the disk's sync; and a prepared `in (…)`
 * list has a bound.
 */
export const MAX_GROUP = 512

/** What comes out when the bot was claimed by others since. A word and no error, because it may cross to another thread. */
export const NOT_THE_OWNER = 'not_the_owner'

type Fence = number | undefined

/** The work that shares transactions. Inputs and outputs are plain values: they may cross to another thread. */
export type OutboxWork = {
  settle: { input: readonly Settlement[]; output: number | typeof NOT_THE_OWNER }
  hold: { input: ({ peerId: number } | { botId: string }) & { wait: Wait; fence: Fence }; output: undefined }
  markSending: {
    input: { messageIds: readonly string[]; nowMs: number; fence: Fence }
    output: string[] | typeof NOT_THE_OWNER
  }
  enqueue: { input: NewMessage; output: Enqueued }
  touch: { input: ({ tokenId: string } | { sessionId: string }) & { usedAtMs: number }; output: undefined }
}

/** What is written together, each kind in as few statements as possible. */
export const OUTBOX_HANDLERS: Handlers<Write, OutboxWork> = {
  async settle(tx, settlements) {
    const { done: unlinked, lost } = await byKind(settlements.flat(), (some) => settleAll(tx, some))
    return settlements.map((together) => {
      const isLost = together.some(({ messageId }) => lost.has(messageId))
      const ends = together.filter(({ messageId }) => unlinked.delete(messageId)).length
      return { ok: true, value: isLost ? NOT_THE_OWNER : ends }
    })
  },
  async hold(tx, holds) {
    for (const hold of holds) {
      if ('peerId' in hold) await holdPeer(tx, hold.peerId, hold.wait, hold.fence)
      else await holdBot(tx, hold.botId, hold.wait, hold.fence)
    }
    return holds.map(() => DONE)
  },
  async markSending(tx, marks) {
    const { done: marked, lost } = await byKind(marks, (some) => markSending(tx, some))
    return marks.map(({ messageIds }) => {
      const isLost = messageIds.some((id) => lost.has(id))
      // Of two marks of one message, the first has it.
      return { ok: true, value: isLost ? NOT_THE_OWNER : messageIds.filter((id) => marked.delete(id)) }
    })
  },
  enqueue: enqueueAll,
  async touch(tx, touches) {
    await touchApiTokens(
      tx,
      touches.flatMap((touch) => ('tokenId' in touch ? touch : [])),
    )
    await touchSessions(
      tx,
      touches.flatMap((touch) => ('sessionId' in touch ? touch : [])),
    )
    return touches.map(() => DONE)
  },
}

const DONE: Outcome<undefined> = { ok: true, value: undefined }

interface Result {
  done: Set<string>
  lost: Set<string>
}

/** What comes with the number of a claim, and what comes without one: each kind in statements of its own. Most often there is one kind. */
async function byKind<T extends { fence?: Fence }>(
  batch: readonly T[],
  work: (some: readonly T[]) => Promise<Result>,
): Promise<Result> {
  const all: Result = { done: new Set(), lost: new Set() }
  for (const some of Map.groupBy(batch, ({ fence }) => fence === undefined).values()) {
    const { done, lost } = await work(some)
    for (const id of done) all.done.add(id)
    for (const id of lost) all.lost.add(id)
  }
  return all
}
