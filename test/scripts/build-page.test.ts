import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder, type UserOfProcess, unprivilegedUser } from '../support/program.ts'

const ROOT = join(import.meta.dirname, '..', '..')

/** A checkout with a page of one line, so that nobody waits for the bundler. */
function checkout() {
  const root = temporaryFolder({ after: () => undefined })
  mkdirSync(join(root, 'web/src'), { recursive: true })
  mkdirSync(join(root, 'scripts'))
  for (const file of ['scripts/build-page.ts', 'scripts/one-at-a-time.mjs', 'web/index.html', 'web/vite.config.ts']) {
    cpSync(join(ROOT, file), join(root, file))
  }
  cpSync(join(ROOT, 'web/public'), join(root, 'web/public'), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'))
  writeFileSync(join(root, 'package.json'), '{"type":"module"}')
  writeFileSync(join(root, 'package-lock.json'), '{}')
  const write = (line: string): void => writeFileSync(join(root, 'web/src/main.tsx'), line)
  write(`document.title = 'first'`)
  const build = (args: readonly string[] = [], as: UserOfProcess = {}) => {
    const script = join(root, 'scripts/build-page.ts')
    return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      execFile(process.execPath, [script, ...args], as, (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
      })
    })
  }
  const scripts = (): string =>
    globSync('web/dist/assets/*.js', { cwd: root })
      .map((file) => readFileSync(join(root, file), 'utf8'))
      .join('\n')
  return { root, write, build, scripts, inWeb: () => readdirSync(join(root, 'web')).sort() }
}

const SILENT = { code: 0, stdout: '', stderr: '' }
const BUILT = ['dist', 'index.html', 'public', 'src', 'vite.config.ts']

test('the page is built once, by however many at a time, and anew when a source is another', async () => {
  const { build, write, scripts, inWeb, root } = checkout()
  mkdirSync(join(root, 'web/dist-99999999/assets'), { recursive: true })
  const both = await Promise.all([build(), build()])
  for (const { code, stderr } of both) assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
  const told = both.map(({ stdout }) => stdout)
  const [built = ''] = told.filter((text) => text.startsWith('Building'))
  const [waited = 'nobody'] = told.filter((text) => !text.startsWith('Building'))
  assert.match(built, /^Building the account page \(once\) …\nBuilt in [\d.]+ s\.\n$/)
  assert.match(waited, /^(Waiting for another command that builds the account page …\n)?$/)
  assert.match(scripts(), /first/)
  assert.deepEqual(inWeb(), BUILT, 'also what somebody left who was killed is gone')
  assert.deepEqual(await build(), SILENT)

  write(`document.title = 'second'`)
  assert.match((await build()).stdout, /^Building/)
  assert.match(scripts(), /second/)
  assert.doesNotMatch(scripts(), /first/)
  assert.deepEqual(await build(), SILENT)
})

test('a page that cannot be built leaves the former one, and only who needs it ends with an error', async () => {
  const { build, write, scripts, inWeb } = checkout()
  const notBuilt =
    /^The account page could not be built \(.+\); Postrider starts without it\. npm run build tries again\.\n$/
  write('import {')
  const without = await build(['--optional'])
  assert.equal(without.code, 0)
  assert.match(without.stderr, notBuilt)
  assert.ok(!inWeb().includes('dist'))

  write(`document.title = 'good'`)
  assert.equal((await build()).code, 0)
  write('import {')
  const { code, stderr } = await build(['--optional'])
  assert.equal(code, 0)
  assert.match(stderr, /; Postrider starts with the one that was built before\./)
  assert.equal((await build()).code, 1)
  assert.match(scripts(), /good/)
  assert.deepEqual(inWeb(), BUILT)
})

test('where nothing may be written the page is left out', async (t) => {
  const as = unprivilegedUser()
  if (as === undefined) return t.skip('there is no user whom the file system stops')
  const { root, build } = checkout()
  chmodSync(root, 0o755)
  chmodSync(join(root, 'web'), 0o555)
  const { code, stderr } = await build(['--optional'], as)
  assert.equal(code, 0)
  assert.match(
    stderr,
    /^The account page could not be built \(EACCES: permission denied, .+\); Postrider starts without it\./,
  )
  assert.ok(!existsSync(join(root, 'web/dist')))
  chmodSync(join(root, 'web'), 0o755)
})
