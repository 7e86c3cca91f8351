import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { newId } from '../../src/domain/ids.ts'
import { type Messages, startMessages } from '../support/messages.ts'

type Item = { id: string; text: string; status: string; chatId: string }

/** Follows the cursors to the end. */
async function pages({ call }: Messages, as: string, query: string): Promise<Item[][]> {
  const found: Item[][] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const { status, json } = await call('GET', `/v1/messages?${query}${cursor && `&cursor=${cursor}`}`, { as })
    assert.equal(status, 200)
    found.push(json['items'] as Item[])
    cursor = json['nextCursor'] as string | null
  }
  return found
}

async function post({ call }: Messages, as: string, texts: string[], chatId?: string): Promise<string[]> {
  const ids: string[] = []
  for (const text of texts) {
    const { json } = await call('POST', '/v1/messages', { as, body: { text, ...(chatId && { chatId }) } })
    ids.push(String(json['id']))
  }
  return ids
}

const texts = (list: Item[]): string[] => list.map(({ text }) => text)

describe('GET /v1/messages', () => {
  test('shows the newest first, fifty at a time', async (t) => {
    const api = await startMessages(t)
    const { as } = await api.person('ann')
    await post(
      api,
      as,
      Array.from({ length: 51 }, (_, at) => String(at)),
    )
    const [first, second, ...rest] = await pages(api, as, '')
    assert.deepEqual(rest, [])
    assert.deepEqual(
      texts(first ?? []),
      Array.from({ length: 50 }, (_, at) => String(50 - at)),
    )
    assert.deepEqual(texts(second ?? []), ['0'])
  })

  test('has no further page when the last one is full', async (t) => {
    const api = await startMessages(t)
    const { as } = await api.person('ann')
    await post(api, as, ['0', '1'])
    assert.deepEqual((await pages(api, as, 'limit=2')).map(texts), [['1', '0']])
  })

  test('any size of page, in either order, gives every message once', async (t) => {
    const api = await startMessages(t)
    const { as } = await api.person('ann')
    const ids = await post(
      api,
      as,
      Array.from({ length: 12 }, (_, at) => String(at)),
    )
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 14 }), fc.constantFrom('asc', 'desc'), async (limit, order) => {
        const found = (await pages(api, as, `limit=${limit}&order=${order}`)).flat().map(({ id }) => id)
        assert.deepEqual(found, order === 'asc' ? ids : ids.toReversed())
      }),
      { numRuns: 20 },
    )
  })

  test('a message that comes between two pages neither doubles nor hides another', async (t) => {
    const api = await startMessages(t)
    const { as } = await api.person('ann')
    await post(api, as, ['0', '1', '2', '3'])
    const first = await api.call('GET', '/v1/messages?limit=2', { as })
    await post(api, as, ['4'])
    const second = await api.call('GET', `/v1/messages?limit=2&cursor=${String(first.json['nextCursor'])}`, { as })
    assert.deepEqual(texts(second.json['items'] as Item[]), ['1', '0'])
  })

  test('shows one state, or one chat, also across pages', async (t) => {
    const api = await startMessages(t)
    const ann = await api.person('ann')
    const other = await api.linkedChat(ann.id)
    const [first] = await post(api, ann.as, ['0', '1', '2'])
    await post(api, ann.as, ['3', '4', '5'], other.chatId)
    await api.call('DELETE', `/v1/messages/${first}`, { as: ann.as })
    const shown = async (query: string) => (await pages(api, ann.as, `limit=2&${query}`)).flatMap(texts)
    assert.deepEqual(await shown(`chatId=${other.chatId}`), ['5', '4', '3'])
    assert.deepEqual(await shown('status=cancelled'), ['0'])
    assert.deepEqual(await shown(`status=queued&chatId=${ann.chatId}&order=asc`), ['1', '2'])
    assert.deepEqual(await shown('status=delivered'), [])
    assert.deepEqual(await shown('chatId=cht_nonsense'), [])
  })

  test('shows a span of time, in any offset, and what has a text in it, also across pages', async (t) => {
    const api = await startMessages(t)
    const { as } = await api.person('ann')
    for (const text of ['Копия 0', 'copy 1', 'КОПИЯ 2', 'copy 3', 'копия 4']) {
      await post(api, as, [text])
      api.clock.advance(60_000)
    }
    const shown = async (query: string) => (await pages(api, as, `limit=2&order=asc&${query}`)).flatMap(texts)
    assert.deepEqual(await shown('since=2026-01-01T00:03:00Z'), ['copy 3', 'копия 4'])
    assert.deepEqual(await shown('since=2026-01-01T02:01:00%2B02:00&until=2026-01-01T00:03:00.000Z'), [
      'copy 1',
      'КОПИЯ 2',
    ])
    assert.deepEqual(await shown(`text=${encodeURIComponent('Копия')}`), ['Копия 0', 'КОПИЯ 2', 'копия 4'])
    assert.deepEqual(await shown('text=COPY&until=2026-01-01T00:02:00Z'), ['copy 1'])
    assert.deepEqual(await shown('text=copy&status=failed'), [])
    assert.deepEqual(await shown('since=2027-01-01T00:00:00Z'), [])
    assert.deepEqual(await shown('text=%001'), ['copy 1'])
  })

  test('a search through a long history comes in parts, and all of it comes', async (t) => {
    const api = await startMessages(t)
    const { id: userId, as } = await api.person('ann')
    const { outbox } = api.store
    const texts = Array.from({ length: 20_400 }, (_, at) => (at % 10_100 === 50 ? `needle ${at}` : 'hay'))
    const given = { userId, silent: false, queueLimit: 0, nowMs: api.clock.now() }
    await Promise.all(texts.map((text) => outbox.enqueue({ ...given, text, id: newId('msg', api) })))
    const found = await pages(api, as, 'text=needle&order=asc')
    assert.ok(found.length > 1, `${found.length} pages`)
    assert.deepEqual(
      found.flat().map(({ text }) => text),
      texts.filter((text) => text !== 'hay'),
    )
  })

  test("never shows another's messages, also not by another's chat or cursor", async (t) => {
    const api = await startMessages(t)
    const [ann, bob] = [await api.person('ann'), await api.person('bob')]
    await post(api, ann.as, ['0', '1', '2'])
    const page = await api.call('GET', '/v1/messages?limit=1', { as: ann.as })
    assert.deepEqual(await pages(api, bob.as, ''), [[]])
    assert.deepEqual(await pages(api, bob.as, `chatId=${ann.chatId}`), [[]])
    const stolen = await api.call('GET', `/v1/messages?cursor=${String(page.json['nextCursor'])}`, { as: bob.as })
    assert.deepEqual(stolen.json['items'], [])
  })

  test('refuses a query that does not fit', async (t) => {
    const api = await startMessages(t)
    const { as } = await api.person('ann')
    const refused = `
    limit=0 limit=201 limit=-1 limit=1.5 limit= limit=all limit=1&limit=2 limit=1e999 limit=0x10 limit=true limit=%205
    status=Queued status= status=queued&status=failed order=newest chatId= unknown=1 __proto__=1
    since= since=today since=2026-02-30T00:00:00Z until=1767225600000 text= text=${'x'.repeat(201)} text=a&text=b
    cursor= cursor=x cursor=0 cursor=bXNnXzE cursor=${'x'.repeat(300)} cursor=%00 cursor=%F0%9F`
    for (const query of refused.trim().split(/\s+/)) {
      await t.test(query.slice(0, 40), async () => {
        assert.equal((await api.call('GET', `/v1/messages?${query}`, { as })).code, 'request_invalid')
      })
    }
  })

  test('refuses a cursor of the other order, and says so', async (t) => {
    const api = await startMessages(t)
    const { as } = await api.person('ann')
    await post(api, as, ['0', '1'])
    const { json } = await api.call('GET', '/v1/messages?limit=1&order=asc', { as })
    const answer = await api.call('GET', `/v1/messages?cursor=${String(json['nextCursor'])}`, { as })
    assert.equal(answer.code, 'request_invalid')
    assert.deepEqual(answer.json['errors'], [{ where: '/query/cursor', what: 'belongs to order=asc' }])
  })

  test('any text as a cursor is either one of ours or refused', async (t) => {
    const api = await startMessages(t)
    const { as } = await api.person('ann')
    const junk = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.base64String(),
      fc.string().map((text) => Buffer.from(`desc:${text}`).toString('base64url')),
    )
    await fc.assert(
      fc.asyncProperty(junk, async (cursor) => {
        const answer = await api.call('GET', `/v1/messages?cursor=${encodeURIComponent(cursor.toWellFormed())}`, { as })
        assert.equal(answer.code, 'request_invalid')
      }),
      { numRuns: 200 },
    )
  })
})
