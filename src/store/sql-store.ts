import { Refusal } from '../domain/refusals.ts'
import type { Signal } from '../domain/signal.ts'
import type { Bus } from './bus.ts'
import type { CommittedJobs, Job, Outcome } from './commit-together.ts'
import { type Changed, noteChanges } from './note-changes.ts'
import { openOutbox } from './open-outbox.ts'
import { recordsInside, recordsOutside } from './records.ts'
import type { Read, Schema, Write } from './schema.ts'
import type { Enqueued, NewMessage } from './outbox.ts'
import type { Store } from './store.ts'

/** What a database engine brings; everything else is the same for all of them. */
export interface Engine {
  /** Where reads outside of a transaction go. */
  readonly reader: Read
  /** Runs `work` in a transaction; resolves after the commit. May run it anew when the database asks for that. */
  transaction<T>(work: (tx: Omit<Write, keyof Changed>) => Promise<T>): Promise<T>
  /** Does jobs by `OUTBOX_HANDLERS`, in one transaction if it can be; resolves after the commit. */
  commitJobs(jobs: readonly Job[]): Promise<CommittedJobs>
  /** How many calls of `commitJobs` may be under way; more than 1 when the engine lets jobs of several share a transaction. */
  readonly commitsAtOnce: number
  /** Why the database cannot do it now, in a few words; undefined when the error is a bug of ours. */
  whyUnavailable(error: unknown): string | undefined
  /** True when it took long to find out that the database cannot do it, so that what waits behind it would take as long again. */
  wasLong?(error: unknown): boolean
  /** Why nothing new is to be taken in now, although what is there can still be worked on; undefined when all is well. */
  whyNoIntake?(): string | undefined
  /** Between the processes on this database; absent when there can be but one. */
  readonly bus?: Bus
  migrate(): Promise<number>
  missingSteps(): Promise<number>
  ping(): Promise<void>
  /** How much room the database takes. */
  sizeBytes(): Promise<number>
  close(): Promise<void>
  /** What carrying everything to another database needs. */
  readonly moving: Moving
}

/** A transaction that puts rows in and tells nobody. */
export type Filling = Pick<Write, 'db' | 'runAll' | 'ask' | 'databaseNowMs' | 'contains'>

export interface Moving {
  /** The version of the tables that this program knows. */
  readonly schemaStep: number
  /** What `work` reads is the database at one moment, while others go on writing. */
  snapshot<T>(work: (read: Read) => Promise<T>): Promise<T>
  /** Runs `work` once in a transaction that nobody else writes beside; resolves after the commit. */
  alone<T>(work: (tx: Filling) => Promise<T>): Promise<T>
  /** The tables and views that are there, whosever they are; without those of the engine itself. */
  tables(read: Read): Promise<string[]>
  /** The names of a table's columns, as they are in the database. */
  columns(read: Read, table: keyof Schema): Promise<string[]>
  /** The highest number that a peer ever had. */
  lastPeerId(read: Read): Promise<number>
  /** The next peer gets the number after this one. */
  setLastPeerId(tx: Filling, id: number): Promise<void>
}

export interface SqlStoreOptions {
  /** Told how many pieces of outbox work shared each commit; for metrics. */
  onGroupCommit?: (size: number) => void
}

/** A database that is busy is free again in a moment, and whoever frees a disk needs longer than that. */
const RETRY_AFTER_SECONDS = 2

