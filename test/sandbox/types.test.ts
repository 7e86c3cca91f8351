import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApiMethods, ApiResponse, Update, WebhookInfo } from '@grammyjs/types'
import type { Method, MethodName, ResultOf } from '../../src/sandbox/methods/method-call.ts'
import { findMethod, METHODS } from '../../src/sandbox/methods/method-table.ts'
import type { UploadedFile } from '../../src/sandbox/parameters/parameters.ts'
import { failure, success } from '../../src/sandbox/server/answer.ts'

/**
 * C4: what a method may answer is the package's own type. This file does not compile when a method of the table is unknown
 * to @grammyjs/types, or when `ResultOf` is anything else than what the package says.
 */
type Same<One, Other> = [One] extends [Other] ? ([Other] extends [One] ? true : never) : never
const sameResults: {
  [Name in MethodName]: Same<ResultOf<Name>, ReturnType<ApiMethods<UploadedFile>[Name]>>
} extends Record<MethodName, true>
  ? true
  : never = true
const table = METHODS satisfies { [Name in MethodName]?: Method<Name> }

test('C4: the table holds methods of the Bot API alone, each typed by @grammyjs/types', () => {
  assert.equal(sameResults, true)
  for (const name of Object.keys(table)) assert.equal(findMethod(name.toUpperCase())?.name, name)
})

test('C4: a method cannot answer what the Bot API does not', () => {
  // @ts-expect-error -- getMe answers a bot, not a number
  const wrong: Method<'getMe'> = () => 5
  // @ts-expect-error -- an update has a number
  const numberless: Method<'getUpdates'> = () => [{}]
  // @ts-expect-error -- has_custom_certificate is always there
  const half: WebhookInfo = { url: '', pending_update_count: 0 } satisfies WebhookInfo
  assert.deepEqual([typeof wrong, typeof numberless, half.url], ['function', 'function', ''])
})

test('C4: both shapes of an answer are those of the Bot API', () => {
  const fine = JSON.parse(success([]).body.toString('utf8')) as ApiResponse<Update[]>
  assert.ok(fine.ok)
  assert.deepEqual(fine.result, [])
  const refused = JSON.parse(failure(429, 'Too Many Requests: retry after 1', { retry_after: 1 }).body.toString('utf8'))
  const typed: ApiResponse<Update[]> = refused
  assert.ok(!typed.ok)
  assert.equal(typed.parameters?.retry_after, 1)
})
