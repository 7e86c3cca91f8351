import { describe } from 'node:test'
import { describeAccounts } from './store/accounts.ts'
import { describeActivity } from './store/activity.ts'
import { describeBotsAndPeers } from './store/bots-and-peers.ts'
import { describeChanges } from './store/changes.ts'
import { describeChats } from './store/chats.ts'
import { describeClockMarks } from './store/clock-marks.ts'
import { describeCodes } from './store/codes.ts'
import { describeDeliveries } from './store/deliveries.ts'
import { describeDeliveryOptions } from './store/delivery-options.ts'
import { describeDepartures } from './store/departures.ts'
import { describeEnqueue } from './store/enqueue.ts'
import type { OpenStore } from './store/given.ts'
import { describeHistory } from './store/history.ts'
import { describeLanes } from './store/lanes.ts'
import { describeMigratedGroups } from './store/migrated-groups.ts'
import { describeNoMisdelivery } from './store/no-misdelivery.ts'
import { describeOperator } from './store/operator.ts'
import { describeOwnBots } from './store/own-bots.ts'
import { describeOwnership } from './store/ownership.ts'
import { describeSearch } from './store/search.ts'
import { describeTallies } from './store/tallies.ts'
import { describeTransactions } from './store/transactions.ts'
import { describeUpdates } from './store/updates.ts'

/** The meaning of `Store`, once. Each engine's own test file only says how to open it. */
export function describeStore(engine: string, open: OpenStore): void {
  describe(`${engine} store`, () => {
    describeAccounts(open)
    describeBotsAndPeers(open)
    describeChats(open)
    describeCodes(open)
    describeMigratedGroups(open)
    describeEnqueue(open)
    describeDepartures(open)
    describeLanes(open)
    describeDeliveryOptions(open)
    describeDeliveries(open)
    describeHistory(open)
    describeSearch(open)
    describeTallies(open)
    describeChanges(open)
    describeTransactions(open)
    describeNoMisdelivery(open)
    describeOwnership(open)
    describeOwnBots(open)
    describeUpdates(open)
    describeClockMarks(open)
    describeOperator(open)
    describeActivity(open)
  })
}
