import type { Changed } from './note-changes.ts'

/** What became of one piece of work in a transaction that was committed. A refusal is its own affair: its neighbours stand. */
export type Outcome<T = unknown> = { ok: true; value: T } | { ok: false; error: Error }

/** One piece of work. */
export interface Job {
  kind: string
  input: unknown
}

/** For each kind of work, what goes in and what comes out. */
export type Kinds = Record<string, { input: unknown; output: unknown }>

/** Does all work of one kind at once; as many outcomes as inputs, in their order. */
export type Handlers<Context, K extends Kinds> = {
  readonly [Name in keyof K]: (
    context: Context,
    inputs: readonly K[Name]['input'][],
  ) => Promise<readonly Outcome<K[Name]['output']>[]>
}

/** As many outcomes as jobs, in their order; and how many jobs shared each commit. */
export interface CommittedJobs extends Changed {
  outcomes: readonly Outcome[]
  sizes: readonly number[]
}

export interface CommitTogetherOptions<Context, K extends Kinds> {
  /** Runs in one transaction; resolves after the commit. */
  transaction: <T>(work: (context: Context) => Promise<T>) => Promise<T>
  /** In this order within a transaction. */
  handlers: Handlers<Context, K>
  /** True when a failed transaction may be one piece's fault: each is then tried alone, so that it fails alone. */
  mayBeOnesFault: (error: unknown) => boolean
  /** Told how many pieces of work were in each commit. */
  onCommit?: (size: number) => void
}

/** Does the jobs in one transaction; resolves after the commit with as many outcomes, in their order. Never rejects. */
export async function commitTogether<Context, K extends Kinds>(
  options: CommitTogetherOptions<Context, K>,
  jobs: readonly Job[],
): Promise<Outcome[]> {
  try {
    const outcomes = await options.transaction((context) => perform(options.handlers, context, jobs))
    options.onCommit?.(jobs.length)
    return outcomes
  } catch (thrown) {
    if (jobs.length > 1 && options.mayBeOnesFault(thrown)) return await commitAlone(options, jobs)
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    return jobs.map(() => ({ ok: false, error }))
  }
}

async function commitAlone<Context, K extends Kinds>(
  options: CommitTogetherOptions<Context, K>,
  jobs: readonly Job[],
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const job of jobs) outcomes.push(...(await commitTogether(options, [job])))
  return outcomes
}

async function perform<Context, K extends Kinds>(
  handlers: Handlers<Context, K>,
  context: Context,
  jobs: readonly Job[],
): Promise<Outcome[]> {
  const outcomes = jobs.map(({ kind }): Outcome => ({ ok: false, error: new Error(`no outcome for "${kind}"`) }))
  for (const [kind, handle] of Object.entries(handlers)) {
    const places = [...jobs.keys()].filter((place) => jobs[place]?.kind === kind)
    if (places.length === 0) continue
    const results = await handle(
      context,
      places.map((place) => jobs[place]?.input),
    )
    for (const [index, outcome] of results.entries()) outcomes[places[index] ?? 0] = outcome
  }
  return outcomes
}
