/** One line of the table. */
export interface Row {
  what: string
  ours: number
  unit: string
  /** What the same machine does with the bare parts, measured in the same run. */
  bare?: { what: string; value: number; ratio: number }
  /** What the ratio, or the value where there is none, should be. */
  aim?: string
}

export interface Bench {
  /** How long each measurement runs, in seconds. */
  readonly seconds: number
  /** How often ours and the bare parts take turns; the median counts. */
  readonly rounds: number
  /** Sizes of backlogs and histories are divided by this: 1 in a full run. */
  readonly shrink: number
  /** Ten million messages of history as well. */
  readonly tenMillion: boolean
  /** Progress, for people. */
  say(text: string): void
  /** Called at the benchmark's end, last one first. */
  after(close: () => unknown): void
}

export interface Benchmark {
  /** For `--only`. */
  name: string
  /** What is compared with what, in a sentence. */
  about: string
  /** Where it falls short of its aim: what is in the way, as profiles show it. */
  inTheWay?: string
  run(bench: Bench): Promise<Row[]>
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}

/** The value below which this share of the values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/**
 * Ours and bare in turn, so that what else the machine does meanwhile falls on both. The ratio is the median of the rounds' ratios, each
 * taken from two measurements that are seconds apart.
 */
export async function sideBySide(
  bench: Pick<Bench, 'rounds' | 'say'>,
  row: { what: string; unit: string; aim?: string; bareWhat: string },
  measure: { ours: () => Promise<number>; bare: () => Promise<number> },
): Promise<Row> {
  const pairs: { ours: number; bare: number }[] = []
  for (let round = 1; round <= bench.rounds; round++) {
    const pair = { ours: await measure.ours(), bare: await measure.bare() }
    pairs.push(pair)
    bench.say(`${row.what}: ${short(pair.ours)} ${row.unit}; ${row.bareWhat}: ${short(pair.bare)}`)
  }
  const { what, unit, aim, bareWhat } = row
  return {
    what,
    unit,
    ours: median(pairs.map(({ ours }) => ours)),
    bare: {
      what: bareWhat,
      value: median(pairs.map(({ bare }) => bare)),
      ratio: median(pairs.map(({ ours, bare }) => ours / bare)),
    },
    ...(aim !== undefined && { aim }),
  }
}

/** Three digits that mean something, and no exponent. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '?'
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en')
  return value.toPrecision(3)
}
