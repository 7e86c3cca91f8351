import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import { EventReader, type ServerEvent } from '../support/event-reader.ts'
import { listening } from '../support/http-server.ts'
import { type Messages, startMessages } from '../support/messages.ts'
import { until } from '../support/until.ts'

async function start(t: TestContext) {
  const api = await startMessages(t)
  const ann = await api.person('ann')
  const { url, port } = await listening(api.server)
  const post = async (text: string, as = ann.as): Promise<Record<string, unknown>> =>
    (await api.call('POST', '/v1/messages', { as, body: { text } })).json
  async function open(headers: Record<string, string> = {}, query = ''): Promise<EventReader> {
    const reader = await EventReader.open(`${url}/v1/events${query}`, { authorization: ann.as, ...headers })
    t.after(() => reader.close())
    return reader
  }
  return { ...api, ann, url, port, post, open }
}

/** The follower sleeps until something changes; before that a change of the clock means nothing to it. */
async function asleep({ clock }: Pick<Messages, 'clock'>, followers = 1): Promise<void> {
  await until('the followers sleep', () => clock.sleeping === followers)
}

function told(event: ServerEvent | undefined): Record<string, unknown> {
  assert.ok(event, 'the stream ended')
  return event.data as Record<string, unknown>
}

describe('GET /v1/events', () => {
  test('is a stream that nothing on the way may keep back', async (t) => {
    const { open } = await start(t)
    const { response } = await open()
    assert.equal(response.statusCode, 200)
    assert.equal(response.headers['content-type'], 'text/event-stream; charset=utf-8')
    assert.match(response.headers['cache-control'] ?? '', /no-cache.*no-transform/)
    assert.equal(response.headers['x-accel-buffering'], 'no')
    assert.equal(response.headers['content-length'], undefined)
  })

  test('tells each change of a message as the message is on the wire', async (t) => {
    const api = await start(t)
    const reader = await api.open()
    await asleep(api)
    const posted = await api.post('Hello,\nworld.\r\n\r\n')
    const [queued] = await reader.take(1)
    assert.equal(reader.retryMs, 3000)
    assert.equal(queued?.event, 'message')
    assert.deepEqual(queued.data, posted)
    await api.callEnds(String(posted['id']), { event: 'deliver', telegramMessageId: 7 })
    let last = await reader.next()
    while (told(last)['status'] === 'sending') last = await reader.next()
    const read = await api.call('GET', `/v1/messages/${String(posted['id'])}`, { as: api.ann.as })
    const { attempts: _calls, sendingSince: _callUnderWay, endedAt: _end, resent: _again, ...message } = read.json
    assert.deepEqual(last?.data, message)
    assert.ok(Number(last?.id) > Number(queued.id))
  })

  test('begins now, without what was before', async (t) => {
    const api = await start(t)
    await api.post('before')
    const reader = await api.open()
    await asleep(api)
    await api.post('after')
    const [event] = await reader.take(1)
    assert.equal(told(event)['text'], 'after')
  })

  test('is open when all that is done from then on will be told', async (t) => {
    const api = await start(t)
    const order: string[] = []
    const asked = Promise.withResolvers<void>()
    const free = Promise.withResolvers<void>()
    const lastChange = api.store.lastChange.bind(api.store)
    api.store.lastChange = async (userId) => {
      asked.resolve()
      await free.promise
      order.push('looked')
      return await lastChange(userId)
    }
    const opening = api.open().then((reader) => {
      order.push('open')
      return reader
    })
    await asked.promise
    // An answer that had begun would be here before this one.
    await fetch(`${api.url}/health/live`)
    free.resolve()
    const reader = await opening
    await api.post('at once')
    const [event] = await reader.take(1)
    assert.deepEqual([order, told(event)['text']], [['looked', 'open'], 'at once'])
  })

  test('begins after the last event that the reader has, by header or by query', async (t) => {
    const api = await start(t)
    const first = await api.open({ 'last-event-id': '0' })
    await api.post('one')
    // The link of the chat, then the message.
    const seen = await first.take(2)
    first.close()
    await api.post('two')
    const lastId = seen.at(-1)?.id ?? ''
    for (const again of [await api.open({ 'last-event-id': lastId }), await api.open({}, `?lastEventId=${lastId}`)]) {
      const [event] = await again.take(1)
      assert.equal(told(event)['text'], 'two')
    }
  })

  test('tells what happened to chats', async (t) => {
    const api = await start(t)
    const reader = await api.open({ 'last-event-id': '0' })
    const [linked] = await reader.take(1)
    assert.equal(linked?.event, 'account')
    const data = linked.data as { type: string; at: string; data: { chatId: string } }
    assert.equal(data.type, 'chat.linked')
    assert.equal(data.at, '2026-01-01T00:00:00.000Z')
    assert.equal(data.data.chatId, api.ann.chatId)
    await api.store.unlinkChat(api.ann.id, api.ann.chatId, { nowMs: api.clock.now(), movedTo: 'Bob' })
    const [moved] = await reader.take(1)
    assert.equal(told(moved)['type'], 'chat.moved')
  })

  test("never tells of another's messages", async (t) => {
    const api = await start(t)
    const bob = await api.person('bob')
    const reader = await api.open()
    await asleep(api)
    await api.post("bob's", bob.as)
    await api.post("ann's")
    const [event] = await reader.take(1)
    assert.equal(told(event)['text'], "ann's")
  })

  test('shows a sign of life after 15 s of quiet, and again', async (t) => {
    const api = await start(t)
    const reader = await api.open()
    for (let beat = 1; beat <= 3; beat++) {
      await asleep(api)
      api.clock.advance(14_999)
      assert.equal(api.clock.sleeping, 1)
      api.clock.advance(1)
      await reader.nextComment()
      assert.equal(reader.comments.length, beat)
    }
  })

  test('an id from another database is taken as the newest', async (t) => {
    const api = await start(t)
    const reader = await api.open({ 'last-event-id': '999999999999' })
    await asleep(api)
    await api.post('x')
    assert.equal((await reader.take(1)).length, 1)
  })

  test('refuses a last id that is none of ours', async (t) => {
    const { call, person } = await startMessages(t)
    const { as } = await person('ann')
    for (const id of ['-1', '1.5', 'x', '9'.repeat(16), ' ', '']) {
      await t.test(JSON.stringify(id), async () => {
        const byQuery = await call('GET', `/v1/events?lastEventId=${encodeURIComponent(id)}`, { as })
        assert.equal(byQuery.code, 'request_invalid')
      })
    }
  })
})