/** The store's interface over an engine. */
export function sqlStore(engine: Engine, options: SqlStoreOptions = {}): Store {
  let closed = false
  let closing: Promise<void> | undefined
  const listeners = new Set<(userId: string) => void>()
  const accountListeners = new Set<(userId: string) => void>()
  const signalListeners = new Set<(signal: Signal) => boolean>()
  const missedListeners = new Set<() => void>()

  async function guarded<T>(work: () => Promise<T>): Promise<T> {
    if (closed) throw new Refusal('store_unavailable', { detail: 'it is closed' })
    try {
      return await work()
    } catch (error) {
      throw told(error)
    }
  }

  /** What a caller may see of it: that it cannot be done now, or, when it is a bug of ours, the error itself. */
  function told<E>(error: E): E | Refusal {
    const detail = engine.whyUnavailable(error)
    return detail === undefined
      ? error
      : new Refusal('store_unavailable', { detail, cause: error, retryAfterSeconds: RETRY_AFTER_SECONDS })
  }

  async function read<T>(work: (read: Read) => Promise<T>): Promise<T> {
    return await guarded(() => work(engine.reader))
  }

  async function write<T>(work: (tx: Write) => Promise<T>): Promise<T> {
    const { result, changed } = await guarded(() => noteChanges((noted) => engine.transaction(noted), work))
    tell(changed)
    return result
  }

  function tell({ changedUsers, changedAccounts }: Changed): void {
    const [userIds, accountIds] = [[...changedUsers], [...changedAccounts]]
    tellHere(userIds, accountIds)
    if (userIds.length + accountIds.length > 0) engine.bus?.publish({ kind: 'changed', userIds, accountIds })
  }

  /** At once and not in a task of its own: whoever is told that the change is done must not meet the old state in a memory. */
  function tellHere(userIds: readonly string[], accountIds: readonly string[]): void {
    for (const userId of accountIds) for (const listener of accountListeners) listener(userId)
    for (const userId of userIds) for (const listener of listeners) queueMicrotask(() => listener(userId))
  }

  function signalHere(signal: Signal): boolean {
    const answers = [...signalListeners].map((listener) => listener(signal))
    return answers.includes(true)
  }

  engine.bus?.onMessage((message) => {
    if (message.kind === 'changed') tellHere(message.userIds, message.accountIds)
    else if (message.kind === 'missed') for (const listener of missedListeners) listener()
    else signalHere(message)
  })

  async function commit(jobs: readonly Job[]): Promise<readonly Outcome[]> {
    const { outcomes, sizes, ...changed } = await guarded(() => engine.commitJobs(jobs))
    for (const size of sizes) options.onGroupCommit?.(size)
    tell(changed)
    // One for all of a commit that failed.
    const tellings = new Map<Error, Error>()
    const toldOnce = (error: Error): Error => tellings.getOrInsertComputed(error, told)
    return outcomes.map((outcome) => (outcome.ok ? outcome : { ok: false, error: toldOnce(outcome.error) }))
  }

  function refusesWaiting(error: Error): boolean {
    return error instanceof Refusal && error.code === 'store_unavailable' && engine.wasLong?.(error.cause) === true
  }

  /** What was handed in before is committed first. */
  async function close(): Promise<void> {
    await idle()
    closed = true
    await engine.close()
  }

  function assertIntake(): void {
    const detail = engine.whyNoIntake?.()
    if (detail !== undefined) throw new Refusal('store_unavailable', { detail, retryAfterSeconds: RETRY_AFTER_SECONDS })
  }

  async function enqueue(message: NewMessage): Promise<Enqueued> {
    assertIntake()
    return await outbox.enqueue(message)
  }

  const { outbox, touchApiToken, touchSession, idle } = openOutbox({
    read,
    write,
    group: { commit, atOnce: engine.commitsAtOnce, refusesWaiting },
  })
  return {
    outbox: { ...outbox, enqueue },
    ...recordsOutside({ read, write }),
    touchApiToken,
    touchSession,
    transaction: (work) =>
      write(async (tx) => {
        await tx.alone()
        return await work(recordsInside(tx))
      }),
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    signal(signal) {
      if (!signalHere(signal)) engine.bus?.publish(signal)
    },
    onSignal(listener) {
      signalListeners.add(listener)
      return () => signalListeners.delete(listener)
    },
    onMissed(listener) {
      missedListeners.add(listener)
      return () => missedListeners.delete(listener)
    },
    onAccountChange(listener) {
      accountListeners.add(listener)
      return () => accountListeners.delete(listener)
    },
    migrate: () => guarded(() => engine.migrate()),
    missingSteps: () => guarded(() => engine.missingSteps()),
    async ping() {
      assertIntake()
      await guarded(() => engine.ping())
    },
    sizeBytes: () => guarded(() => engine.sizeBytes()),
    close: () => (closing ??= close()),
  }
}
