/**
 * Builds the account page into `web/dist`, compressed too, unless what is there was built of the same sources. `npm start` and `npm test`
 * call it; it is silent and quick when there is nothing to do.
 */
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import { build } from 'vite'

const ROOT = join(import.meta.dirname, '..')
const WEB = join(ROOT, 'web')
const BUILT = join(WEB, 'dist')
/** Beside the page: of what it was built. */
const STAMP = '.built-of'

const wanted = hashOfSources()
if (!existsSync(join(BUILT, STAMP)) || readFileSync(join(BUILT, STAMP), 'utf8') !== wanted) await buildPage()

async function buildPage(): Promise<void> {
  console.log('Building the account page (once) …')
  const began = performance.now()
  // In a folder of its own until it is whole: two may build at once, and one may be stopped half-way.
  const fresh = join(WEB, `dist-${process.pid}`)
  try {
    await build({
      configFile: join(WEB, 'vite.config.ts'),
      build: { outDir: fresh, emptyOutDir: true },
      logLevel: 'warn',
    })
    await compress(fresh)
    writeFileSync(join(fresh, STAMP), wanted)
    rmSync(BUILT, { recursive: true, force: true })
    renameSync(fresh, BUILT)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
  console.log(`Built in ${((performance.now() - began) / 1000).toFixed(1)} s.`)
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
