import { type Benchmark, type Row, short } from './benchmark.ts'

export interface Result {
  benchmark: Benchmark
  rows: readonly Row[]
}

export interface Report {
  machine: Readonly<Record<string, string>>
  quick: boolean
  size: { seconds: number; rounds: number }
  results: readonly Result[]
}

/** Markdown that is also readable on a terminal: the columns are padded. */
export function printTable({ machine, quick, results }: Report): string {
  const head = Object.entries(machine).map(([what, value]) => `- ${what}: ${value}`)
  const warning = quick ? ['', 'A quick run: these numbers say only that the benchmarks work.'] : []
  const tables = results.map(({ benchmark, rows }) => section(benchmark, table(rows)))
  return [...head, ...warning, '', tables.join('\n\n')].join('\n')
}

function section({ name, about, inTheWay }: Benchmark, rows: string): string {
  const below = inTheWay === undefined ? '' : `\n\n${inTheWay}`
  return `**${name}.** ${about}\n\n${rows}${below}`
}

/** `docs/benchmarks.md`. */
export function printPage(report: Report): string {
  const { seconds, rounds } = report.size
  return `${INTRODUCTION}
Each measurement ran ${seconds} seconds, ${rounds} times in turn with its bare counterpart; medians.

${printTable(report)}
`
}

const INTRODUCTION = `# Benchmarks

Printed by \`npm run bench -- --write\`. Absolute numbers belong to the machine; the ratios compare the program with its bare parts in one
run on the same machine, and are what to look at. The load generator is a process of its own on the same cores. What each benchmark does
is in \`bench/\`.
`

const COLUMNS = ['what', 'ours', 'unit', 'beside', 'theirs', 'ratio', 'aim']

function table(rows: readonly Row[]): string {
  const cells = rows.map(({ what, ours, unit, bare, aim = '' }) => [
    what,
    short(ours),
    unit,
    bare?.what ?? '',
    bare ? short(bare.value) : '',
    bare ? bare.ratio.toFixed(2) : '',
    aim,
  ])
  const widths = COLUMNS.map((title, at) => Math.max(title.length, ...cells.map((row) => row[at]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`
  return [line(COLUMNS), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...cells.map(line)].join('\n')
}
