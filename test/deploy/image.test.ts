import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, globSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { newDatabase, testServer } from '../support/postgres-databases.ts'
import { type BuiltStage, buildByHand } from '../support/dockerfile.ts'
import { temporaryFolder, unprivilegedUser } from '../support/program.ts'
import { until } from '../support/until.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const DOCKERFILE = join(ROOT, 'deploy', 'Dockerfile')
const PACKAGE = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
  optionalDependencies: Record<string, string>
}

/** More than this, and somebody put something big into it; the base image comes on top. In bytes. */
const MOST_BYTES = 60e6

describe('the image', () => {
  const into = temporaryFolder({ after: () => undefined })
  const image = buildByHand({ dockerfile: DOCKERFILE, context: ROOT, into })
  const app = join(image.root, 'app')

  test('what was built starts as a user without rights, serves all its pages, and its health is seen', async (t) => {
    const program = await startImage(t, image)
    for (const path of ['/health/ready', '/docs', '/redoc', '/docs/errors', '/openapi.json']) {
      assert.equal((await fetch(program.url + path)).status, 200, path)
    }
    const redoc = await (await fetch(`${program.url}/redoc`)).text()
    const bundle = /<script[^>]* src="([^"]+)"/.exec(redoc)?.[1] ?? ''
    assert.equal((await fetch(new URL(bundle, program.url))).status, 200, bundle)
    assert.equal((await fetch(program.phoneUrl)).status, 200)
    await servesTheAccountPage(program.url)

    assert.deepEqual(checkHealth(image, program.url), { status: 0, stderr: '' })
    program.process.kill('SIGTERM')
    assert.deepEqual(await once(program.process, 'exit'), [0, null])
    assert.deepEqual(checkHealth(image, program.url), { status: 1, stderr: 'not ready: ECONNREFUSED\n' })
  })

  test('has what PostgreSQL needs, too', async () => {
    const { url } = await testServer()
    const [, ...entry] = image.entrypoint.map((word) => inside(image, word))
    const env = { ...image.env, PATH: process.env['PATH'], DATA_DIR: join(image.root, 'data') }
    const DATABASE_URL = url(await newDatabase())
    execFileSync(process.execPath, [...entry, 'migrate'], { cwd: into, env: { ...env, DATABASE_URL }, stdio: 'pipe' })
  })

  test('has the packages that the program needs, and none of those that the page was built from', () => {
    const there = (name: string): boolean => existsSync(join(app, 'node_modules', name, 'package.json'))
    const ofTheProgram = new Set(imported('src/**/*.ts'))
    const ofThePage = imported('web/**/*.{ts,tsx}').filter((name) => !ofTheProgram.has(name))
    assert.ok(ofTheProgram.has('fastify') && ofThePage.includes('react'))
    for (const name of Object.keys(PACKAGE.dependencies)) assert.equal(there(name), ofTheProgram.has(name), name)
    for (const name of [
      ...Object.keys(PACKAGE.devDependencies),
      ...Object.keys(PACKAGE.optionalDependencies),
      ...ofThePage,
    ])
      assert.ok(!there(name), name)
  })

  test('has the whole program and the built page, and nothing of the checkout beside them', () => {
    assert.deepEqual(readdirSync(app).sort(), ['deploy', 'docs', 'node_modules', 'package.json', 'src', 'web'])
    assert.deepEqual(readdirSync(join(app, 'web')), ['dist'])
    assert.deepEqual(
      globSync('**', { cwd: join(app, 'src') }).sort(),
      globSync('**', { cwd: join(ROOT, 'src') }).sort(),
    )
  })

  test('is small', () => {
    const files = readdirSync(app, { recursive: true, encoding: 'utf8' })
    const bytes = files.reduce((sum, file) => sum + statSync(join(app, file)).size, 0)
    assert.ok(bytes < MOST_BYTES, `${(bytes / 1e6).toFixed(0)} MB`)
  })

  test('runs the Node that npm brings along elsewhere, and not as root', () => {
    for (const version of Object.values(PACKAGE.optionalDependencies)) assert.ok(image.from.includes(`:${version}-`))
    assert.equal(image.user, 'node')
    assert.equal(image.env['NODE_ENV'], 'production')
  })
})

interface RunningImage {
  url: string
  phoneUrl: string
  process: ChildProcess
}

async function startImage(t: TestContext, image: BuiltStage): Promise<RunningImage> {
  const user = unprivilegedUser()
  const data = join(image.root, 'data')
  openTheWayTo(image.root)
  if (user?.uid !== undefined) chownSync(data, user.uid, user.gid ?? user.uid)
  const [, ...entry] = image.entrypoint.map((word) => inside(image, word))
  const child = spawn(process.execPath, [...entry, ...image.command], {
    cwd: join(image.root, 'app'),
    // On free ports of this machine alone; everything else is as the image says.
    env: { ...image.env, PATH: process.env['PATH'], DATA_DIR: data, HOST: '127.0.0.1', PORT: '0', SANDBOX_PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...user,
  })
  t.after(() => void child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  await until('it is up', () => {
    assert.equal(child.exitCode, null, output)
    return output.includes('Ctrl-C stops it.')
  })
  const address = (what: string): string => new RegExp(`^ {2}${what}\\s+(http\\S+)`, 'm').exec(output)?.[1] ?? ''
  return { url: address('API'), phoneUrl: address('Phone'), process: child }
}

/** Its document at every path, and each script and sheet that the document names. */
async function servesTheAccountPage(url: string): Promise<void> {
  const document = await (await fetch(`${url}/app/messages`)).text()
  const files = [...document.matchAll(/ (?:src|href)="(\/app\/[^"]+)"/g)].map(([, path = '']) => path)
  assert.ok(files.some((path) => path.endsWith('.js')) && files.some((path) => path.endsWith('.css')), document)
  for (const path of files) assert.equal((await fetch(url + path)).status, 200, path)
}

/** Names of packages that sources import or resolve. */
function imported(pattern: string): string[] {
  const sources = globSync(pattern, { cwd: ROOT }).map((file) => readFileSync(join(ROOT, file), 'utf8'))
  const quoted = sources.flatMap((source) => [
    ...source.matchAll(/(?:from|import|import\(|resolve\(|target:) ?['"]([^'".][^'"]*)['"]/g),
  ])
  return quoted.map(([, path = '']) => path.split('/', path.startsWith('@') ? 2 : 1).join('/'))
}

/** The healthcheck of the image beside a program that listens where `url` says. */
function checkHealth(image: BuiltStage, url: string): { status: number | null; stderr: string } {
  const [command, ...args] = image.healthcheck.map((word) => inside(image, word))
  assert.equal(command, 'node')
  const env = { ...image.env, PORT: new URL(url).port }
  const { status, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' })
  return { status, stderr }
}

function inside(image: BuiltStage, word: string): string {
  return word.startsWith('/') ? image.root + word : word
}

/** Temporary folders are for their owner alone, and the program runs as somebody else. */
function openTheWayTo(root: string): void {
  chmodSync(join(root, '..'), 0o755)
  execFileSync('chmod', ['-R', 'a+rX', root])
}
