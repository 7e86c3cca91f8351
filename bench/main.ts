/** `npm run bench`: what the program does beside what its bare parts do on the same machine, in one run. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Bench, Benchmark, Row } from './benchmark.ts'
import { arrival } from './arrival.ts'
import { delivery } from './delivery.ts'
import { history } from './history.ts'
import { intake } from './intake.ts'
import { limit } from './limit.ts'
import { memory } from './memory.ts'
import { postgresDelivery } from './postgres-delivery.ts'
import { postgresIntake } from './postgres-intake.ts'
import { machine } from './support/machine.ts'
import { printPage, printTable, type Result } from './report.ts'

const BENCHMARKS: readonly Benchmark[] = [
  intake,
  delivery,
  arrival,
  limit,
  memory,
  history,
  postgresIntake,
  postgresDelivery,
]

const NAMES = BENCHMARKS.map(({ name }) => name)
const PAGE = join(import.meta.dirname, '../docs/benchmarks.md')

const HELP = `npm run bench -- [options]

Measures the program beside its bare parts, in one run on this machine, and prints a table.

  --only NAME     one benchmark; may be repeated: ${NAMES.join(', ')}
  --quick         a second for each, with small backlogs: shows that the benchmarks work, measures nothing
  --rounds N      how often ours and bare take turns; the median counts (default 3)
  --seconds N     how long each measurement runs (default 4)
  --ten-million   history of ten million messages as well (several minutes, 6 GB of disk)
  --json          the results as JSON
  --write         puts what was measured into docs/benchmarks.md; the rest of it stays
  --help          this text

Progress goes to the standard error output. BENCH_NODE_OPTIONS goes to the program as NODE_OPTIONS: with
BENCH_NODE_OPTIONS="--cpu-prof --cpu-prof-dir=/tmp/profiles" it leaves a profile.`

// A benchmark that is cut short leaves nothing running.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
process.exitCode = await main()

async function main(): Promise<number> {
  const { values } = readArguments()
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const unknown = values.only?.find((name) => !NAMES.includes(name))
  if (unknown !== undefined) {
    console.error(`There is no benchmark "${unknown}"; see --help.`)
    return 2
  }
  const wanted = BENCHMARKS.filter(({ name }) => values.only?.includes(name) ?? true)
  const size = {
    seconds: values.quick ? 1 : Number(values.seconds),
    rounds: values.quick ? 1 : Number(values.rounds),
    shrink: values.quick ? 100 : 1,
    tenMillion: values['ten-million'],
  }
  const results: Result[] = []
  for (const benchmark of wanted) results.push({ benchmark, rows: await run(benchmark, size) })
  const report = { machine: machine(), quick: values.quick, size, results }
  console.log(values.json ? JSON.stringify(report, jsonOf, 2) : printTable(report))
  if (values.write) writeFileSync(PAGE, printPage(report, readFileSync(PAGE, 'utf8'), NAMES))
  return 0
}

function readArguments() {
  return parseArgs({
    options: {
      only: { type: 'string', multiple: true },
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '4' },
      'ten-million': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
}

async function run(benchmark: Benchmark, size: Omit<Bench, 'say' | 'after'>): Promise<Row[]> {
  const stack = new AsyncDisposableStack()
  const say = (text: string): void => console.error(`${benchmark.name}: ${text}`)
  const after = (close: () => unknown): void => stack.defer(async () => void (await close()))
  try {
    return await benchmark.run({ ...size, say, after })
  } finally {
    await stack.disposeAsync()
  }
}

/** A benchmark is its name. */
function jsonOf(key: string, value: unknown): unknown {
  return key === 'benchmark' ? (value as Benchmark).name : value
}
