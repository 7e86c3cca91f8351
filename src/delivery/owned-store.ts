import type { BotClaim } from '../domain/ownership.ts'
import type { Outbox } from '../store/outbox.ts'
import type { Records, Store } from '../store/store.ts'

/** What is written for a bot, beside its outbox. */
const WRITES = [
  'createChatCode',
  'endTakeOver',
  'linkChat',
  'migratePeer',
  'noteBotMet',
  'savePeer',
  'setBotState',
  'setPeerStatus',
  'setUpdateOffset',
  'unlinkChat',
] as const satisfies readonly (keyof Records)[]

/**
 * The store for all that works for one bot: whatever it writes is written under the number of the claim, and rejects with
 * `OwnershipLost` when the bot was claimed by others since. Reads are those of anybody.
 */
export function ownedStore(store: Store, { botId, fence }: BotClaim): Store {
  const transaction: Store['transaction'] = (work) =>
    store.transaction(async (records) => {
      await records.assertServes(botId, fence)
      return await work(records)
    })
  const guarded = WRITES.map((name) => {
    const write = (...given: never[]): Promise<unknown> =>
      transaction((records) => (records[name] as (...values: never[]) => Promise<unknown>)(...given))
    return [name, write]
  })
  const writes = Object.fromEntries(guarded) as Pick<Store, (typeof WRITES)[number]>
  return { ...store, ...writes, transaction, outbox: ownedOutbox(store.outbox, fence) }
}

function ownedOutbox(outbox: Outbox, fence: number): Outbox {
  return {
    ...outbox,
    markSending: (messageId, nowMs) => outbox.markSending(messageId, nowMs, fence),
    markTogether: (messageIds, nowMs) => outbox.markTogether(messageIds, nowMs, fence),
    settle: (...settlements) => outbox.settle(...settlements.map((settlement) => ({ ...settlement, fence }))),
    failWaiting: (peerId, error, nowMs) => outbox.failWaiting(peerId, error, nowMs, fence),
    recover: (botId, nowMs) => outbox.recover(botId, nowMs, fence),
    recoverStrays: (botId, strays, nowMs) => outbox.recoverStrays(botId, strays, nowMs, fence),
    holdPeer: (peerId, wait) => outbox.holdPeer(peerId, wait, fence),
    holdBot: (botId, wait) => outbox.holdBot(botId, wait, fence),
  }
}
