import assert from 'node:assert/strict'
import type { DialectAdapter } from './adapter.ts'

const DENIED = { answer: 'access denied' }
const INVALID_TOKEN = { answer: 'invalid token' }
const NO_TOKEN = { answer: 'message data is not valid', details: 'bot_token: This field is required.' }

function invalid(details: string) {
  return { status: 400, json: { answer: 'message data is not valid', details } }
}

export const djangobot: DialectAdapter = {
  name: 'djangobot',
  register: (login, psw) => ({ method: 'POST', url: '/api/user/', body: { name: login, login, psw } }),
  async prove(house, login, psw) {
    const { json } = await house.ask({ method: 'POST', url: '/api/auth/', body: { login, psw } })
    return { headers: { authorization: `Bearer ${json.access_token}` } }
  },
  guess: (login, psw) => ({ method: 'POST', url: '/api/auth/', body: { login, psw } }),
  own: {
    make: ({ fields }, text) => ({ method: 'POST', url: '/api/send_message', body: { text, type: 'Text', ...fields } }),
    list: ({ headers = {} }) => ({ method: 'GET', url: '/api/cabinet', headers }),
    texts: (json) => (json as { messages: { text: string }[] }).messages.map(({ text }) => text),
  },
  order: 'newest first',
  /** The code buys the token that sends from then on. */
  async link(house, proof) {
    const { code, telegramChatId } = await house.codeFromBot()
    const { headers = {} } = proof
    const told = await house.ask({ method: 'POST', url: '/api/cabinet/', headers, body: { code } })
    assert.equal(told.status, 200, told.text)
    proof.fields = { bot_token: told.json.bot_token }
    return { telegramChatId }
  },
  unlinked: { status: 400, json: NO_TOKEN },
  bad: [
    { fields: {}, ...invalid('text: This field is required.; type: This field is required.') },
    { fields: { text: 'x' }, ...invalid('type: This field is required.') },
    { fields: { text: '', type: 'Text' }, ...invalid('text: This field may not be blank.') },
    { fields: { text: ' \n\t', type: 'Text' }, ...invalid('text: This field may not be blank.') },
    { fields: { text: null, type: 'Text' }, ...invalid('text: This field may not be null.') },
    { fields: { text: ['x'], type: 'Text' }, ...invalid('text: Not a valid string.') },
    {
      fields: { text: 'x'.repeat(32_769), type: 'Text' },
      ...invalid('text: Ensure this field has no more than 32768 characters.'),
    },
    {
      fields: { text: '\ud800', type: 'Text' },
      ...invalid('holds half of a Unicode surrogate pair'),
    },
    { fields: { text: 'x', type: 'text' }, ...invalid('type: Must be one of Text, Document, File.') },
    {
      fields: { text: 'x', type: 'Text', bot_token: 'pr_1' },
      ...invalid('bot_token: Must be 25 letters and digits.'),
    },
  ],
  wrong: [
    { proof: {}, of: 'make', status: 400, json: NO_TOKEN },
    { proof: { fields: { bot_token: 'PD1B0WwEmdVQIc7SzfKFUQrPH' } }, of: 'make', status: 403, json: INVALID_TOKEN },
    { proof: {}, of: 'list', status: 403, json: DENIED },
    { proof: { headers: { authorization: 'Bearer eyJ.eyJ.x' } }, of: 'list', status: 403, json: DENIED },
    { proof: { headers: { authorization: 'Bearer' } }, of: 'list', status: 403, json: DENIED },
    {
      proof: { headers: { authorization: 'Bearer PD1B0WwEmdVQIc7SzfKFUQrPH' } },
      of: 'list',
      status: 403,
      json: DENIED,
    },
  ],
}
