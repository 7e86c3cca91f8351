import assert from 'node:assert/strict'
import { basic } from '../../support/accounts.ts'
import type { DialectAdapter } from './adapter.ts'

const NOT_PROVIDED = { detail: 'Authentication credentials were not provided.' }
const WRONG = { detail: 'Invalid username/password.' }

export const moonburnt: DialectAdapter = {
  name: 'moonburnt',
  register: (username, password) => ({
    method: 'POST',
    url: '/auth/register/',
    body: { username, first_name: username, password },
  }),
  prove: async (_house, login, password) => ({ headers: { authorization: basic(login, password) } }),
  guess: (username, password) => ({ method: 'POST', url: '/auth/login/', body: { username, password } }),
  own: {
    make: ({ headers = {} }, message) => ({ method: 'POST', url: '/message/', headers, body: { message } }),
    list: ({ headers = {} }) => ({ method: 'GET', url: '/message/', headers }),
    texts: (json) => (json as { message: string }[]).map(({ message }) => message),
    one: ({ headers = {} }, made) => ({ method: 'GET', url: `/message/${(made as { id: number }).id}/`, headers }),
  },
  order: 'oldest first',
  async link(house, { headers = {} }) {
    const made = await house.ask({ method: 'POST', url: '/token/', headers })
    assert.equal(made.status, 201, made.text)
    const { telegramChatId, outcome } = await house.showToBot(made.json.token)
    assert.equal(outcome.result, 'linked')
    return { telegramChatId }
  },
  unlinked: { status: 400, json: { non_field_errors: ['User has no chat yet: send the token to the bot first'] } },
  bad: [
    { fields: {}, status: 400, json: { message: ['This field is required.'] } },
    { fields: { message: '' }, status: 400, json: { message: ['This field may not be blank.'] } },
    { fields: { message: ' \n\t' }, status: 400, json: { message: ['This field may not be blank.'] } },
    { fields: { message: null }, status: 400, json: { message: ['This field may not be null.'] } },
    { fields: { message: true }, status: 400, json: { message: ['Not a valid string.'] } },
    { fields: { message: { text: 'x' } }, status: 400, json: { message: ['Not a valid string.'] } },
    {
      fields: { message: 'x'.repeat(32_769) },
      status: 400,
      json: { message: ['Ensure this field has no more than 32768 characters.'] },
    },
  ],
  wrong: [
    { proof: {}, status: 403, json: NOT_PROVIDED },
    { proof: { headers: { authorization: basic('ann', 'wrong password') } }, status: 403, json: WRONG },
    { proof: { headers: { authorization: basic('nobody', 'wrong password') } }, status: 403, json: WRONG },
    { proof: { headers: { authorization: 'Basic %%%' } }, status: 403, json: WRONG },
    { proof: { headers: { cookie: 'sessionid=x' } }, status: 403, json: { detail: 'Invalid token.' } },
  ],
}
