/**
 * Builds the account page into `web/dist`, compressed too, unless what is there was built of the same sources; then it is silent and quick.
 * `npm run build`, `npm start`, `npm test`, `make` and the image call it.
 *
 *   node scripts/build-page.ts               ends with 1 when the page cannot be built
 *   node scripts/build-page.ts --optional    says so in a sentence and ends with 0: the program runs without its page, too
 */
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify, stripVTControlCharacters } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import { oneAtATime } from './one-at-a-time.mjs'

const ROOT = join(import.meta.dirname, '..')
const WEB = join(ROOT, 'web')
const BUILT = join(WEB, 'dist')
/** Beside the page: of what it was built. */
const STAMP = '.built-of'

const isOptional = process.argv.includes('--optional')

try {
  const wanted = hashOfSources()
  const isThere = (): boolean => stampOf(BUILT) === wanted
  if (!isThere()) {
    const build = async (): Promise<void> => (isThere() ? undefined : await buildPage(wanted))
    await oneAtATime(ROOT, 'page', build, () =>
      console.log('Waiting for another command that builds the account page …'),
    )
  }
} catch (error) {
  console.error(isOptional ? inOneSentence(error) : error)
  if (!isOptional) process.exitCode = 1
}

async function buildPage(wanted: string): Promise<void> {
  console.log('Building the account page (once) …')
  const began = performance.now()
  sweep()
  // In a folder of its own until it is whole: a program may be serving the former one, and this one may be stopped half-way.
  const fresh = join(WEB, `dist-${process.pid}`)
  try {
    mkdirSync(fresh)
    const { build } = await import('vite')
    await build({
      configFile: join(WEB, 'vite.config.ts'),
      // Node reads it as it is; bundled, it would be written to the disk first.
      configLoader: 'native',
      build: { outDir: fresh, emptyOutDir: true },
      // Of an error we say ourselves what is worth saying.
      logLevel: isOptional ? 'silent' : 'warn',
    })
    await compress(fresh)
    writeFileSync(join(fresh, STAMP), wanted)
    putInPlace(fresh, wanted)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
  console.log(`Built in ${((performance.now() - began) / 1000).toFixed(1)} s.`)
}

/** Whoever was faster may have put the same there already, and a program may be reading it. */
function putInPlace(fresh: string, wanted: string): void {
  if (stampOf(BUILT) === wanted) return
  const former = `${fresh}-former`
  if (existsSync(BUILT)) renameSync(BUILT, former)
  try {
    renameSync(fresh, BUILT)
  } catch (error) {
    if (stampOf(BUILT) !== wanted) throw error
  } finally {
    rmSync(former, { recursive: true, force: true })
  }
}

/** What others left behind who were killed in the middle. */
function sweep(): void {
  for (const folder of globSync('dist-*', { cwd: WEB })) {
    const pid = Number(/^dist-(\d+)/.exec(folder)?.[1])
    if (!isAlive(pid)) rmSync(join(WEB, folder), { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function stampOf(folder: string): string | undefined {
  const file = join(folder, STAMP)
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

function hashOfSources(): string {
  const sources = globSync(['web/*.{html,json,ts}', 'web/{src,public}/**/*.*'], { cwd: ROOT }).toSorted()
  const hash = createHash('sha256')
  for (const file of [...sources, 'package-lock.json', 'scripts/build-page.ts']) {
    hash
      .update(file.replaceAll('\\', '/'))
      .update('\0')
      .update(readFileSync(join(ROOT, file)))
  }
  return hash.digest('hex')
}

/** So that the program sends them as they are. What is smaller than a packet gains nothing. */
async function compress(folder: string): Promise<void> {
  const files = globSync('**/*.{html,js,css,svg}', { cwd: folder })
  await Promise.all(
    files.map(async (file) => {
      const path = join(folder, file)
      const plain = readFileSync(path)
      if (plain.length < 1400) return
      writeFileSync(`${path}.gz`, await promisify(gzip)(plain, { level: 9 }))
      writeFileSync(`${path}.br`, await promisify(brotliCompress)(plain))
    }),
  )
}

function inOneSentence(error: unknown): string {
  const instead = existsSync(join(BUILT, 'index.html')) ? 'with the one that was built before' : 'without it'
  return `The account page could not be built (${reasonOf(error)}); Postrider starts ${instead}. npm run build tries again.`
}

/** Of what the system refused the bundler tells below a heading and a request to report it; of what is wrong in a source, after a heading. */
function reasonOf(error: unknown): string {
  const text = stripVTControlCharacters(error instanceof Error ? error.message : String(error))
  const [first = '', second = ''] = text.split('\n').filter((line) => line.trim() !== '')
  return /^\s*(.+ \(os error \d+\))$/m.exec(text)?.[1] ?? (first.endsWith(':') ? second : first)
}
