import { GroupCommit, type GroupCommitOptions } from './group-commit.ts'
import { OwnershipLost } from '../domain/ownership.ts'
import { MAX_GROUP, NOT_THE_OWNER, type OutboxWork } from './outbox-work.ts'
import { failQueued } from './queries/change-messages.ts'
import { expire, nextExpiry } from './queries/expire.ts'
import { depth, lanes, waiting } from './queries/lanes.ts'
import { getPeer } from './queries/peers.ts'
import { assertServes } from './queries/processes.ts'
import { hasStrays, recover } from './queries/settle.ts'
import type { Read, Write } from './schema.ts'
import type { Outbox } from './outbox.ts'
import type { Records } from './store.ts'

/**
 * `touchApiToken` and `touchSession` go with the rest, because they come while messages do: a transaction of their own would have
 * them wait for one sync more. `idle` resolves when all work that was handed in is committed.
 */
export function openOutbox(options: {
  read: <T>(work: (read: Read) => Promise<T>) => Promise<T>
  write: <T>(work: (tx: Write) => Promise<T>) => Promise<T>
  group: Pick<GroupCommitOptions, 'commit' | 'atOnce' | 'refusesWaiting'>
}): Pick<Records, 'touchApiToken' | 'touchSession'> & { outbox: Outbox; idle: () => Promise<void> } {
  const { read, write } = options
  const group = new GroupCommit<OutboxWork>({ ...options.group, maxSize: MAX_GROUP, refusable: ['enqueue'] })
  const outbox: Outbox = {
    enqueue: (message) => group.submit('enqueue', message),
    markSending: async (messageId, nowMs, fence) => {
      const marked = owned(await group.submit('markSending', { messageIds: [messageId], nowMs, fence }))
      return marked.length > 0
    },
    markTogether: async (messageIds, nowMs, fence) =>
      owned(await group.submit('markSending', { messageIds, nowMs, fence })),
    settle: async (...settlements) => owned(await group.submit('settle', settlements)),
    holdPeer: (peerId, wait, fence) => group.submit('hold', { peerId, wait, fence }),
    holdBot: (botId, wait, fence) => group.submit('hold', { botId, wait, fence }),
    lanes: (botId, page) => read((db) => lanes(db, botId, page)),
    waiting: (peerId, limit) => read((db) => waiting(db, peerId, limit)),
    depth: (peerId, atMost) => read((db) => depth(db, peerId, atMost)),
    recover: (botId, nowMs, fence) => write((tx) => recover(tx, botId, nowMs, fence)),
    recoverStrays: async (botId, strays, nowMs, fence) => {
      const areThere = await read((db) => hasStrays(db, botId, strays))
      return areThere ? await write((tx) => recover(tx, botId, nowMs, fence, strays)) : { queued: 0, lost: 0, calls: 0 }
    },
    nextExpiry: () => read((db) => nextExpiry(db)),
    expire: (nowMs, limit) => write((tx) => expire(tx, nowMs, limit)),
    failWaiting: (peerId, error, nowMs, fence) =>
      write(async (tx) => {
        const peer = await getPeer(tx, peerId)
        if (!peer) return 0
        await assertServes(tx, peer.botId, fence)
        return await failQueued(tx, { bot_id: peer.botId, peer_id: peerId }, error, nowMs)
      }),
  }
  return {
    outbox,
    touchApiToken: (tokenId, usedAtMs) => group.submit('touch', { tokenId, usedAtMs }),
    touchSession: (sessionId, usedAtMs) => group.submit('touch', { sessionId, usedAtMs }),
    idle: () => group.idle(),
  }
}

function owned<T>(result: T | typeof NOT_THE_OWNER): T {
  if (result === NOT_THE_OWNER) throw new OwnershipLost()
  return result
}
