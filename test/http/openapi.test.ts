import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type OpenApiDocument, type OpenApiOperation, openApiDocument } from '../../src/http/openapi.ts'
import { DIALECT_NAMES } from '../../src/domain/dialects.ts'
import { checkAnswer } from '../support/answer-schema.ts'
import { serverWith } from '../support/http-server.ts'

async function documentOf(t: TestContext): Promise<OpenApiDocument> {
  const server = await serverWith(t)
  await server.ready()
  return openApiDocument(server)
}

function operations(document: OpenApiDocument): { name: string; path: string; operation: OpenApiOperation }[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, path, operation })),
  )
}

function refusalsOf({ responses }: OpenApiOperation): string[] {
  return Object.values(responses).flatMap(({ content }) =>
    Object.keys(content?.['application/problem+json']?.examples ?? {}),
  )
}

/**
 * The paths of dialects are what they are: some end with a slash, and where one with a word meets one with a parameter, the word comes
 * first (OpenAPI 3.1, Paths Object). What one of them promised and nobody here does, such as a mail, is there only to be refused. Some
 * answer a form with nothing but where to go next.
 */
const NOT_ASKED = ['no-path-trailing-slash', 'no-ambiguous-paths', 'operation-2xx-response'].map(
  (rule) => `--skip-rule=${rule}`,
)

/** Dialects refuse in words of their own, and have a suite of their own. */
const isOurs = ({ tags = [] }: OpenApiOperation): boolean => !tags.some((tag) => DIALECTS.has(tag))
const DIALECTS: ReadonlySet<string> = new Set(DIALECT_NAMES)

describe('the OpenAPI document', () => {
  test('has no fault that a linter finds', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'postrider-openapi-'))
    t.after(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'openapi.json'), JSON.stringify(await documentOf(t)))
    const redocly = fileURLToPath(new URL('../../node_modules/@redocly/cli/bin/cli.js', import.meta.url))
    const lint = promisify(execFile)(
      process.execPath,
      [redocly, 'lint', '--extends=recommended', '--format=json', ...NOT_ASKED, 'openapi.json'],
      // Nothing may leave the machine in a test.
      { cwd: folder, env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' } },
    )
    const { stdout } = await lint.catch((failed: { stdout: string }) => failed)
    const { totals, problems } = JSON.parse(stdout) as { totals: object; problems: object[] }
    assert.deepEqual(problems, [])
    assert.deepEqual(totals, { errors: 0, warnings: 0, ignored: 0 })
  })

  test('is what the server gives', async (t) => {
    const server = await serverWith(t, { version: '1.2.3' })
    const answer = await server.inject('/openapi.json')
    assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8')
    const given = answer.json<OpenApiDocument>()
    assert.deepEqual(given, JSON.parse(JSON.stringify(openApiDocument(server))))
    assert.equal(given.openapi, '3.1.0')
    assert.equal(given.info.version, '1.2.3')
  })

  test('describes every route that serves the contract', async (t) => {
    const document = await documentOf(t)
    const contract = `
      post /v1/users
      post /v1/sessions
      delete /v1/sessions/current
      get /v1/me
      get /v1/whoami
      post /s/{token}
      patch /v1/me
      delete /v1/me
      get /v1/tokens
      post /v1/tokens
      delete /v1/tokens/{id}
      post /v1/link-codes
      post /v1/chats
      get /v1/chats
      patch /v1/chats/{id}
      delete /v1/chats/{id}
      post /v1/messages
      get /v1/messages
      get /v1/messages/{id}
      delete /v1/messages/{id}
      post /v1/messages/{id}/resend
      get /v1/events
      get /health/live
      get /health/ready
      get /metrics`
    const described = new Set(operations(document).map(({ name }) => name))
    assert.deepEqual(
      contract
        .trim()
        .split(/\n\s+/)
        .filter((name) => !described.has(name)),
      [],
    )
  })

  test('names and explains each operation, and shows an example of each body', async (t) => {
    const document = await documentOf(t)
    const tags = document.tags.map(({ name }) => name)
    const names = operations(document).map(({ operation }) => operation.operationId)
    assert.equal(new Set(names).size, names.length)
    for (const { name, operation } of operations(document)) {
      assert.ok(operation.summary, `${name} has no summary`)
      assert.ok(operation.tags?.every((tag) => tags.includes(tag)) && operation.tags.length > 0, `${name} has no tag`)
      const body = operation.requestBody?.content['application/json']
      if (operation.requestBody) assert.ok(body?.example ?? body?.examples, `${name} has no example of its body`)
    }
  })

  test('says which bodies may be left out', async (t) => {
    const optional = operations(await documentOf(t)).filter(
      ({ operation }) => operation.requestBody?.required === false,
    )
    assert.deepEqual(
      optional.map(({ name }) => name),
      ['post /v1/link-codes', 'post /api/v1/users/open', 'post /api/v1/messages/'],
    )
  })

  test('lists on each route what any route may refuse, and on a guarded one what its guard may', async (t) => {
    for (const { name, path, operation } of operations(await documentOf(t))) {
      if (!isOurs(operation)) continue
      const listed = refusalsOf(operation)
      const open = operation.security?.length === 0
      const always =
        path === '/health/ready'
          ? ['request_invalid', 'internal']
          : ['request_invalid', 'internal', 'store_unavailable']
      const guarded = open ? [] : ['credentials_invalid', 'scope_missing', 'too_many_requests']
      const writing = open || name.startsWith('get') ? [] : ['cross_site_refused']
      const reading = operation.requestBody ? ['body_too_large', 'media_type_unsupported'] : []
      for (const code of [...always, ...guarded, ...writing, ...reading]) {
        assert.ok(listed.includes(code), `${name} does not list ${code}`)
      }
    }
  })

  test('offers every way to prove who one is', async (t) => {
    const { components, security } = await documentOf(t)
    assert.deepEqual(Object.keys(components.securitySchemes).sort(), ['basic', 'bearer', 'cookie', 'token'])
    assert.deepEqual(security.flatMap(Object.keys).sort(), ['basic', 'bearer', 'cookie', 'token'])
  })
})

