import { MAX_GROUP, OUTBOX_HANDLERS } from '../outbox-work.ts'
import { commitTogether, type Job, type Outcome } from '../commit-together.ts'
import type { Connection } from './connection.ts'
import { ownDatabase } from './kysely-dialect.ts'
import { whyUnavailable } from './sqlite-error.ts'
import { packError } from './writer-errors.ts'
import type { JobOutcome, JobsReply } from './writer-messages.ts'

/** As it came from the main thread. */
export interface Group {
  id: number
  jobs: readonly Job[]
}

/** Does, inside the writer's thread, the work that shares transactions: all that is there by now in one. */
export class WriterJobs {
  readonly #own: ReturnType<typeof ownDatabase>

  constructor(connection: Connection) {
    this.#own = ownDatabase(connection)
  }

  /** Resolves after the last commit. Never rejects. */
  async perform(groups: readonly Group[]): Promise<JobsReply> {
    const jobs = groups.flatMap((group) => group.jobs)
    const [users, accounts, sizes] = [new Set<string>(), new Set<string>(), [] as number[]]
    const outcomes: JobOutcome[] = []
    for (let start = 0; start < jobs.length; start += MAX_GROUP) {
      const some = await this.#commit(jobs.slice(start, start + MAX_GROUP), { users, accounts, sizes })
      outcomes.push(...some.map(packed))
    }
    const done = groups.map(({ id, jobs: own }) => ({ id, outcomes: outcomes.splice(0, own.length) }))
    return { done, besides: { changedUsers: [...users], changedAccounts: [...accounts], sizes } }
  }

  #commit(
    jobs: readonly Job[],
    told: { users: Set<string>; accounts: Set<string>; sizes: number[] },
  ): Promise<Outcome[]> {
    const { db, ...own } = this.#own
    return commitTogether(
      {
        transaction: async (work) => {
          const [changedUsers, changedAccounts] = [new Set<string>(), new Set<string>()]
          const result = await db.transaction().execute((tx) => work({ ...own, db: tx, changedUsers, changedAccounts }))
          for (const user of changedUsers) told.users.add(user)
          for (const account of changedAccounts) told.accounts.add(account)
          return result
        },
        handlers: OUTBOX_HANDLERS,
        mayBeOnesFault: (error) => whyUnavailable(error) === undefined,
        onCommit: (size) => told.sizes.push(size),
      },
      jobs,
    )
  }
}

function packed(outcome: Outcome): JobOutcome {
  return outcome.ok ? outcome : { ok: false, error: packError(outcome.error) }
}
