import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'

const run = promisify(execFile)
const MAIN = join(import.meta.dirname, '../../bench/main.ts')

function bench(...args: string[]) {
  return run(process.execPath, [MAIN, ...args], { maxBuffer: 10 * 2 ** 20 })
}

interface Printed {
  quick: boolean
  results: { benchmark: string; rows: { what: string; ours: number; bare?: { value: number; ratio: number } }[] }[]
}

describe('the benchmarks', () => {
  test('still work, each of them, for a second', async () => {
    const { stdout } = await bench('--quick', '--ten-million', '--json')
    const { quick, results } = JSON.parse(stdout) as Printed
    assert.ok(quick)
    const names = results.map(({ benchmark }) => benchmark)
    assert.deepEqual(names, [
      'intake',
      'delivery',
      'arrival',
      'limit',
      'memory',
      'history',
      'postgres-intake',
      'postgres-delivery',
    ])
    const history = results.find(({ benchmark }) => benchmark === 'history')
    assert.equal(history?.rows.length, 2, 'the longer history is measured as well')
    for (const { benchmark, rows } of results) {
      assert.ok(rows.length > 0, benchmark)
      for (const { what, ours, bare } of rows) {
        const where = `${benchmark}: ${what}`
        assert.ok(Number.isFinite(ours) && (ours > 0 || what.startsWith('answers 429')), where)
        if (bare) assert.ok(bare.value > 0 && Number.isFinite(bare.ratio) && bare.ratio > 0, where)
      }
    }
  })

  test('say how they are used, and know no other names', async () => {
    const { stdout } = await bench('--help')
    for (const option of ['--only', '--quick', '--json', '--write', '--ten-million']) assert.ok(stdout.includes(option))
    await assert.rejects(bench('--only', 'nonsense'), { code: 2 })
  })
})
