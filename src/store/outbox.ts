import { GroupCommit, type GroupCommitOptions } from './group-commit.ts'
import { MAX_GROUP, type OutboxWork } from './outbox-work.ts'
import { failQueued } from './queries/change-messages.ts'
import { expire, nextExpiry } from './queries/expire.ts'
import { depth, lanes, waiting } from './queries/lanes.ts'
import { getPeer } from './queries/peers.ts'
import { recover } from './queries/settle.ts'
import type { Read, Write } from './schema.ts'
import type { Outbox, Records } from './store.ts'

/**
 * `touchApiToken` goes with the rest, because it comes while messages do: a transaction of its own would have them wait for one
 * sync more. `idle` resolves when all work that was handed in is committed.
 */
export function openOutbox(options: {
  read: <T>(work: (read: Read) => Promise<T>) => Promise<T>
  write: <T>(work: (tx: Write) => Promise<T>) => Promise<T>
  group: Pick<GroupCommitOptions, 'commit' | 'atOnce'>
}): { outbox: Outbox; touchApiToken: Records['touchApiToken']; idle: () => Promise<void> } {
  const { read, write } = options
  const group = new GroupCommit<OutboxWork>({ ...options.group, maxSize: MAX_GROUP })
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