describe('the end of a stream of events', () => {
  test('comes cleanly when the server stops', async (t) => {
    const api = await start(t)
    const reader = await api.open()
    await asleep(api)
    const closed = api.server.close()
    assert.equal(await reader.next(), undefined)
    await closed
    assert.equal(api.clock.sleeping, 0)
  })

  test('comes when the token is revoked, before anything more is told', async (t) => {
    const api = await start(t)
    const { id, as } = await api.tokenFor(api.ann.id, ['read'])
    const reader = await api.open({ authorization: as })
    await asleep(api)
    await api.store.deleteApiToken(api.ann.id, id)
    await api.post('secret')
    assert.equal(await reader.next(), undefined)
  })

  test('comes with the next sign of life when the token is revoked and nothing happens', async (t) => {
    const api = await start(t)
    const { id, as } = await api.tokenFor(api.ann.id, ['read'])
    const reader = await api.open({ authorization: as })
    await asleep(api)
    await api.store.deleteApiToken(api.ann.id, id)
    api.clock.advance(15_000)
    assert.equal(await reader.next(), undefined)
    assert.deepEqual(reader.comments, [])
  })

  test('comes when the account is deleted', async (t) => {
    const api = await start(t)
    const reader = await api.open()
    await asleep(api)
    await api.store.deleteUser(api.ann.id)
    api.clock.advance(15_000)
    assert.equal(await reader.next(), undefined)
  })

  test('leaves nothing behind when the reader goes', async (t) => {
    const api = await start(t)
    const reader = await api.open()
    await asleep(api)
    reader.close()
    await asleep(api, 0)
  })
})

describe('a reader that does not read', () => {
  const MESSAGES = 160
  const BYTES_EACH = 128 * 1024

  /** Asks for everything, reads nothing, and waits until the server has nothing more that it could do about it. */
  async function stall(t: TestContext) {
    const api = await start(t)
    const accepted = once(api.server.server, 'connection') as Promise<[Socket]>
    const reader = await api.open({ 'last-event-id': '0' })
    reader.response.pause()
    const [socket] = await accepted
    for (let at = 0; at < MESSAGES; at++) await api.post('😀'.repeat(BYTES_EACH / 4))
    let before = -1
    await until('nothing more goes out', async () => {
      const still = socket.bytesWritten === before && socket.writableNeedDrain
      before = socket.bytesWritten
      // Something else that the server and its store must do meanwhile.
      await api.call('GET', '/v1/messages?limit=1', { as: api.ann.as })
      return still
    })
    return { api, reader, socket }
  }

  test('makes the server hold a fraction of what it has to tell', async (t) => {
    const { socket } = await stall(t)
    assert.ok(
      socket.bytesWritten < (MESSAGES * BYTES_EACH) / 2,
      `${socket.bytesWritten} bytes were taken from the store`,
    )
    assert.ok(socket.writableLength < 16 * BYTES_EACH, `${socket.writableLength} bytes are held`)
  })

  test('gets everything in order when it reads again', async (t) => {
    const { reader } = await stall(t)
    const events = await reader.take(MESSAGES + 1)
    const ids = events.map(({ id }) => Number(id))
    assert.deepEqual(
      ids,
      ids.toSorted((a, b) => a - b),
    )
    assert.equal(new Set(ids).size, ids.length)
  })

  test('does not hold up the stop', async (t) => {
    const { api, reader } = await stall(t)
    await api.server.close()
    assert.equal(api.clock.sleeping, 0)
    reader.close()
  })
})
