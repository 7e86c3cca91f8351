import assert from 'node:assert/strict'
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { complaintsAbout, readArchitecture } from '../scripts/architecture.ts'

const ROOT = join(import.meta.dirname, '..')

/** A copy of the real sources with these files put in. */
function houseWith(t: TestContext, files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'postrider-house-'))
  t.after(() => rmSync(root, { recursive: true, force: true }))
  for (const folder of ['src', 'web/src']) cpSync(join(ROOT, folder), join(root, folder), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'))
  writeFileSync(join(root, 'package.json'), '{"type":"module","dependencies":{"pino":"*","kysely":"*","fastify":"*"}}')
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), content)
  }
  return root
}

test('imports follow the arrows, and every source file was looked at', async () => {
  assert.deepEqual(complaintsAbout(await readArchitecture(ROOT)), [])
})

/** One violation of each rule: the file, what stands in it, and how the name of the rule that must see it begins. */
const PLANTED: readonly { file: string; content: string; rule: string }[] = [
  {
    file: 'src/domain/a.ts',
    content: `import { join } from 'node:path'\nexport const a = join`,
    rule: 'domain-is-pure',
  },
  { file: 'src/domain/b.ts', content: `import pino from 'pino'\nexport const b = pino`, rule: 'domain-is-pure' },
  {
    file: 'src/domain/c.ts',
    content: `import type { Store } from '../store/store.ts'\nexport type C = Store`,
    rule: 'domain-may-import-only-itself',
  },
  {
    file: 'src/telegram/d.ts',
    content: `export { SETTINGS } from '../config/settings.ts'`,
    rule: 'telegram-may-import-only-domain',
  },
  {
    file: 'src/cli/e.ts',
    content: `export const e = () => import('../telegram/telegram-client.ts')`,
    rule: 'cli-may-import-only-config-domain-usecases-ops',
  },
  {
    file: 'src/usecases/f.ts',
    content: `export { f } from '../store/sqlite/f.ts'`,
    rule: 'store-by-its-front-door',
  },
  { file: 'src/usecases/g.ts', content: `import pino from 'pino'\nexport const g = pino`, rule: 'only-ops-knows-' },
  {
    file: 'src/http/h.ts',
    content: `import { Kysely } from 'kysely'\nexport const h = Kysely`,
    rule: 'only-store-knows-',
  },
  { file: 'src/ops/i.ts', content: `export { i } from '../../test/i.ts'`, rule: 'src-not-to-test' },
  { file: 'src/ops/j.ts', content: `import type { K } from './k.ts'\nexport type J = K`, rule: 'no-cycles' },
  { file: 'src/ops/l.ts', content: `const l = 1`, rule: 'nothing-forgotten' },
  {
    file: 'web/src/api/m.ts',
    content: `export { Logo as m } from '../shell/logo.tsx'`,
    rule: 'page-api-may-import-only-itself',
  },
  {
    file: 'web/src/parts/n.tsx',
    content: `import { HomePage } from '../pages/home/home-page.tsx'\nexport const N = () => <HomePage />`,
    rule: 'page-parts-may-import-only-api',
  },
  {
    file: 'web/src/pages/home/o.tsx',
    content: `export const o = () => import('../bots/bots-page.tsx')`,
    rule: 'pages-stand-alone',
  },
  {
    file: 'web/src/api/p.ts',
    content: `import type { Message } from '../../../src/domain/message.ts'\nexport type P = Message`,
    rule: 'page-knows-only-the-api',
  },
  {
    file: 'web/src/parts/q.ts',
    content: `import { join } from 'node:path'\nexport const q = join`,
    rule: 'page-runs-in-browsers',
  },
  {
    file: 'web/src/shell/r.tsx',
    content: `import { S } from './s.tsx'\nexport const R = () => <S />`,
    rule: 'no-cycles',
  },
  { file: 'web/src/parts/t.ts', content: `const t = 1`, rule: 'nothing-forgotten' },
]

test('a planted violation of each rule is seen', async (t) => {
  const house = houseWith(t, {
    ...Object.fromEntries(PLANTED.map(({ file, content }) => [file, content])),
    'src/store/sqlite/f.ts': `import type { Store } from '../store.ts'\nexport const f: Store | undefined = undefined`,
    'src/ops/k.ts': `import type { J } from './j.ts'\nexport type K = J`,
    'web/src/shell/s.tsx': `import { R } from './r.tsx'\nexport const S = () => <b>{String(R)}</b>`,
    'test/i.ts': `export const i = 1`,
  })
  const complaints = complaintsAbout(await readArchitecture(house))
  for (const { file, rule } of PLANTED) {
    const found = complaints.some((complaint) => complaint.startsWith(rule) && complaint.includes(`: ${file} `))
    assert.ok(found, `${rule} did not see ${file}:\n${complaints.join('\n')}`)
  }
})

test('a tool that read nothing is not believed', () => {
  const complaints = complaintsAbout({ violations: [], seen: [], there: ['src/main.ts'], imports: 0 })
  assert.equal(complaints.length, 2)
})

/** The path part of a file's URL is no path: a blank in the checkout's own path stands in it as `%20`. */
function takesUrlForPath(source: string): boolean {
  return /import\.meta\.(?:url|resolve)/.test(source) && /\.pathname\b|\bpathname\b[^(\n]*\} = /.test(source)
}

test('no file takes the path part of its own URL for a path, so that a checkout may lie in a folder with a blank', () => {
  const pattern = '{bench,bin,scripts,src,test,web/src}/**/*.{ts,tsx,mjs,cjs,js}'
  const files = globSync(pattern, { cwd: ROOT }).filter((file) => join(ROOT, file) !== import.meta.filename)
  assert.ok(files.length > 300, `${files.length} files were looked at`)
  const wrong = files.filter((file) => takesUrlForPath(readFileSync(join(ROOT, file), 'utf8')))
  assert.deepEqual(wrong, [], 'import.meta.dirname, or fileURLToPath of node:url, knows the path')
})

test('the path part of a URL is seen where it is taken for a path', () => {
  assert.ok(takesUrlForPath(`const MAIN = new URL('../main.ts', import.meta.url).pathname`))
  assert.ok(takesUrlForPath(`const ROOT = new URL('..', import.meta.url)\nspawn(new URL('main.ts', ROOT).pathname)`))
  assert.ok(takesUrlForPath(`const { pathname } = new URL(import.meta.resolve('pg'))`))
  assert.ok(!takesUrlForPath(`const { pathname } = new URL(request.url)`))
  assert.ok(!takesUrlForPath(`readFileSync(new URL('page.html', import.meta.url))`))
})
