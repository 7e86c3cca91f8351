import { type Benchmark, type Row, short } from './benchmark.ts'
import type { Machine } from './support/machine.ts'

export interface Result {
  benchmark: Benchmark
  rows: readonly Row[]
}

export interface Report {
  machine: Machine
  quick: boolean
  size: { seconds: number; rounds: number }
  results: readonly Result[]
}

/** Markdown that is also readable on a terminal: the columns are padded. */
export function printTable(report: Report): string {
  const warning = report.quick ? ['', 'A quick run: these numbers say only that the benchmarks work.'] : []
  return [
    ...head(report),
    ...warning,
    '',
    sections(report)
      .map(({ text }) => text)
      .join('\n\n'),
  ].join('\n')
}

function head({ machine }: Report): string[] {
  const { processor, memory, system, versions } = machine
  return Object.entries({ processor, memory, system, versions }).map(([what, value]) => `- ${what}: ${value}`)
}

interface Section {
  name: string
  text: string
}

function sections({ results, machine, size }: Report): Section[] {
  const how = `${size.seconds} seconds, ${size.rounds} times; ${machine.date}, load at the end ${machine.load}`
  return results.map(({ benchmark: { name, about, inTheWay }, rows }) => {
    const below = inTheWay === undefined ? [] : ['', inTheWay]
    return { name, text: [`**${name}.** ${about}`, '', table(rows), '', `Measured: ${how}.`, ...below].join('\n') }
  })
}

/** `docs/benchmarks.md`. What was not measured this time stays as it stands in `former`, where it is one of `names`. */
export function printPage(report: Report, former: string, names: readonly string[]): string {
  const texts = new Map([...sectionsOf(former), ...sections(report)].map(({ name, text }) => [name, text]))
  const kept = names.flatMap((name) => texts.get(name) ?? [])
  return `${INTRODUCTION}\n${[...head(report), '', kept.join('\n\n')].join('\n')}\n`
}

function sectionsOf(page: string): Section[] {
  return page
    .split(/^(?=\*\*[a-z-]+\.\*\* )/m)
    .slice(1)
    .map((text) => ({ name: /[a-z-]+/.exec(text)?.[0] ?? '', text: text.trimEnd() }))
}

const INTRODUCTION = `# Benchmarks

Printed by \`npm run bench -- --write\`. Absolute numbers belong to the machine; the ratios compare the program with its bare parts in one
run on the same machine, and are what to look at. The load generator is a process of its own on the same cores. What each benchmark does
is in \`bench/\`. Each measurement was taken in turn with its bare counterpart, for so many seconds and so many times as stands below it;
medians. The load is that of the whole machine, our own included, which other work may share.
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
