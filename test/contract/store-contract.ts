import { describe } from 'node:test'
import type { Store } from '../../src/store/store.ts'
import type { Cleanup } from '../support/test-store.ts'
import { describeAccounts } from './store/accounts.ts'
import { describeBotsAndPeers } from './store/bots-and-peers.ts'
import { describeChanges } from './store/changes.ts'
import { describeChats } from './store/chats.ts'
import { describeCodes } from './store/codes.ts'
import { describeDeliveries } from './store/deliveries.ts'
import { describeEnqueue } from './store/enqueue.ts'
import { describeHistory } from './store/history.ts'
import { describeLanes } from './store/lanes.ts'
import { describeMigratedGroups } from './store/migrated-groups.ts'
import { describeNoMisdelivery } from './store/no-misdelivery.ts'
import { describeTransactions } from './store/transactions.ts'

/** An empty, migrated store that closes itself with the test. */
export type OpenStore = (t: Cleanup) => Promise<Store>

/** The meaning of `Store`, once. Each engine's own test file only says how to open it. */
export function describeStore(engine: string, open: OpenStore): void {
  describe(`${engine} store`, () => {
    describeAccounts(open)
    describeBotsAndPeers(open)
    describeChats(open)
    describeCodes(open)
    describeMigratedGroups(open)
    describeEnqueue(open)
    describeLanes(open)
    describeDeliveries(open)
    describeHistory(open)
    describeChanges(open)
    describeTransactions(open)
    describeNoMisdelivery(open)
  })
}
