import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Benchmark } from '../../bench/benchmark.ts'
import { printPage, type Report } from '../../bench/report.ts'
import { machine } from '../../bench/support/machine.ts'

function reportOf(names: readonly string[], ours: number): Report {
  const benchmark = (name: string): Benchmark => ({ name, about: `About ${name}.`, run: async () => [] })
  const results = names.map((name) => ({ benchmark: benchmark(name), rows: [{ what: 'it', ours, unit: 'ms' }] }))
  return { machine: machine(), quick: false, size: { seconds: 1, rounds: 1 }, results }
}

test('a run of some benchmarks leaves the numbers of the others on the page, and drops what is no benchmark any more', () => {
  const names = ['one', 'one-more', 'three']
  const former = printPage(reportOf(['gone', 'one', 'three'], 111), '', ['gone', ...names])
  const page = printPage(reportOf(['one-more', 'three'], 222), former, names)
  const order = [...page.matchAll(/^\*\*([a-z-]+)\.\*\*/gm)].map(([, name]) => name)
  assert.deepEqual(order, names)
  assert.deepEqual(
    [...page.matchAll(/^\| it +\| (\d+)/gm)].map(([, ours]) => Number(ours)),
    [111, 222, 222],
  )
  assert.equal(printPage(reportOf([], 0), page, names), page)
})
