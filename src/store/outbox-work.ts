import { holdBot } from './queries/bots.ts'
import { enqueueAll } from './queries/enqueue.ts'
import { markSending } from './queries/lanes.ts'
import { holdPeer } from './queries/peers.ts'
import { settleAll } from './queries/settle.ts'
import { touchApiTokens } from './queries/tokens.ts'
import type { Write } from './schema.ts'
import type { Handlers, Outcome } from './shared-transaction.ts'
import type { Enqueued, NewMessage, Settlement } from './store.ts'

/**
 * The length of a transaction, and so the wait of whoever comes next, stays in the order of the disk's sync; and a prepared `in (…)`
 * list has a bound.
 */
export const MAX_GROUP = 512

/** The work that shares transactions. Inputs and outputs are plain values: they may cross to another thread. */
export type OutboxWork = {
  settle: { input: readonly Settlement[]; output: number }
  hold: { input: { peerId: number; untilMs: number } | { botId: string; untilMs: number }; output: undefined }
  markSending: { input: { messageIds: readonly string[]; nowMs: number }; output: string[] }
  enqueue: { input: NewMessage; output: Enqueued }
  touch: { input: { tokenId: string; usedAtMs: number }; output: undefined }
}

/** What is written together, each kind in as few statements as possible. */
export const OUTBOX_HANDLERS: Handlers<Write, OutboxWork> = {
  async settle(tx, settlements) {
    const unlinked = await settleAll(tx, settlements.flat())
    return settlements.map((together) => ({
      ok: true,
      value: together.filter(({ messageId }) => unlinked.delete(messageId)).length,
    }))
  },
  async hold(tx, holds) {
    for (const hold of holds) {
      if ('peerId' in hold) await holdPeer(tx, hold.peerId, hold.untilMs)
      else await holdBot(tx, hold.botId, hold.untilMs)
    }
    return holds.map(() => DONE)
  },
  async markSending(tx, marks) {
    const marked = await markSending(tx, marks)
    // Of two marks of one message, the first has it.
    return marks.map(({ messageIds }) => ({ ok: true, value: messageIds.filter((id) => marked.delete(id)) }))
  },
  enqueue: enqueueAll,
  async touch(tx, touches) {
    await touchApiTokens(tx, touches)
    return touches.map(() => DONE)
  },
}

const DONE: Outcome<undefined> = { ok: true, value: undefined }
