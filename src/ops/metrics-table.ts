import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

/** One metric as `docs/metrics.md` shows it. */
export interface MetricRow {
  name: string
  type: 'counter' | 'gauge' | 'histogram'
  help: string
  labels: readonly string[]
  /** When to worry, and what to do then, in a line. */
  red: string
}

type Described<Label extends string> = Pick<MetricRow, 'help' | 'red'> & { labels: readonly Label[] }

/** Makes metrics and keeps their descriptions, so that none is without one. */
export class MetricsTable {
  readonly rows: MetricRow[] = []
  readonly #registers: Registry[]

  constructor(registry: Registry) {
    this.#registers = [registry]
  }

  counter<Label extends string>(shortName: string, described: Described<Label>): Counter<Label> {
    return new Counter(this.#configuration('counter', shortName, described))
  }

  /** `collect` is asked before the value is read. */
  gauge<Label extends string>(
    shortName: string,
    { collect, ...described }: Described<Label> & { collect?: () => Promise<void> },
  ): Gauge<Label> {
    return new Gauge({ ...this.#configuration('gauge', shortName, described), ...(collect && { collect }) })
  }

  histogram<Label extends string>(
    shortName: string,
    { buckets, ...described }: Described<Label> & { buckets: number[] },
  ): Histogram<Label> {
    return new Histogram({ ...this.#configuration('histogram', shortName, described), buckets })
  }

  #configuration<Label extends string>(type: MetricRow['type'], shortName: string, described: Described<Label>) {
    const name = `postrider_${shortName}`
    const { help, labels } = described
    this.rows.push({ name, type, ...described })
    return { name, help, labelNames: labels, registers: this.#registers }
  }
}
