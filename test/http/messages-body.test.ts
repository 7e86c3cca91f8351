import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startMessages } from '../support/messages.ts'

describe('POST /v1/messages', () => {
  test('keeps a text as it came', async (t) => {
    const { call, person } = await startMessages(t)
    const { as } = await person('ann')
    for (const [name, text] of Object.entries({
      'one character': '.',
      '32768 characters beyond the basic plane': '😀'.repeat(32_768),
      'only blanks': ' \n ',
      'markup of every kind': '<b>*_[x](http://x)</b>&amp;',
      'right-to-left marks and joiners': '\u202e\u200d\ufeff\u2066',
      'line separators': 'a\u2028b\u2029c\r\nd',
      'not normalised': 'e\u0301 \u00e9 \ufb01',
      'control characters': '\u0001\u001b[31m\u007f\u0085',
    })) {
      await t.test(name, async () => {
        const posted = await call('POST', '/v1/messages', { as, body: { text } })
        assert.equal(posted.status, 202)
        const read = await call('GET', `/v1/messages/${String(posted.json['id'])}`, { as })
        assert.equal(read.json['text'], text)
      })
    }
  })

  test('turns U+0000, which nothing can show, into a space', async (t) => {
    const { call, person } = await startMessages(t)
    const { as } = await person('ann')
    const { json } = await call('POST', '/v1/messages', { as, body: { text: 'a\u0000b' } })
    assert.equal(json['text'], 'a b')
  })

  test('refuses what does not fit, and stores nothing', async (t) => {
    const { call, person, wakes } = await startMessages(t)
    const { as } = await person('ann')
    for (const [name, body] of Object.entries<unknown>({
      'no text': {},
      'an empty text': { text: '' },
      'a number as text': { text: 5 },
      'null as text': { text: null },
      'one character too many': { text: '😀'.repeat(32_769) },
      'half a surrogate pair': '{"text":"\\ud800"}',
      'the other half': '{"text":"a\\udfffb"}',
      'a pair the wrong way round': '{"text":"\\udc00\\ud800"}',
      'half a pair deep inside': '{"text":"a","x":[{"y":"\\ud83d"}]}',
      'an unknown field': { text: 'x', parseMode: 'HTML' },
      'a list': [{ text: 'x' }],
      'a text alone': '"x"',
      'a prototype': '{"text":"x","__proto__":{"silent":true}}',
      'a constructor': '{"text":"x","constructor":{"prototype":{"silent":true}}}',
      'broken JSON': '{"text":"x"',
      'two values': '{"text":"x"}{"text":"y"}',
      'a word as a truth': { text: 'x', silent: 'yes' },
      'an empty chat': { text: 'x', chatId: '' },
      'no body': undefined,
    })) {
      await t.test(name, async () => {
        const answer = await call('POST', '/v1/messages', { as, body })
        assert.equal(answer.code, 'request_invalid')
        assert.deepEqual((await call('GET', '/v1/messages', { as })).json['items'], [])
        assert.deepEqual(wakes, [])
      })
    }
  })

  test('says which field is wrong', async (t) => {
    const { call, person } = await startMessages(t)
    const { as } = await person('ann')
    const { json } = await call('POST', '/v1/messages', { as, body: { silent: 1 } })
    assert.deepEqual((json['errors'] as { where: string }[]).map(({ where }) => where).sort(), [
      '/body/silent',
      '/body/text',
    ])
  })

  test('takes JSON alone', async (t) => {
    const { call, person } = await startMessages(t)
    const { as } = await person('ann')
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'text/json',
      'x',
      '',
    ]) {
      const answer = await call('POST', '/v1/messages', { as, body: '{"text":"x"}', headers: { 'content-type': type } })
      assert.equal(answer.code, 'media_type_unsupported', type)
    }
  })

  test('takes JSON with a charset, and with a byte order mark', async (t) => {
    const { call, person } = await startMessages(t)
    const { as } = await person('ann')
    const headers = { 'content-type': 'application/json; charset=utf-8' }
    const answer = await call('POST', '/v1/messages', { as, body: '\ufeff{"text":"x"}', headers })
    assert.equal(answer.status, 202)
  })
})
