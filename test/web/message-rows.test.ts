import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { allRows, firstLine, placeIn, putMessage, type RowPage, rowOf } from '../../web/src/api/message-rows.ts'
import { messageId, pageMessage } from '../support/page-messages.ts'

/** Pages of the messages with these numbers, newest first, so many on each. */
function pagesOf(numbers: readonly number[], perPage: number, isWhole: boolean): RowPage[] {
  const sorted = [...numbers].sort((a, b) => b - a)
  const count = Math.max(1, Math.ceil(sorted.length / perPage))
  return Array.from({ length: count }, (_, page) => ({
    rows: sorted
      .slice(page * perPage, (page + 1) * perPage)
      .map((number) => rowOf(pageMessage({ id: messageId(number) }))),
    nextCursor: page === count - 1 && isWhole ? null : `after page ${page}`,
  }))
}

function idsOf(pages: readonly RowPage[]): string[] {
  return allRows(pages).map(({ id }) => id)
}

describe('a list of messages that events change', () => {
  test('shows after any events what asking anew would show', () => {
    const events = fc.array(fc.record({ number: fc.nat(60), isLetIn: fc.boolean() }), { maxLength: 30 })
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(60)), fc.integer({ min: 1, max: 7 }), events, (numbers, perPage, changes) => {
        const shown = new Set(numbers)
        let pages: readonly RowPage[] = pagesOf(numbers, perPage, true)
        for (const { number, isLetIn } of changes) {
          pages = putMessage(pages, pageMessage({ id: messageId(number), status: 'failed' }), isLetIn)
          if (isLetIn) shown.add(number)
          else shown.delete(number)
        }
        assert.deepEqual(idsOf(pages), idsOf(pagesOf([...shown], 100, true)))
      }),
    )
  })

  test('leaves what is older than everything loaded to the page that will bring it', () => {
    const pages = pagesOf([10, 9, 8, 7], 2, false)
    assert.equal(putMessage(pages, pageMessage({ id: messageId(3) }), true), pages)
  })

  test('stays the same object when nothing changed', () => {
    const pages = pagesOf([3, 2, 1], 2, true)
    assert.equal(putMessage(pages, pageMessage({ id: messageId(9) }), false), pages)
  })

  test('shows a changed message in its new state where it was', () => {
    const pages = putMessage(pagesOf([3, 2, 1], 2, true), pageMessage({ id: messageId(2), status: 'failed' }), true)
    assert.deepEqual(
      allRows(pages).map(({ status }) => status),
      ['delivered', 'failed', 'delivered'],
    )
  })

  test('shows once what an event brought before its page did', () => {
    const found = putMessage([{ rows: [], nextCursor: 'goes on' }], pageMessage({ id: messageId(5) }), true)
    assert.deepEqual(idsOf([...found, ...pagesOf([5, 4], 2, true)]), [messageId(5), messageId(4)])
  })

  test('finds the place of an id', () => {
    const [page] = pagesOf([8, 6, 4], 3, true)
    assert.deepEqual(
      [9, 8, 7, 4, 1].map((number) => placeIn(page?.rows ?? [], messageId(number))),
      [0, 0, 1, 2, 3],
    )
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
