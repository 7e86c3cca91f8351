/**
 * `npm test`: the checks, then every test. With arguments, such as `npm test -- test/domain/ids.test.ts` or
 * `npm test -- --test-name-pattern="a code works once"`, only those tests.
 */
import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { styleText } from 'node:util'

const ROOT = join(import.meta.dirname, '..')

/** No test takes this long; one that does has lost what it waits for. */
const TEST_TIMEOUT_MS = 300_000

const began = performance.now()
const given = process.argv.slice(2)
const checked = given.length > 0 || runNode('scripts/check.ts')
const tested = runNode(
  '--test',
  '--test-reporter=spec',
  `--test-concurrency=${Math.max(2, Math.min(availableParallelism(), 8))}`,
  `--test-timeout=${TEST_TIMEOUT_MS}`,
  ...given.filter((argument) => argument.startsWith('-')),
  ...testFiles(given),
)
conclude()

function testFiles(given: readonly string[]): readonly string[] {
  const named = given.filter((argument) => !argument.startsWith('-'))
  return named.length > 0 ? named : ['test/**/*.test.ts']
}

function conclude(): void {
  const time = `in ${((performance.now() - began) / 1000).toFixed(0)} s`
  const failed = [checked ? [] : ['the checks'], tested ? [] : ['tests']].flat()
  const passed = given.length > 0 ? 'The tests passed' : 'The checks and all tests passed'
  const line = failed.length === 0 ? `✔ ${passed} ${time}.` : `✖ Failed: ${failed.join(' and ')} (${time}).`
  console.log(styleText(failed.length === 0 ? 'green' : 'red', `\n${line}`, { stream: process.stdout }))
  process.exitCode = failed.length === 0 ? 0 : 1
}

function runNode(...args: string[]): boolean {
  return spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' }).status === 0
}
