// `npm start` and `npm test` call this first. It installs what package-lock.json names and is not there, by `npm ci`, and is silent and
// quick when nothing is missing. Plain JavaScript, because the host's Node may be older than the one that the project runs on.
//
//   node scripts/ensure-installed.mjs start    what the program needs to run
//   node scripts/ensure-installed.mjs all      that, and what the tests need
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { oneAtATime } from './one-at-a-time.mjs'

/** The oldest Node whose npm can install this project, and the oldest that can run it. */
const OLDEST_TO_INSTALL = 20
const OLDEST_TO_RUN = 24

const root = fileURLToPath(new URL('..', import.meta.url))
const packagedNode = join(root, 'node_modules', '.bin', 'node')
const everything = process.argv[2] === 'all'

if (majorOf(process.versions.node) < OLDEST_TO_INSTALL) {
  fail(
    `Postrider needs Node ${OLDEST_TO_INSTALL} or newer to install itself; this is ${process.version}. Get a current one from https://nodejs.org.`,
  )
}
if (!isComplete()) {
  await oneAtATime(
    root,
    'install',
    () => isComplete() || install(),
    () => console.log('Waiting for another command that installs here …'),
  )
}

/**
 * npm writes node_modules/.package-lock.json when an install is done, and only then: it is the stamp. Packages for other machines are
 * marked optional and may be missing.
 */
function isComplete() {
  const installed = packagesOf(join('node_modules', '.package-lock.json'))
  if (!installed) return false
  const wanted = packagesOf('package-lock.json') ?? {}
  return (
    Object.entries(wanted).every(([path, entry]) => {
      if (path === '' || (!everything && (entry.dev || entry.devOptional))) return true
      const found = installed[path]
      return found ? found.version === entry.version && found.integrity === entry.integrity : entry.optional === true
    }) && canRun()
  )
}

function canRun() {
  return existsSync(packagedNode) || majorOf(process.versions.node) >= OLDEST_TO_RUN
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

function install() {
  console.log(
    `Installing ${everything ? 'everything that the tests need' : 'what Postrider needs to run'} (npm ci, once) …`,
  )
  const began = performance.now()
  const { command, args } = npm()
  const options = ['ci', everything ? '--include=dev' : '--omit=dev', '--include=optional', '--ignore-scripts']
  const quiet = ['--no-audit', '--no-fund', '--no-progress', '--loglevel=error']
  const { status, error, stderr } = spawnSync(command, [...args, ...options, ...quiet], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  if (error && error.code === 'ENOENT')
    fail('npm was not found: install Node together with npm, from https://nodejs.org.')
  if (status !== 0) {
    // npm ends most complaints with its whole manual; the first lines say what is wrong.
    console.error(stderr.split('\n').slice(0, 12).join('\n'))
    fail(`npm ci failed, see above. Is the npm registry reachable, and may this user write in ${root}?`)
  }
  dropNodeThatCannotRun()
  if (!canRun()) {
    fail(
      `Postrider needs Node ${OLDEST_TO_RUN} or newer. This is ${process.version}, and npm has no package of Node for ${process.platform}-${process.arch}: install one from https://nodejs.org.`,
    )
  }
  console.log(`Installed in ${((performance.now() - began) / 1000).toFixed(1)} s.`)
}

/** The npm that called us, run by the Node that runs it: the one in node_modules is about to be replaced. Otherwise the one in PATH. */
function npm() {
  const { npm_execpath: path, npm_node_execpath: node } = process.env
  if (path && basename(path) === 'npm-cli.js') return { command: node ?? process.execPath, args: [path] }
  return { command: 'npm', args: [] }
}

/** The packaged Node is built for glibc. Where it cannot run (Alpine), it must not stand before the host's own in npm's PATH. */
function dropNodeThatCannotRun() {
  if (!existsSync(packagedNode)) return
  try {
    execFileSync(packagedNode, ['--version'], { stdio: 'ignore' })
  } catch {
    rmSync(packagedNode)
  }
}

function majorOf(version) {
  return Number(version.split('.')[0])
}

function fail(sentence) {
  console.error(sentence)
  process.exit(1)
}
