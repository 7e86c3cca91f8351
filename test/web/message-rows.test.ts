import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { firstLine, newerThan, notIn, putMessage, type RowPage, rowOf } from '../../web/src/api/message-rows.ts'
import { pageMessage } from '../support/page-messages.ts'

/** The message accepted in this second. Ids say nothing about the order. */
function numbered(number: number, about: Parameters<typeof pageMessage>[0] = {}) {
  return pageMessage({ id: `msg_${(number * 37) % 101}`, createdAt: new Date(number * 1000).toISOString(), ...about })
}

/** Pages of the messages with these numbers, newest first, so many on each. */
function pagesOf(numbers: readonly number[], perPage: number, isWhole: boolean): RowPage[] {
  const sorted = [...numbers].sort((a, b) => b - a)
  const count = Math.max(1, Math.ceil(sorted.length / perPage))
  return Array.from({ length: count }, (_, page) => ({
    rows: sorted.slice(page * perPage, (page + 1) * perPage).map((number) => rowOf(numbered(number))),
    nextCursor: page === count - 1 && isWhole ? null : `after page ${page}`,
  }))
}

function idsOf(pages: readonly RowPage[]): string[] {
  return pages.flatMap(({ rows }) => rows.map(({ id }) => id))
}

describe('a list of messages that events change', () => {
  test('shows after any events what asking anew would show', () => {
    const events = fc.array(fc.record({ number: fc.nat(60), isLetIn: fc.boolean() }), { maxLength: 30 })
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(60)), fc.integer({ min: 1, max: 7 }), events, (numbers, perPage, changes) => {
        const shown = new Set(numbers)
        let pages: readonly RowPage[] = pagesOf(numbers, perPage, true)
        for (const { number, isLetIn } of changes) {
          pages = putMessage(pages, numbered(number, { status: 'failed' }), isLetIn)
          if (isLetIn) shown.add(number)
          else shown.delete(number)
        }
        assert.deepEqual(idsOf(pages), idsOf(pagesOf([...shown], 100, true)))
      }),
    )
  })

  test('leaves what is older than everything loaded to the page that will bring it', () => {
    const pages = pagesOf([10, 9, 8, 7], 2, false)
    assert.equal(putMessage(pages, numbered(3), true), pages)
  })

  test('stays the same object when nothing changed', () => {
    const pages = pagesOf([3, 2, 1], 2, true)
    assert.equal(putMessage(pages, numbered(9), false), pages)
  })

  test('shows a changed message in its new state where it was', () => {
    const pages = putMessage(pagesOf([3, 2, 1], 2, true), numbered(2, { status: 'failed' }), true)
    assert.deepEqual(
      pages.flatMap(({ rows }) => rows.map(({ status }) => status)),
      ['delivered', 'failed', 'delivered'],
    )
  })

  test('puts what was accepted in the same moment above what came before', () => {
    const createdAt = '2026-01-01T00:00:00.000Z'
    let pages: readonly RowPage[] = [{ rows: [], nextCursor: null }]
    for (const id of ['b', 'c', 'a']) pages = putMessage(pages, pageMessage({ id, createdAt }), true)
    assert.deepEqual(idsOf(pages), ['a', 'c', 'b'])
  })

  test('knows a message again though the clocks of two processes disagree', () => {
    const rows = [5, 40, 4].map((number) => rowOf(numbered(number)))
    const pages = putMessage([{ rows, nextCursor: null }], numbered(40, { status: 'failed' }), true)
    assert.deepEqual(
      pages[0]?.rows.map(({ status }) => status),
      ['delivered', 'failed', 'delivered'],
    )
  })

  test('shows once what an event brought before its page did', () => {
    const found = putMessage([{ rows: [], nextCursor: 'goes on' }], numbered(5), true)
    const rows = [5, 4].map((number) => rowOf(numbered(number)))
    assert.deepEqual(
      notIn(found, rows).map(({ id }) => id),
      [numbered(4).id],
    )
  })

  test('counts what came since, also when the newest of then is gone', () => {
    const [page] = pagesOf([9, 8, 5, 3], 4, true)
    const newer = (number: number): number => newerThan(page?.rows ?? [], rowOf(numbered(number)))
    assert.deepEqual([9, 5, 4, 1].map(newer), [0, 2, 3, 4])
  })
})

describe('the line that a row shows', () => {
  test('is the first one with something in it', () => {
    assert.equal(firstLine('\n \n  Disk full \nmore'), 'Disk full')
    assert.equal(firstLine(' \n\t'), '')
  })

  test('is cut between characters, and says so', () => {
    const line = firstLine('😀'.repeat(200))
    assert.equal(line, `${'😀'.repeat(160)}…`)
    assert.equal(firstLine('x'.repeat(160)), 'x'.repeat(160))
  })
})
