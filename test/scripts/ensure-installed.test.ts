import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { temporaryFolder } from '../support/program.ts'

const ROOT = new URL('../../', import.meta.url)

const LOCK = {
  packages: {
    '': { name: 'x' },
    'node_modules/needed': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/tool': { version: '1.0.0', integrity: 'sha512-b', dev: true },
    'node_modules/other-machine': { version: '1.0.0', integrity: 'sha512-c', optional: true },
  },
}
const NEEDED = { 'node_modules/needed': LOCK.packages['node_modules/needed'] }
const ALL = { ...NEEDED, 'node_modules/tool': LOCK.packages['node_modules/tool'] }

/**
 * A checkout with a lockfile, the record that npm leaves of what is installed, and an npm that writes down what it is asked for and
 * leaves the record of a full installation.
 */
function checkout(t: TestContext, installed?: object) {
  const root = temporaryFolder(t)
  mkdirSync(join(root, 'scripts'))
  mkdirSync(join(root, 'bin'))
  for (const name of ['ensure-installed.mjs', 'one-at-a-time.mjs'])
    cpSync(new URL(`scripts/${name}`, ROOT), join(root, 'scripts', name))
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify(LOCK))
  const record = join(root, 'node_modules/.package-lock.json')
  mkdirSync(join(root, 'node_modules'))
  if (installed) writeFileSync(record, JSON.stringify({ packages: installed }))
  const npm = (script: string): void => {
    writeFileSync(join(root, 'bin/npm'), `#!/bin/sh\n${script}\n`)
    chmodSync(join(root, 'bin/npm'), 0o755)
  }
  writeFileSync(join(root, 'full.json'), JSON.stringify({ packages: ALL }))
  npm('echo "$@" >> asked.txt\ncp full.json node_modules/.package-lock.json')

  const run = async (
    what: string,
    { path = `${join(root, 'bin')}:/usr/bin:/bin`, onSaid }: { path?: string; onSaid?: (said: string) => void } = {},
  ) => {
    const script = join(root, 'scripts/ensure-installed.mjs')
    // Another folder: the script finds its own.
    const options = { cwd: '/', env: { PATH: path } }
    return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const child = execFile(process.execPath, [script, what], options, (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
      })
      if (onSaid) child.stdout?.on('data', onSaid)
    })
  }
  const asked = () => (existsSync(join(root, 'asked.txt')) ? readFileSync(join(root, 'asked.txt'), 'utf8') : '')
  return { root, run, asked, npm }
}

const QUIET = { code: 0, stdout: '', stderr: '' }

test('nothing is said and done when everything is there', async (t) => {
  const { run, asked } = checkout(t, ALL)
  assert.deepEqual(await run('start'), QUIET)
  assert.deepEqual(await run('all'), QUIET)
  assert.equal(asked(), '')
})

test('a start is content with what the program needs, the tests are not', async (t) => {
  const { run, asked } = checkout(t, NEEDED)
  assert.deepEqual(await run('start'), QUIET)
  assert.equal(asked(), '')
  const { code, stdout } = await run('all')
  assert.equal(code, 0)
  assert.match(stdout, /^Installing everything that the tests need .*\nInstalled in [\d.]+ s\.\n$/)
  assert.match(asked(), /^ci --include=dev .*--ignore-scripts/)
  assert.deepEqual(await run('all'), QUIET)
})

test('a fresh checkout, another version and another content are installed, once, without scripts of packages', async (t) => {
  const other = { 'node_modules/needed': { version: '0.9.0', integrity: 'sha512-a' } }
  const tampered = { 'node_modules/needed': { version: '1.0.0', integrity: 'sha512-z' } }
  for (const installed of [undefined, other, tampered]) {
    const { run, asked } = checkout(t, installed)
    assert.equal((await run('start')).code, 0)
    assert.deepEqual(await run('start'), QUIET)
    assert.match(asked(), /^ci --omit=dev --include=optional --ignore-scripts .*\n$/)
  }
})

test('an install that fails says what npm said, without its manual, and what to look at', async (t) => {
  const { run, npm } = checkout(t)
  npm('i=0; while [ $i -lt 100 ]; do echo "npm error $i" >&2; i=$((i+1)); done; exit 1')
  const { code, stderr } = await run('start')
  assert.equal(code, 1)
  assert.match(stderr, /^npm error 0\n[^]*\nnpm ci failed, see above\. .*\n$/)
  assert.ok(stderr.split('\n').length < 20)
})

test('a missing npm is said in one sentence', async (t) => {
  const { run } = checkout(t)
  const { code, stderr } = await run('start', { path: '/nowhere' })
  assert.equal(code, 1)
  assert.match(stderr, /^npm was not found: .*\n$/)
})

test('a packaged Node that cannot run on this machine is taken away after the install', async (t) => {
  const { root, run, npm } = checkout(t)
  npm(
    'mkdir -p node_modules/.bin\nprintf "no program" > node_modules/.bin/node\nchmod +x node_modules/.bin/node\ncp full.json node_modules/.package-lock.json',
  )
  assert.equal((await run('start')).code, 0)
  assert.ok(!existsSync(join(root, 'node_modules/.bin/node')))
})

test('two at once install once, and both end well when it is done', async (t) => {
  const { root, run, asked, npm } = checkout(t)
  npm('echo "$@" >> asked.txt\nwhile [ ! -e go ]; do sleep 0.05; done\ncp full.json node_modules/.package-lock.json')
  // The other one has come, and waits.
  const onSaid = (said: string) => said.includes('Waiting') && writeFileSync(join(root, 'go'), '')
  const [first, second] = await Promise.all([run('start', { onSaid }), run('start', { onSaid })])
  assert.deepEqual([first.code, second.code], [0, 0])
  assert.equal(asked().trim().split('\n').length, 1)
  const told = [first.stdout, second.stdout].map((text) => /^(Installing|Waiting)/.exec(text)?.[0] ?? '')
  assert.deepEqual(
    told.toSorted((a, b) => a.localeCompare(b)),
    ['Installing', 'Waiting'],
  )
  assert.ok(existsSync(join(root, 'node_modules/.package-lock.json')))
})

test('one that was killed while it installed holds up nobody', async (t) => {
  const { root, run, asked, npm } = checkout(t)
  npm('echo "$@" >> asked.txt\nkill -9 $PPID')
  await run('start')
  npm('echo "$@" >> asked.txt\ncp full.json node_modules/.package-lock.json')
  const { code } = await run('start')
  assert.equal(code, 0)
  assert.equal(asked().trim().split('\n').length, 2)
  assert.ok(existsSync(join(root, 'node_modules/.package-lock.json')))
})
