import type { DialectAdapter } from './adapter.ts'
import { basic } from '../../support/accounts.ts'

const NOT_PROVIDED = { detail: 'Authentication credentials were not provided.' }
const INVALID_TOKEN = { detail: 'Invalid token.' }
const REQUIRED = ['This field is required.']
const TOKEN = '123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0'

let lastBot = 0

export const eora: DialectAdapter = {
  name: 'eora',
  register: (username, password) => ({
    method: 'POST',
    url: '/rest-auth/registration/',
    body: { username, password1: password, password2: password },
  }),
  async prove(house, username, password) {
    const { json } = await house.ask({ method: 'POST', url: '/rest-auth/login/', body: { username, password } })
    return { headers: { authorization: `Token ${json.key}` } }
  },
  guess: (username, password) => ({ method: 'POST', url: '/rest-auth/login/', body: { username, password } }),
  own: {
    make: ({ headers = {} }, title, { clock, sandbox }) => {
      // Adding takes time: two bots of an account are never of the same millisecond.
      clock.advance(1)
      const { token } = sandbox.control.createBot({ username: `made_${++lastBot}_bot` })
      return { method: 'POST', url: '/api/v1/telegram_data/', headers, body: { token, title } }
    },
    list: ({ headers = {} }) => ({ method: 'GET', url: '/api/v1/telegram_data/', headers }),
    texts: (json) => (json as { title: string }[]).map(({ title }) => title),
    one: ({ headers = {} }, made) => ({
      method: 'GET',
      url: `/api/v1/telegram_data/${(made as { id: number }).id}`,
      headers,
    }),
  },
  order: 'oldest first',
  bad: [
    { fields: {}, status: 400, json: { token: REQUIRED } },
    {
      fields: { title: 'x'.repeat(65), active: 'maybe' },
      status: 400,
      json: {
        token: REQUIRED,
        title: ['Ensure this field has no more than 64 characters.'],
        active: ['Must be a valid boolean.'],
      },
    },
    {
      fields: { token: null, active: null },
      status: 400,
      json: {
        token: ['This field may not be null.'],
        active: ['This field may not be null.'],
      },
    },
    { fields: { token: TOKEN, active: [true] }, status: 400, json: { active: ['Must be a valid boolean.'] } },
    { fields: { token: '' }, status: 400, json: { token: ['This field may not be blank.'] } },
    { fields: { token: 'no token' }, status: 400, json: { token: ['Token is invalid'] } },
    { fields: { token: 12 }, status: 400, json: { token: ['Token is invalid'] } },
    // Telegram does not know it.
    { fields: { token: TOKEN }, status: 400, json: { token: ['Token is invalid'] } },
    {
      fields: { token: TOKEN, title: 'two\nlines' },
      status: 400,
      json: { title: ['This field must have at most 64 characters in one line, at least one of them visible.'] },
    },
  ],
  wrong: [
    { proof: {}, status: 403, json: NOT_PROVIDED },
    { proof: { headers: { authorization: `Token ${'0'.repeat(40)}` } }, status: 403, json: INVALID_TOKEN },
    { proof: { headers: { authorization: 'Token' } }, status: 403, json: INVALID_TOKEN },
    { proof: { headers: { cookie: 'sessionid=nobody' } }, status: 403, json: INVALID_TOKEN },
    {
      proof: { headers: { authorization: basic('ann', 'wrong password') } },
      status: 403,
      json: { detail: 'Invalid username/password.' },
    },
  ],
}
