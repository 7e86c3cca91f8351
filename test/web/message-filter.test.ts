import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { boundsOf, letsIn } from '../../web/src/api/message-filter.ts'
import { readFilter } from '../../web/src/pages/messages/filter.ts'
import { pageMessage } from '../support/page-messages.ts'

const NOW = Date.parse('2026-01-02T04:00:00Z')
const HOUR_MS = 3_600_000

describe('the filter in the address', () => {
  test('is read back as it was written', () => {
    const filter = { status: 'failed', chat: 'cht_1', since: '2026-01-01', until: '2026-01-02', text: 'disk' }
    assert.deepEqual(readFilter(filter), filter)
  })

  test('leaves out what makes no sense', () => {
    const nonsense = {
      status: 'lost',
      chat: 7,
      last: 'eon',
      since: '2026-13-01',
      until: 'tomorrow',
      text: '  ',
      more: 1,
    }
    assert.deepEqual(readFilter(nonsense), {})
  })

  test('leaves out what cannot be the id of a chat', () => {
    for (const chat of ['', 'a chat', '<img src=x>', 'чат', 'x'.repeat(65)]) assert.deepEqual(readFilter({ chat }), {})
  })

  test('takes a text that looks like a number for a text', () => {
    assert.deepEqual(readFilter({ text: 42 }), { text: '42' })
  })

  test('lets a span that ends now stand alone', () => {
    assert.deepEqual(readFilter({ last: 'day', since: '2026-01-01' }), { last: 'day' })
  })

  test('takes no more text than the API does', () => {
    assert.equal(readFilter({ text: 'x'.repeat(300) }).text?.length, 200)
  })
})

describe('the bounds of a filter', () => {
  test('are whole days where the person is, the last one included', () => {
    const { fromMs, toMs } = boundsOf({ since: '2026-03-01', until: '2026-03-01' }, NOW)
    assert.equal(fromMs, new Date(2026, 2, 1).getTime())
    assert.equal(toMs, new Date(2026, 2, 2).getTime())
  })

  test('are moments as they stand', () => {
    assert.deepEqual(boundsOf({ since: '2026-01-02T03:00:00Z' }, NOW), { fromMs: NOW - HOUR_MS })
  })

  test('move with the clock when they are a span', () => {
    assert.deepEqual(boundsOf({ last: 'hour' }, NOW), { fromMs: NOW - HOUR_MS })
  })
})

describe('a message that an event brings', () => {
  const message = pageMessage({ text: 'Диск ПОЛОН', status: 'queued' })

  test('is let in by what fits it', () => {
    assert.ok(letsIn({}, message, NOW))
    assert.ok(letsIn({ status: 'queued', chat: 'cht_1', last: 'hour', text: 'полон' }, message, NOW))
  })

  for (const filter of [
    { status: 'failed' as const },
    { chat: 'cht_2' },
    { text: 'пуст' },
    { since: '2026-01-02T03:30:00Z' },
    { until: '2026-01-02T03:04:05Z' },
  ]) {
    test(`is kept out by ${JSON.stringify(filter)}`, () => assert.ok(!letsIn(filter, message, NOW)))
  }

  test('is kept out when its span has passed', () => {
    assert.ok(!letsIn({ last: 'hour' }, message, NOW + HOUR_MS))
  })
})
