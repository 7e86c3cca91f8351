/**
 * `npm test`: the checks, then every test. With arguments, such as `npm test -- test/domain/ids.test.ts` or
 * `npm test -- --test-name-pattern="a code works once"`, only those tests.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { styleText } from 'node:util'
import { maySecondTry } from './second-try.ts'

const ROOT = join(import.meta.dirname, '..')

/** The longest takes 1.5 min, and several times that on a busy machine. One that takes this long has lost what it waits for. */
const TEST_TIMEOUT_MS = 600_000

const CONCURRENCY = Math.max(2, Math.min(availableParallelism(), 8))

const began = performance.now()
const given = process.argv.slice(2)
const checked = given.length > 0 || runNode('scripts/check.ts')
const named = given.filter((argument) => !argument.startsWith('-'))
const failedFiles = runTests(named.length > 0 ? named : ['test/**/*.test.ts'], CONCURRENCY)
const passedSecond = given.length > 0 ? [] : secondTry(failedFiles)
conclude()

/** Answers the files in which something failed. */
function runTests(files: readonly string[], concurrency: number): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'postrider-tests-'))
  const list = join(folder, 'failed')
  const passed = runNode(
    '--test',
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    '--test-reporter=./scripts/failed-files.ts',
    `--test-reporter-destination=${list}`,
    `--test-concurrency=${concurrency}`,
    `--test-timeout=${TEST_TIMEOUT_MS}`,
    ...given.filter((argument) => argument.startsWith('-')),
    ...files,
  )
  const failed = readFileSync(list, 'utf8').split('\n').filter(Boolean)
  rmSync(folder, { recursive: true })
  if (passed) return []
  return failed.length > 0 ? failed.map((file) => relative(ROOT, file)) : ['no file that could be named']
}

/** Answers the files that passed this time. */
function secondTry(failed: readonly string[]): readonly string[] {
  if (!maySecondTry(failed)) return []
  console.log(`\nA second try, one after the other: ${failed.join(', ')}\n`)
  const again = runTests(failed, 1)
  return failed.filter((file) => !again.includes(file))
}

function conclude(): void {
  const time = `in ${((performance.now() - began) / 1000).toFixed(0)} s`
  const failed = [checked ? [] : ['the checks'], failedFiles.filter((file) => !passedSecond.includes(file))].flat()
  const passed = given.length > 0 ? 'The tests passed' : 'The checks and all tests passed'
  const line = failed.length === 0 ? `✔ ${passed} ${time}.` : `✖ Failed: ${failed.join(', ')} (${time}).`
  console.log(styleText(failed.length === 0 ? 'green' : 'red', `\n${line}`, { stream: process.stdout }))
  if (passedSecond.length > 0) {
    const race = 'There is a race, in the test or in the page: see above what failed.'
    const text = `Only at the second try: ${passedSecond.join(', ')}. ${race}`
    console.log(styleText('yellow', text, { stream: process.stdout }))
  }
  process.exitCode = failed.length === 0 ? 0 : 1
}

function runNode(...args: string[]): boolean {
  return spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' }).status === 0
}
