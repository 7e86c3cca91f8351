import assert from 'node:assert/strict'
import { basic } from '../../support/accounts.ts'
import type { DialectAdapter } from './adapter.ts'

const NOT_PROVIDED = { detail: 'Authentication credentials were not provided.' }
const WRONG = { detail: 'Invalid username/password.' }

export const yuryyurybot: DialectAdapter = {
  name: 'yuryyurybot',
  register: (username, password) => ({
    method: 'POST',
    url: '/users/signup',
    body: { username, password, password_repeat: password },
  }),
  prove: async (_house, login, password) => ({ headers: { authorization: basic(login, password) } }),
  guess: (username, password) => ({ method: 'POST', url: '/users/login', body: { username, password } }),
  own: {
    make: ({ headers = {} }, content) => ({ method: 'POST', url: '/message/sent', headers, body: { content } }),
    list: ({ headers = {} }) => ({ method: 'GET', url: '/message/sent', headers }),
    texts: (json) => (json as { results: { content: string }[] }).results.map(({ content }) => content),
  },
  order: 'oldest first',
  async link(house, { headers = {} }) {
    const { code, telegramChatId } = await house.codeFromBot()
    const body = { verification_code: code }
    const told = await house.ask({ method: 'PATCH', url: '/bot/verify/', headers, body })
    assert.equal(told.status, 200, told.text)
    return { telegramChatId }
  },
  unlinked: { status: 400, json: ['User is not verification'] },
  bad: [
    { fields: {}, status: 400, json: { content: ['This field is required.'] } },
    { fields: { content: '' }, status: 400, json: { content: ['This field may not be blank.'] } },
    { fields: { content: ' \n\t' }, status: 400, json: { content: ['This field may not be blank.'] } },
    { fields: { content: null }, status: 400, json: { content: ['This field may not be null.'] } },
    { fields: { content: true }, status: 400, json: { content: ['Not a valid string.'] } },
    { fields: { content: { text: 'x' } }, status: 400, json: { content: ['Not a valid string.'] } },
    {
      fields: { content: 'x'.repeat(32_769) },
      status: 400,
      json: { content: ['Ensure this field has no more than 32768 characters.'] },
    },
  ],
  wrong: [
    { proof: {}, status: 401, json: NOT_PROVIDED },
    { proof: { headers: { authorization: basic('ann', 'wrong password') } }, status: 401, json: WRONG },
    { proof: { headers: { authorization: basic('nobody', 'wrong password') } }, status: 401, json: WRONG },
    { proof: { headers: { authorization: 'Basic %%%' } }, status: 401, json: WRONG },
    { proof: { headers: { authorization: 'Token pr_nothing' } }, status: 401, json: { detail: 'Invalid token.' } },
  ],
}
