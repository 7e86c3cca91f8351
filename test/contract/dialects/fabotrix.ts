import assert from 'node:assert/strict'
import { basic } from '../../support/accounts.ts'
import type { DialectHouse } from '../../support/dialect-house.ts'
import type { DialectAdapter } from './adapter.ts'

const ROOT = '/api/v1'
const NOT_AUTHENTICATED = { detail: 'Not authenticated' }

const wrong = (msg: string, type: string, place = 'body') => ({ detail: [{ loc: [place, 'message'], msg, type }] })

export const fabotrix: DialectAdapter = {
  name: 'fabotrix',
  register: (email, password) => ({
    method: 'POST',
    url: `${ROOT}/users/open`,
    body: { email, username: email, password },
  }),
  async prove(house: DialectHouse, username, password) {
    const body = { username, password, grant_type: 'password' }
    const told = await house.ask({ method: 'POST', url: `${ROOT}/login/access_token`, body, form: 'urlencoded' })
    assert.deepEqual(Object.keys(told.json), ['access_token', 'token_type'], told.text)
    return { headers: { authorization: `Bearer ${told.json.access_token}` } }
  },
  guess: (username, password) => ({
    method: 'POST',
    url: `${ROOT}/login/access_token`,
    body: { username, password },
  }),
  own: {
    make: ({ headers = {} }, message) => ({ method: 'POST', url: `${ROOT}/messages/`, headers, body: { message } }),
    list: ({ headers = {} }) => ({ method: 'GET', url: `${ROOT}/messages/`, headers }),
    texts: (json) => (json as { body: string }[]).map(({ body }) => body),
    one: ({ headers = {} }, made) => ({
      method: 'GET',
      url: `${ROOT}/messages/${(made as { id: number }).id}`,
      headers,
    }),
  },
  order: 'oldest first',
  async link(house, { headers = {} }) {
    const token = String(headers['authorization']).replace('Bearer ', '')
    const { telegramChatId, outcome } = await house.showToBot(token)
    assert.equal(outcome.result, 'linked')
    return { telegramChatId }
  },
  unlinked: { status: 403, json: { detail: 'You need to add your access_token in telegram chat before' } },
  bad: [
    { fields: {}, status: 422, json: wrong('field required', 'value_error.missing', 'query') },
    { fields: { message: '' }, status: 422, json: wrong('must not be empty', 'value_error') },
    {
      fields: { message: null },
      status: 422,
      json: wrong('none is not an allowed value', 'type_error.none.not_allowed'),
    },
    { fields: { message: true }, status: 422, json: wrong('str type expected', 'type_error.str') },
    { fields: { message: ['x'] }, status: 422, json: wrong('str type expected', 'type_error.str') },
    {
      fields: { message: 'x'.repeat(32_769) },
      status: 422,
      json: wrong('must not have more than 32768 characters', 'value_error'),
    },
  ],
  wrong: [
    { proof: {}, status: 401, json: NOT_AUTHENTICATED },
    { proof: { headers: { authorization: basic('ann', 'wrong password') } }, status: 401, json: NOT_AUTHENTICATED },
    {
      proof: { headers: { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' } },
      status: 403,
      json: { detail: 'Token error' },
    },
    { proof: { headers: { authorization: 'Bearer' } }, status: 401, json: NOT_AUTHENTICATED },
    { proof: { headers: { cookie: 'postrider_session=x' } }, status: 401, json: NOT_AUTHENTICATED },
  ],
}
