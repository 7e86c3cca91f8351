import { commitJobs } from '../commit-jobs.ts'
import type { CommittedJobs, Job, Outcome } from '../commit-together.ts'
import { MAX_GROUP } from '../outbox-work.ts'
import type { Engine } from '../sql-store.ts'
import type { Connection } from './connection.ts'
import { ownDatabase } from './kysely-dialect.ts'
import { whyUnavailable } from './sqlite-error.ts'
import { packError } from './writer-errors.ts'
import type { Besides, JobOutcome, JobsReply } from './writer-messages.ts'

/** As it came from the main thread. */
export interface Group {
  id: number
  jobs: readonly Job[]
}

/** Does, inside the writer's thread, the work that shares transactions: all that is there by now in one. */
export class WriterJobs {
  readonly #engine: Parameters<typeof commitJobs>[0]

  constructor(connection: Connection) {
    const { db, ...own } = ownDatabase(connection)
    const transaction: Engine['transaction'] = (work) => db.transaction().execute((tx) => work({ ...own, db: tx }))
    this.#engine = { transaction, whyUnavailable }
  }

  /** Resolves after the last commit. Never rejects. */
  async perform(groups: readonly Group[]): Promise<JobsReply> {
    const jobs = groups.flatMap((group) => group.jobs)
    const committed: CommittedJobs[] = []
    for (let start = 0; start < jobs.length; start += MAX_GROUP) {
      committed.push(await commitJobs(this.#engine, jobs.slice(start, start + MAX_GROUP)))
    }
    const outcomes = committed.flatMap((one) => one.outcomes.map(packed))
    const done = groups.map(({ id, jobs: own }) => ({ id, outcomes: outcomes.splice(0, own.length) }))
    return { done, besides: besidesOf(committed) }
  }
}

function besidesOf(committed: readonly CommittedJobs[]): Besides {
  return {
    changedUsers: [...new Set(committed.flatMap(({ changedUsers }) => [...changedUsers]))],
    changedAccounts: [...new Set(committed.flatMap(({ changedAccounts }) => [...changedAccounts]))],
    sizes: committed.flatMap(({ sizes }) => sizes),
  }
}

function packed(outcome: Outcome): JobOutcome {
  return outcome.ok ? outcome : { ok: false, error: packError(outcome.error) }
}