describe('checkAnswer', () => {
  const json = { 'content-type': 'application/json; charset=utf-8' }
  const problem = { 'content-type': 'application/problem+json' }
  const refused = (code: string, status: number) =>
    JSON.stringify({ type: `/docs/errors#${code}`, title: 'T.', detail: 'said', status, code })

  test('takes what the document promises', async (t) => {
    const document = await documentOf(t)
    checkAnswer(document, 'GET', '/health/live', { statusCode: 200, headers: json, body: '{"status":"live"}' })
    checkAnswer(document, 'DELETE', '/v1/messages/msg_1', { statusCode: 204, headers: {}, body: '' })
    checkAnswer(document, 'POST', '/v1/messages/msg_1/resend?x', {
      statusCode: 409,
      headers: problem,
      body: refused('message_not_resendable', 409),
    })
    checkAnswer(document, 'GET', '/nowhere', { statusCode: 404, headers: problem, body: refused('not_found', 404) })
  })

  const wrong: Record<string, { path: string; statusCode: number; headers: Record<string, string>; body: string }> = {
    'a status that is not listed': { path: '/health/live', statusCode: 418, headers: json, body: '{"status":"live"}' },
    'another media type': { path: '/health/live', statusCode: 200, headers: {}, body: '{"status":"live"}' },
    'a body that does not fit': {
      path: '/v1/messages',
      statusCode: 200,
      headers: json,
      body: '{"items":[{}],"nextCursor":null}',
    },
    'a refusal of another route': {
      path: '/v1/messages',
      statusCode: 409,
      headers: problem,
      body: refused('login_taken', 409),
    },
    'an unknown refusal': { path: '/v1/messages', statusCode: 400, headers: problem, body: refused('oops', 400) },
    'a body where there should be none': { path: '/v1/messages/msg_1/resend', statusCode: 204, headers: {}, body: 'x' },
  }
  for (const [name, { path, ...answer }] of Object.entries(wrong)) {
    test(`rejects ${name}`, async (t) => {
      const document = await documentOf(t)
      assert.throws(() => checkAnswer(document, 'GET', path, answer), assert.AssertionError)
    })
  }
})
