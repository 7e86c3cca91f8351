import assert from 'node:assert/strict'
import { test } from 'node:test'
import { request } from 'undici'
import { CATALOGUE, type CatalogueEntry, type CatalogueKey } from '../../src/sandbox/faults/catalogue.ts'
import { startedPair, testSandbox } from '../support/sandbox.ts'

/** By the server's own rule: a status has one beginning, and the first letter after it is small unless it is a raw code. */
const BEGINNINGS: Record<number, RegExp> = {
  400: /^(Bad Request: ([a-z]|[A-Z][A-Z_])|Logged out$)/,
  401: /^Unauthorized(: [a-z].*)?$/,
  403: /^Forbidden: [a-z]/,
  404: /^Not Found(: [a-z].*)?$/,
  409: /^Conflict: [a-z]/,
  413: /^Request Entity Too Large$/,
  421: /^Misdirected Request: [a-z]/,
  429: /^Too Many Requests: retry after \d+$/,
  500: /^Internal Server Error: [a-z]/,
  502: /^Bad Gateway$/,
}

const entries = Object.entries(CATALOGUE) as [CatalogueKey, CatalogueEntry][]

test('C1: every refusal of the catalogue can be had by a fault, word for word', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot, user } = startedPair(sandbox)
  for (const [entry, { status, description, parameters }] of entries) {
    sandbox.control.addFault({ times: 1, action: { kind: 'http', entry } })
    // Not by fetch, which takes a 421 as a reason to ask once more (Fetch standard).
    const answer = await request(`${sandbox.url}/bot${bot.view.token}/sendMessage?chat_id=${user.id}&text=x`)
    assert.deepEqual(
      [answer.statusCode, await answer.body.json()],
      [status, { ok: false, error_code: status, description, ...(parameters && { parameters }) }],
    )
  }
})

test('C1: every refusal begins as its status demands', () => {
  for (const [name, { status, description }] of entries) {
    assert.match(description, BEGINNINGS[status] ?? /^never$/, name)
  }
})

test('C1: no refusal stands in the catalogue twice', () => {
  const texts = entries.map(([, { status, description }]) => `${status} ${description}`)
  assert.equal(new Set(texts).size, texts.length)
})
