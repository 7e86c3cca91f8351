import { commitTogether, type CommittedJobs, type Job } from './commit-together.ts'
import { noteChanges } from './note-changes.ts'
import { OUTBOX_HANDLERS } from './outbox-work.ts'
import type { Engine } from './sql-store.ts'

/** Does work of the outbox in one transaction if it can be; resolves after the commit, also with what it changed. Never rejects. */
export async function commitJobs(
  { transaction, whyUnavailable }: Pick<Engine, 'transaction' | 'whyUnavailable'>,
  jobs: readonly Job[],
): Promise<CommittedJobs> {
  const [changedUsers, changedAccounts, sizes] = [new Set<string>(), new Set<string>(), [] as number[]]
  const outcomes = await commitTogether(
    {
      transaction: async (work) => {
        const { result, changed } = await noteChanges(transaction, work)
        for (const user of changed.changedUsers) changedUsers.add(user)
        for (const account of changed.changedAccounts) changedAccounts.add(account)
        return result
      },
      handlers: OUTBOX_HANDLERS,
      mayBeOnesFault: (error) => whyUnavailable(error) === undefined,
      onCommit: (size) => sizes.push(size),
    },
    jobs,
  )
  return { outcomes, sizes, changedUsers, changedAccounts }
}
