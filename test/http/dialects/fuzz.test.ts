import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DIALECT_NAMES } from '../../../src/domain/dialects.ts'
import type { OpenApiDocument } from '../../../src/http/openapi.ts'
import { basic } from '../../support/accounts.ts'
import { type Ask, type DialectHouse, dialectHouse } from '../../support/dialect-house.ts'

/** Not the one in the document's examples: a fuzzer that changes its own password proves nothing afterwards. */
const PASSWORD = 'nothing that stands in an example'

interface Route {
  method: Ask['method']
  path: string
  /** A good body, as the document shows it. */
  example: Readonly<Record<string, unknown>>
}

function routesOf(document: OpenApiDocument): Route[] {
  const names: ReadonlySet<string> = new Set(DIALECT_NAMES)
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { tags = [] }]) => tags.some((tag) => names.has(tag)))
      .map(([method, { requestBody }]) => ({
        path,
        method: method.toUpperCase() as Ask['method'],
        example: (requestBody?.content['application/json']?.example ?? {}) as Record<string, unknown>,
      })),
  )
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.toWellFormed()),
  fc.string({ unit: 'grapheme-composite', maxLength: 10 }),
  fc.constantFrom('', ' ', '\u0000', '0', '-1', '1e309', '\u202e', '../../etc/passwd', "' or 1=1 --", '{{7*7}}', 'bob'),
)
const anyValue = fc.oneof(
  anyText,
  fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<unknown>,
  fc.constantFrom(true, null, 0, -1, 2 ** 53, 1e308, [], {}, 'x'.repeat(40_000)),
)
const anyName = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'id', 'text', 'token', 'username', ''), anyText)
/** The good body with fields of it taken away, replaced and added. */
interface Changes {
  drop: number[]
  replace: [place: number, value: unknown][]
  add: [name: string, value: unknown][]
}
const changes: fc.Arbitrary<Changes> = fc.record({
  drop: fc.array(fc.nat(8), { maxLength: 2 }),
  replace: fc.array(fc.tuple(fc.nat(8), anyValue), { maxLength: 2 }),
  add: fc.array(fc.tuple(anyName, anyValue), { maxLength: 2 }),
})

function changed(example: Route['example'], { drop, replace, add }: Changes): object {
  const names = Object.keys(example)
  const at = (place: number): string => names[place % Math.max(1, names.length)] ?? 'x'
  const kept = Object.entries(example).filter(([name]) => !drop.some((place) => at(place) === name))
  return Object.fromEntries([...kept, ...replace.map(([place, value]) => [at(place), value]), ...add])
}

const rawBody = fc.oneof(
  anyText,
  fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom('{', '[', '"', 'null', 'a=%', '&&=&', '--x\r\n', '[['.repeat(5000), '{"a":'.repeat(5000)),
)
const contentType = fc.constantFrom(
  'application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'multipart/form-data',
  'multipart/form-data; boundary=',
  'application/json; charset=utf-16',
  'text/plain',
  '/',
)
const segment = fc.oneof(
  fc.nat(3).map(String),
  anyText.map((text) => encodeURIComponent(text)),
  fc.constantFrom('%00', '9007199254740993', '-0', '1.0', '0x1', '%2e%2e'),
)
const query = fc
  .array(fc.tuple(fc.oneof(fc.constantFrom('limit', 'offset', 'skip', 'message'), segment), segment), { maxLength: 3 })
  .map((pairs) => pairs.map((pair) => pair.join('=')).join('&'))
const authorization = fc.oneof(
  { weight: 4, arbitrary: fc.constant(basic('ann', PASSWORD)) },
  fc.constant(undefined),
  anyText.map((text) => Buffer.from(text).toString('latin1')),
  fc.constantFrom(
    'Basic',
    'Basic ',
    'Basic OjpA',
    'Token x',
    'Bearer a.b.c',
    'JWT a.b.c',
    'a.b.c',
    `Token ${'x'.repeat(5000)}`,
  ),
)
const method = fc.constantFrom<Ask['method']>('GET', 'POST', 'PUT', 'PATCH', 'DELETE')

/** Some routes may have renamed or removed her, or given her another password. */
function annIn(house: DialectHouse): () => Promise<void> {
  let passwordHash: string | undefined
  return async () => {
    const found = await house.store.findUserByLogin('ann')
    if (found && found.passwordHash === passwordHash) return
    if (found) await house.store.deleteUser(found.user.id)
    const body = { login: 'ann', password: PASSWORD, name: 'Ann' }
    assert.equal((await house.ask({ method: 'POST', url: '/v1/users', body })).status, 201)
    await house.link('ann')
    passwordHash = (await house.store.findUserByLogin('ann'))?.passwordHash
  }
}

test('whatever is asked of a dialect, nothing breaks, each answer is one of the document, and no refusal stores anything', async (t) => {
  const house = await dialectHouse(t)
  const ensureAnn = annIn(house)
  const routes = routesOf(house.document)
  assert.ok(routes.length > 10)
  const answered = new Set<string>()
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...routes),
      fc.option(method, { freq: 8, nil: undefined }),
      fc.oneof(
        {
          weight: 4,
          arbitrary: fc.record({
            changes,
            form: fc.constantFrom(undefined, 'urlencoded' as const, 'multipart' as const),
          }),
        },
        { weight: 1, arbitrary: fc.record({ raw: rawBody, type: contentType }) },
        { weight: 1, arbitrary: fc.constant({}) },
      ),
      fc.record({ segment, query: fc.option(query, { nil: undefined }), slash: fc.boolean(), authorization }),
      async (
        route,
        other,
        sent: { changes?: Changes; form?: Ask['form']; raw?: string | Buffer; type?: string },
        how,
      ) => {
        await ensureAnn()
        const before = house.everything()
        const path = route.path.replaceAll(/\{\w+\}/g, () => how.segment)
        const turned = how.slash ? (path.endsWith('/') ? path.slice(0, -1) : `${path}/`) : path
        const told = await house.ask({
          method: other ?? route.method,
          url: `${turned === '' ? '/' : turned}${how.query === undefined ? '' : `?${how.query}`}`,
          headers: {
            ...(how.authorization !== undefined && { authorization: how.authorization }),
            ...(sent.type !== undefined && { 'content-type': sent.type }),
          },
          ...(sent.changes && { body: changed(route.example, sent.changes) }),
          ...(sent.form && { form: sent.form }),
          ...(sent.raw !== undefined && { body: sent.raw }),
        })
        answered.add(`${route.method} ${route.path} ${told.status < 400}`)
        if (told.status >= 400)
          assert.equal(house.everything(), before, `${route.method} ${path}: ${told.status} ${told.text}`)
      },
    ),
    { numRuns: 1000 },
  )
  const taken = routes.filter(({ method: name, path }) => answered.has(`${name} ${path} true`))
  assert.ok(taken.length > 5, 'nothing was ever taken, so nothing was tried')
})
