import { Refusal } from '../domain/refusals.ts'
import { GroupCommit, type Handlers, type Outcome } from './group-commit.ts'
import { holdBot } from './queries/bots.ts'
import { failQueued } from './queries/change-messages.ts'
import { enqueueAll } from './queries/enqueue.ts'
import { expire, nextExpiry } from './queries/expire.ts'
import { depth, lanes, markSending, waiting } from './queries/lanes.ts'
import { getPeer, holdPeer } from './queries/peers.ts'
import { recover, settleAll } from './queries/settle.ts'
import { touchApiTokens } from './queries/tokens.ts'
import type { Read, Write } from './schema.ts'
import type { Enqueued, NewMessage, Outbox, Records, Settlement } from './store.ts'

/**
 * The length of a transaction, and so the wait of whoever comes next, stays in the order of the disk's sync; and a prepared `in (…)`
 * list has a bound.
 */
const MAX_GROUP = 512

type Work = {
  settle: { input: readonly Settlement[]; output: undefined }
  hold: { input: { peerId: number; untilMs: number } | { botId: string; untilMs: number }; output: undefined }
  markSending: { input: { messageIds: readonly string[]; nowMs: number }; output: string[] }
  enqueue: { input: NewMessage; output: Enqueued }
  touch: { input: { tokenId: string; usedAtMs: number }; output: undefined }
}

/** What is written together, each kind in as few statements as possible. */
const HANDLERS: Handlers<Write, Work> = {
  async settle(tx, settlements) {
    await settleAll(tx, settlements.flat())
    return settlements.map(() => DONE)
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

/**
 * `touchApiToken` goes with the rest, because it comes while messages do: a transaction of its own would have them wait for one
 * sync more. `idle` resolves when all work that was handed in is committed.
 */
export function openOutbox(options: {
  read: <T>(work: (read: Read) => Promise<T>) => Promise<T>
  write: <T>(work: (tx: Write) => Promise<T>) => Promise<T>
  onGroupCommit?: (size: number) => void
}): { outbox: Outbox; touchApiToken: Records['touchApiToken']; idle: () => Promise<void> } {
  const { read, write, onGroupCommit } = options
  const group = new GroupCommit<Write, Work>({
    transaction: write,
    handlers: HANDLERS,
    maxSize: MAX_GROUP,
    mayBeOnesFault: (error) => !(error instanceof Refusal),
    ...(onGroupCommit && { onCommit: onGroupCommit }),
  })
  const outbox: Outbox = {
    enqueue: (message) => group.submit('enqueue', message),
    markSending: async (messageId, nowMs) => {
      const marked = await group.submit('markSending', { messageIds: [messageId], nowMs })
      return marked.length > 0
    },
    markTogether: (messageIds, nowMs) => group.submit('markSending', { messageIds, nowMs }),
    settle: (...settlements) => group.submit('settle', settlements),
    holdPeer: (peerId, untilMs) => group.submit('hold', { peerId, untilMs }),
    holdBot: (botId, untilMs) => group.submit('hold', { botId, untilMs }),
    lanes: (botId, page) => read((db) => lanes(db, botId, page)),
    waiting: (peerId, limit) => read((db) => waiting(db, peerId, limit)),
    depth: (peerId, atMost) => read((db) => depth(db, peerId, atMost)),
    recover: (botId, nowMs) => write((tx) => recover(tx, botId, nowMs)),
    nextExpiry: () => read((db) => nextExpiry(db)),
    expire: (nowMs, limit) => write((tx) => expire(tx, nowMs, limit)),
    failWaiting: (peerId, error, nowMs) =>
      write(async (tx) => {
        const peer = await getPeer(tx, peerId)
        return peer ? await failQueued(tx, { bot_id: peer.botId, peer_id: peerId }, error, nowMs) : 0
      }),
  }
  return {
    outbox,
    touchApiToken: (tokenId, usedAtMs) => group.submit('touch', { tokenId, usedAtMs }),
    idle: () => group.idle(),
  }
}
