import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { REFUSALS } from '../../src/domain/refusals.ts'
import { checkAnswer } from '../support/answer-schema.ts'
import { type Messages, type Person, startMessages } from '../support/messages.ts'

const loneSurrogate = fc.constantFrom('\ud800', 'a\udfff', '\udc00\ud800', '😀\ud83d', '\u0000\udbff')
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 50 }),
  fc.string({ unit: 'grapheme-composite', maxLength: 20 }),
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    '\u202e',
    'a\u0301',
    '\ufeff',
    '\u2028',
    '../../etc/passwd',
    "' or 1=1 --",
    '{{7*7}}',
  ),
  loneSurrogate,
)
const junk = fc.oneof(
  anyText,
  fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<unknown>,
  fc.double(),
  fc.bigInt().map(Number),
)
const fieldName = fc.oneof(
  fc.constantFrom('text', 'chatId', 'silent', '__proto__', 'constructor', 'prototype', 'toString', 'id', 'userId', ''),
  anyText,
)
/** Duplicates of a name are kept, as a stranger may write them. */
const jsonObject = fc
  .array(fc.tuple(fieldName, fc.oneof(junk, anyText, fc.boolean())), { maxLength: 5 })
  .map((entries) => `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${written(value)}`).join(',')}}`)

function written(value: unknown): string {
  return JSON.stringify(value) ?? 'null'
}

const nested = fc
  .tuple(fc.constantFrom('[', '{"text":', '{"a":[{"b":'), fc.integer({ min: 1, max: 20_000 }))
  .map(([open, depth]) => open.repeat(depth))

const cut = fc.tuple(jsonObject, fc.nat({ max: 60 })).map(([json, at]) => json.slice(0, at))

const rawBody: fc.Arbitrary<string | Buffer> = fc.oneof(
  jsonObject,
  junk.map(written),
  cut,
  nested,
  anyText.map((text) => text.toWellFormed()),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.concat([Buffer.from('{"text":"'), bytes, Buffer.from('"}')])),
)

const contentType = fc.oneof(
  { weight: 8, arbitrary: fc.constant('application/json') },
  fc.constantFrom(
    'application/json; charset=utf-16',
    'application/json;',
    'text/plain',
    'multipart/form-data',
    '',
    '/',
    ';',
    'a',
  ),
  fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)), maxLength: 30 }),
)

/** What the contract takes, said a second time and in another way than the schema. */
function isGood(body: string | Buffer): boolean {
  const text = Buffer.isBuffer(body) ? new TextDecoder('utf-8', { fatal: true }) : undefined
  try {
    const parsed: unknown = JSON.parse(text ? text.decode(body as Buffer) : String(body))
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return false
    const fields = parsed as Record<string, unknown>
    if (Object.keys(fields).some((name) => name !== 'text' && name !== 'silent')) return false
    if (Object.hasOwn(fields, 'silent') && typeof fields['silent'] !== 'boolean') return false
    const length =
      typeof fields['text'] === 'string' && fields['text'].isWellFormed() ? Array.from(fields['text']).length : 0
    return length >= 1 && length <= 32_768
  } catch {
    return false
  }
}

async function stored({ call }: Messages, { as }: Person): Promise<number> {
  const { json } = await call('GET', '/v1/messages?limit=200', { as })
  return (json['items'] as []).length
}

describe('whatever is sent', () => {
  test('POST /v1/messages takes what the contract takes, and refuses all else without storing it', async (t) => {
    const api = await startMessages(t)
    let people = 0
    let takenOnce = false
    await fc.assert(
      fc.asyncProperty(rawBody, contentType, async (body, type) => {
        const ann = await api.person(`ann${++people}`)
        const headers = { authorization: ann.as, 'content-type': type }
        const answer = await api.server.inject({ method: 'POST', url: '/v1/messages', headers, payload: body })
        checkAnswer(api.document, 'POST', '/v1/messages', answer)
        const taken = answer.statusCode === 202
        takenOnce ||= taken
        if (type === 'application/json') assert.equal(taken, isGood(body), `${answer.statusCode} ${answer.body}`)
        assert.ok(answer.statusCode < 500)
        assert.equal(await stored(api, ann), taken ? 1 : 0)
      }),
      {
        numRuns: 400,
        examples: [
          ['{"text":"a","text":"\\ud800"}', 'application/json'],
          ['{"text":"\\ud800","text":"a"}', 'application/json'],
          [`{"text":${'['.repeat(100_000)}`, 'application/json'],
          [`${'['.repeat(100_000)}"\\u0041"${']'.repeat(100_000)}`, 'application/json'],
          [`${'{"a":'.repeat(50_000)}{"__proto__":"\\u0041"}${'}'.repeat(50_000)}`, 'application/json'],
          [`{"text":"a"${',"b":1'.repeat(50_000)}}`, 'application/json'],
          [`{"text":"${'\\ud83d\\ude00'.repeat(32_768)}"}`, 'application/json'],
          [`{"text":"${'x'.repeat(32_769)}"}`, 'application/json'],
          [
            Buffer.from([0x7b, 0x22, 0x74, 0x65, 0x78, 0x74, 0x22, 0x3a, 0x22, 0xc3, 0x28, 0x22, 0x7d]),
            'application/json',
          ],
        ],
      },
    )
    assert.ok(takenOnce, 'nothing was ever taken, so nothing was tried')
  })

  test('every route answers as the document says, and never with a fault of ours', async (t) => {
    const api = await startMessages(t)
    const ann = await api.person('ann')
    // The use cases of chats are not part of this server; `/metrics` and readiness take nothing from a caller.
    const routes = Object.entries(api.document.paths)
      .filter(([path]) => /^\/v1\/(users|sessions|me|tokens|messages)/.test(path))
      .flatMap(([path, methods]) => Object.keys(methods).map((method) => ({ path, method: method.toUpperCase() })))
    assert.ok(routes.length > 10)
    const segment = fc.oneof(
      anyText.map((text) => encodeURIComponent(text.toWellFormed())),
      fc.constantFrom('%', '%zz', '%00', '..', '%2f', 'x'.repeat(500)),
    )
    const query = fc
      .array(fc.tuple(segment, segment), { maxLength: 3 })
      .map((pairs) => pairs.map((pair) => pair.join('=')).join('&'))
    const methods = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS')
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...routes),
        fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, methods),
        segment,
        fc.option(query),
        fc.option(rawBody),
        contentType,
        fc.oneof(
          { weight: 3, arbitrary: fc.constant(ann.as) },
          anyText.map((text) => Buffer.from(text.toWellFormed()).toString('latin1')),
        ),
        async (route, otherMethod, id, search, body, type, authorization) => {
          const method = otherMethod ?? route.method
          const path = route.path.replace('{id}', id)
          const answer = await api.server.inject({
            method: method as 'GET',
            url: search === null ? path : `${path}?${search}`,
            headers: { authorization, ...(body !== null && { 'content-type': type }) },
            ...(body !== null && { payload: body }),
          })
          assert.ok(answer.statusCode < 500, `${method} ${path}: ${answer.statusCode} ${answer.body}`)
          if (method === 'HEAD') return
          if (answer.statusCode >= 400) {
            assert.match(String(answer.headers['content-type']), /^application\/problem\+json/)
            assert.ok(Object.hasOwn(REFUSALS, answer.json<{ code: string }>().code))
          }
          // These make another path than the document's, or none at all.
          if (!['', '.', '..', '%', '%zz'].includes(id) && id.length <= 100)
            checkAnswer(api.document, method, path, answer)
        },
      ),
      { numRuns: 800 },
    )
    assert.equal((await api.store.listUsers({ limit: 10 })).length, 1)
  })
})
