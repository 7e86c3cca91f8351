import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startMessages } from '../support/messages.ts'

const NOW = '2026-01-01T00:00:00.000Z'

describe('POST /v1/messages', () => {
  test('accepts a message with every field of the contract, and wakes its lane', async (t) => {
    const { call, person, wakes } = await startMessages(t)
    const ann = await person('ann')
    const { status, json, headers } = await call('POST', '/v1/messages', { as: ann.as, body: { text: 'Hello.' } })
    assert.equal(status, 202)
    assert.equal(headers['idempotency-replayed'], undefined)
    const { id, ...rest } = json
    assert.match(String(id), /^msg_[0-9a-z]{26}$/)
    assert.deepEqual(rest, {
      status: 'queued',
      chatId: ann.chatId,
      text: 'Hello.',
      createdAt: NOW,
      deliveredAt: null,
      telegramMessageId: null,
      attemptCount: 0,
      nextAttemptAt: null,
      waitingFor: null,
      error: null,
      possibleDuplicate: false,
      priority: 3,
      delivery: 'at_least_once',
      digest: 'when_behind',
      expiresAt: null,
    })
    assert.deepEqual(wakes, [{ botId: 'bot_shared', peerId: ann.peerId, priority: 3 }])
  })

  test('wakes the lane only when the message can be found in it', async (t) => {
    const { person, messages, store, wakes } = await startMessages(t)
    const ann = await person('ann')
    const seen: Promise<{ id: string }[]>[] = []
    wakes.push = ({ peerId }) => seen.push(store.outbox.waiting(peerId, 10))
    const { message } = await messages.enqueue({ userId: ann.id, text: 'x' })
    assert.deepEqual(
      (await seen[0])?.map(({ id }) => id),
      [message.id],
    )
  })

  test('sends to the chat that is named', async (t) => {
    const { call, person, linkedChat } = await startMessages(t)
    const ann = await person('ann')
    const other = await linkedChat(ann.id)
    const { json } = await call('POST', '/v1/messages', { as: ann.as, body: { text: 'x', chatId: other.chatId } })
    assert.equal(json['chatId'], other.chatId)
  })

  test("does not know another's chat, and stores nothing", async (t) => {
    const { call, person } = await startMessages(t)
    const [ann, bob] = [await person('ann'), await person('bob')]
    for (const chatId of [bob.chatId, 'cht_nonsense', ' ']) {
      const answer = await call('POST', '/v1/messages', { as: ann.as, body: { text: 'x', chatId } })
      assert.equal(answer.status, 404)
    }
    for (const { as } of [ann, bob]) assert.deepEqual((await call('GET', '/v1/messages', { as })).json['items'], [])
  })

  test('without a linked chat stores nothing', async (t) => {
    const { call, account, tokenFor, wakes } = await startMessages(t)
    const { as } = await tokenFor(await account('ann'))
    const answer = await call('POST', '/v1/messages', { as, body: { text: 'x' } })
    assert.equal(answer.code, 'chat_not_linked')
    assert.deepEqual((await call('GET', '/v1/messages', { as })).json['items'], [])
    assert.deepEqual(wakes, [])
  })

  test('refuses one more than may wait, and takes one again when one is cancelled', async (t) => {
    const { call, person } = await startMessages(t, { queueLimit: 2 })
    const { as } = await person('ann')
    const first = await call('POST', '/v1/messages', { as, body: { text: '1' } })
    await call('POST', '/v1/messages', { as, body: { text: '2' } })
    assert.equal((await call('POST', '/v1/messages', { as, body: { text: '3' } })).code, 'queue_full')
    await call('DELETE', `/v1/messages/${String(first.json['id'])}`, { as })
    assert.equal((await call('POST', '/v1/messages', { as, body: { text: '4' } })).status, 202)
  })

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

  test('takes the wishes of the sender, and shows them', async (t) => {
    const { call, person } = await startMessages(t)
    const { as } = await person('ann')
    const wishes = { priority: 5, delivery: 'at_most_once', digest: 'never' }
    const body = { text: 'x', ...wishes, expiresAt: '2030-01-01T02:00:00+02:00' }
    const posted = await call('POST', '/v1/messages', { as, body })
    assert.equal(posted.status, 202)
    const read = await call('GET', `/v1/messages/${String(posted.json['id'])}`, { as })
    for (const { json } of [posted, read]) {
      const { priority, delivery, digest, expiresAt } = json
      assert.deepEqual({ priority, delivery, digest, expiresAt }, { ...wishes, expiresAt: '2030-01-01T00:00:00.000Z' })
    }
  })

  test('refuses wishes that nobody can grant, and stores nothing', async (t) => {
    const { call, person } = await startMessages(t)
    const { as } = await person('ann')
    for (const [name, wish] of Object.entries<object>({
      'a priority of 0': { priority: 0 },
      'a priority of 6': { priority: 6 },
      'half a priority': { priority: 2.5 },
      'a priority in words': { priority: 'high' },
      'no priority': { priority: null },
      'exactly once': { delivery: 'exactly_once' },
      'another digest': { digest: 'always' },
      'a time that is now': { expiresAt: NOW },
      'a time in the past': { expiresAt: '2025-12-31T23:59:59.999Z' },
      'a day that does not exist': { expiresAt: '2030-02-30T00:00:00Z' },
      'a day without a time': { expiresAt: '2030-01-01' },
      'a time without an offset': { expiresAt: '2030-01-01T00:00:00' },
      'a number as a time': { expiresAt: 1_900_000_000_000 },
    })) {
      await t.test(name, async () => {
        const answer = await call('POST', '/v1/messages', { as, body: { text: 'x', ...wish } })
        assert.equal(answer.code, 'request_invalid')
        const [error] = answer.json['errors'] as { where: string }[]
        assert.equal(error?.where, `/body/${Object.keys(wish)[0]}`)
        assert.deepEqual((await call('GET', '/v1/messages', { as })).json['items'], [])
      })
    }
  })

  test('with a key that is repeated after its time was over gets the first answer, and other wishes are another request', async (t) => {
    const { call, person, clock } = await startMessages(t)
    const { as } = await person('ann')
    const headers = { 'idempotency-key': 'k' }
    const body = { text: 'x', expiresAt: '2026-01-01T00:00:01Z' }
    const first = await call('POST', '/v1/messages', { as, body, headers })
    clock.advance(5000)
    const again = await call('POST', '/v1/messages', { as, body, headers })
    assert.deepEqual([again.status, again.json['id']], [202, first.json['id']])
    const other = await call('POST', '/v1/messages', { as, body: { ...body, priority: 4 }, headers })
    assert.equal(other.code, 'idempotency_conflict')
    const usual = { as, body: { text: 'y' }, headers: { 'idempotency-key': 'usual' } }
    const plain = await call('POST', '/v1/messages', usual)
    const named = await call('POST', '/v1/messages', { ...usual, body: { text: 'y', priority: 3, expiresAt: null } })
    assert.equal(named.json['id'], plain.json['id'], 'a default that is named is the same request')
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

describe('Idempotency-Key', () => {
  const headers = { 'idempotency-key': 'order-17' }

  test('gives the same answer to the same request, marked, and wakes nobody again', async (t) => {
    const { call, person, wakes } = await startMessages(t)
    const { as } = await person('ann')
    const first = await call('POST', '/v1/messages', { as, body: { text: 'x' }, headers })
    const second = await call('POST', '/v1/messages', { as, body: { text: 'x' }, headers })
    assert.equal(second.status, 202)
    assert.equal(second.headers['idempotency-replayed'], 'true')
    assert.deepEqual(second.json, first.json)
    assert.equal(wakes.length, 1)
  })

  test('gives the same answer also after the message was delivered', async (t) => {
    const { call, person, callEnds } = await startMessages(t)
    const { as } = await person('ann')
    const first = await call('POST', '/v1/messages', { as, body: { text: 'x' }, headers })
    await callEnds(String(first.json['id']), { event: 'deliver', telegramMessageId: 7 })
    const second = await call('POST', '/v1/messages', { as, body: { text: 'x' }, headers })
    assert.deepEqual(second.json, first.json)
  })

  test('is refused with another request, and nothing is stored', async (t) => {
    const { call, person, linkedChat } = await startMessages(t)
    const ann = await person('ann')
    const { chatId } = await linkedChat(ann.id)
    await call('POST', '/v1/messages', { as: ann.as, body: { text: 'x' }, headers })
    for (const body of [{ text: 'y' }, { text: 'x', silent: true }, { text: 'x', chatId }]) {
      const answer = await call('POST', '/v1/messages', { as: ann.as, body, headers })
      assert.equal(answer.code, 'idempotency_conflict')
    }
    assert.equal(((await call('GET', '/v1/messages', { as: ann.as })).json['items'] as []).length, 1)
  })

  test('belongs to one account', async (t) => {
    const { call, person } = await startMessages(t)
    const [ann, bob] = [await person('ann'), await person('bob')]
    const first = await call('POST', '/v1/messages', { as: ann.as, body: { text: 'x' }, headers })
    const second = await call('POST', '/v1/messages', { as: bob.as, body: { text: 'y' }, headers })
    assert.equal(second.status, 202)
    assert.notEqual(second.json['id'], first.json['id'])
  })

  test('used many times at once makes one message', async (t) => {
    const { call, person } = await startMessages(t)
    const { as } = await person('ann')
    const post = () => call('POST', '/v1/messages', { as, body: { text: 'x' }, headers })
    const answers = await Promise.all(Array.from({ length: 20 }, post))
    assert.equal(new Set(answers.map(({ json }) => json['id'])).size, 1)
    assert.equal(answers.filter((answer) => answer.headers['idempotency-replayed'] === undefined).length, 1)
  })

  test('is refused when it is no such key', async (t) => {
    const { call, person } = await startMessages(t)
    const { as } = await person('ann')
    for (const [name, key] of Object.entries({
      empty: '',
      'too long': 'x'.repeat(256),
      'with a blank': 'a b',
      'not ASCII': 'é',
    })) {
      await t.test(name, async () => {
        const answer = await call('POST', '/v1/messages', {
          as,
          body: { text: 'x' },
          headers: { 'idempotency-key': key },
        })
        assert.equal(answer.code, 'request_invalid')
      })
    }
  })

  test('may have 255 characters', async (t) => {
    const { call, person } = await startMessages(t)
    const { as } = await person('ann')
    const answer = await call('POST', '/v1/messages', {
      as,
      body: { text: 'x' },
      headers: { 'idempotency-key': '~'.repeat(255) },
    })
    assert.equal(answer.status, 202)
  })
})

describe('GET /v1/messages/{id}', () => {
  test('shows a message with its attempts', async (t) => {
    const { call, person, callEnds, clock } = await startMessages(t)
    const ann = await person('ann')
    const { json } = await call('POST', '/v1/messages', { as: ann.as, body: { text: 'x' } })
    clock.advance(1000)
    await callEnds(String(json['id']), { event: 'deliver', telegramMessageId: 7 })
    const read = await call('GET', `/v1/messages/${String(json['id'])}`, { as: ann.as })
    assert.deepEqual(read.json, {
      ...json,
      status: 'delivered',
      deliveredAt: '2026-01-01T00:00:01.250Z',
      telegramMessageId: 7,
      attemptCount: 1,
      attempts: [
        {
          number: 1,
          part: 1,
          startedAt: '2026-01-01T00:00:01.000Z',
          finishedAt: '2026-01-01T00:00:01.250Z',
          outcome: 'delivered',
          reason: null,
          waitMs: null,
        },
      ],
    })
  })

  test('shows why a message waits, and until when', async (t) => {
    const { call, person, callEnds, clock } = await startMessages(t)
    const ann = await person('ann')
    const { json } = await call('POST', '/v1/messages', { as: ann.as, body: { text: 'x' } })
    const nextAttemptAtMs = clock.now() + 4000
    await callEnds(String(json['id']), {
      event: 'retry',
      nextAttemptAtMs,
      countsAsAttempt: true,
      possibleDuplicate: true,
    })
    const read = await call('GET', `/v1/messages/${String(json['id'])}`, { as: ann.as })
    const { status, waitingFor, nextAttemptAt, possibleDuplicate, attemptCount } = read.json
    assert.deepEqual(
      { status, waitingFor, nextAttemptAt, possibleDuplicate, attemptCount },
      {
        status: 'queued',
        waitingFor: 'retry',
        nextAttemptAt: '2026-01-01T00:00:04.000Z',
        possibleDuplicate: true,
        attemptCount: 1,
      },
    )
  })

  test('shows why a message failed', async (t) => {
    const { call, person, callEnds } = await startMessages(t)
    const ann = await person('ann')
    const { json } = await call('POST', '/v1/messages', { as: ann.as, body: { text: 'x' } })
    const error = { code: 'text_refused', detail: 'Telegram said no.' } as const
    await callEnds(String(json['id']), { event: 'fail', error })
    const read = await call('GET', `/v1/messages/${String(json['id'])}`, { as: ann.as })
    assert.deepEqual([read.json['status'], read.json['error']], ['failed', error])
  })

  test("does not know another's message, in any way of asking", async (t) => {
    const { call, person } = await startMessages(t)
    const [ann, bob] = [await person('ann'), await person('bob')]
    const { json } = await call('POST', '/v1/messages', { as: ann.as, body: { text: 'x' } })
    const path = `/v1/messages/${String(json['id'])}`
    for (const [method, url] of [
      ['GET', path],
      ['DELETE', path],
      ['POST', `${path}/resend`],
    ] as const) {
      assert.equal((await call(method, url, { as: bob.as })).status, 404)
    }
    assert.equal((await call('GET', path, { as: ann.as })).json['status'], 'queued')
  })
})

describe('DELETE /v1/messages/{id}', () => {
  test('takes back a message that waits', async (t) => {
    const { call, person, store } = await startMessages(t)
    const ann = await person('ann')
    const { json } = await call('POST', '/v1/messages', { as: ann.as, body: { text: 'x' } })
    const path = `/v1/messages/${String(json['id'])}`
    assert.equal((await call('DELETE', path, { as: ann.as })).status, 204)
    assert.equal((await call('GET', path, { as: ann.as })).json['status'], 'cancelled')
    assert.deepEqual(await store.outbox.waiting(ann.peerId, 10), [])
    assert.equal((await call('DELETE', path, { as: ann.as })).code, 'message_not_waiting')
  })

  test('does not take back a message that is on its way', async (t) => {
    const { call, person, store, clock } = await startMessages(t)
    const ann = await person('ann')
    const { json } = await call('POST', '/v1/messages', { as: ann.as, body: { text: 'x' } })
    await store.outbox.markSending(String(json['id']), clock.now())
    const answer = await call('DELETE', `/v1/messages/${String(json['id'])}`, { as: ann.as })
    assert.equal(answer.code, 'message_not_waiting')
  })

  test('with a content type and no body, as many clients send it, works', async (t) => {
    const { call, person } = await startMessages(t)
    const { as } = await person('ann')
    const { json } = await call('POST', '/v1/messages', { as, body: { text: 'x' } })
    const headers = { 'content-type': 'application/json' }
    assert.equal((await call('DELETE', `/v1/messages/${String(json['id'])}`, { as, headers })).status, 204)
  })
})

describe('POST /v1/messages/{id}/resend', () => {
  test('queues a failed message again, and wakes its lane', async (t) => {
    const { call, person, callEnds, wakes } = await startMessages(t)
    const ann = await person('ann')
    const { json } = await call('POST', '/v1/messages', { as: ann.as, body: { text: 'x' } })
    await callEnds(String(json['id']), { event: 'fail', error: { code: 'text_refused', detail: 'No.' } })
    const again = await call('POST', `/v1/messages/${String(json['id'])}/resend`, { as: ann.as })
    assert.equal(again.status, 202)
    assert.deepEqual(again.json, json)
    assert.equal(wakes.length, 2)
  })

  test('refuses a message that waits or has arrived', async (t) => {
    const { call, person, callEnds, wakes } = await startMessages(t)
    const { as } = await person('ann')
    const { json } = await call('POST', '/v1/messages', { as, body: { text: 'x' } })
    const path = `/v1/messages/${String(json['id'])}/resend`
    assert.equal((await call('POST', path, { as })).code, 'message_not_resendable')
    await callEnds(String(json['id']), { event: 'deliver', telegramMessageId: 7 })
    assert.equal((await call('POST', path, { as })).code, 'message_not_resendable')
    assert.equal(wakes.length, 1)
  })

  test('refuses a message whose chat was unlinked', async (t) => {
    const { call, person, callEnds, store, clock } = await startMessages(t)
    const ann = await person('ann')
    const { json } = await call('POST', '/v1/messages', { as: ann.as, body: { text: 'x' } })
    await callEnds(String(json['id']), { event: 'fail', error: { code: 'text_refused', detail: 'No.' } })
    await store.unlinkChat(ann.id, ann.chatId, { nowMs: clock.now() })
    const answer = await call('POST', `/v1/messages/${String(json['id'])}/resend`, { as: ann.as })
    assert.equal(answer.code, 'chat_not_linked')
  })
})

describe('scopes', () => {
  test('send may not look, and read may not send', async (t) => {
    const { call, person, tokenFor } = await startMessages(t)
    const ann = await person('ann')
    const { json } = await call('POST', '/v1/messages', { as: ann.as, body: { text: 'x' } })
    const path = `/v1/messages/${String(json['id'])}`
    const send = await tokenFor(ann.id, ['send'])
    const read = await tokenFor(ann.id, ['read'])
    const asked = async (method: 'GET' | 'POST' | 'DELETE', url: string, as: string) =>
      (await call(method, url, { as })).code
    assert.equal(await asked('GET', path, send.as), 'scope_missing')
    assert.equal(await asked('GET', '/v1/messages', send.as), 'scope_missing')
    assert.equal(await asked('GET', '/v1/events', send.as), 'scope_missing')
    assert.equal(await asked('POST', '/v1/messages', read.as), 'scope_missing')
    assert.equal(await asked('POST', `${path}/resend`, read.as), 'scope_missing')
    assert.equal(await asked('DELETE', path, read.as), 'scope_missing')
    assert.equal((await call('GET', path, { as: read.as })).json['status'], 'queued')
    assert.equal((await call('DELETE', path, { as: send.as })).status, 204)
  })

  test('without credentials nothing is said, not even about the body', async (t) => {
    const { call } = await startMessages(t)
    for (const [method, url] of [
      ['GET', '/v1/messages'],
      ['POST', '/v1/messages'],
      ['GET', '/v1/events'],
      ['DELETE', '/v1/messages/x'],
    ] as const) {
      const answer = await call(method, url, method === 'POST' ? { body: '{' } : {})
      assert.equal(answer.code, 'credentials_invalid')
      assert.ok(answer.headers['www-authenticate'])
    }
  })
})
