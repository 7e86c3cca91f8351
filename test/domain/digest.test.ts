import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  jointText,
  MOST_TOGETHER,
  queueOfAMinute,
  travelSilently,
  travelTogether,
  type Waiting,
} from '../../src/domain/digest.ts'

const NOW = 1_000_000
const LIMIT = 4096
const one: Waiting = {
  name: 'Ann',
  locale: 'en',
  text: 'x',
  silent: false,
  digest: 'when_behind',
  partsDone: 0,
  alone: false,
  nextAttemptAtMs: 0,
}

test('a queue is too long when it lasts more than a minute', () => {
  assert.equal(queueOfAMinute(42), 60)
  assert.equal(queueOfAMinute(-42), 20)
})

describe('of three that wait, how many travel together', () => {
  const rows: [string, Waiting[], number][] = [
    ['all, when nothing speaks against it', [one, one, one], 3],
    ['the first alone, when it does not want company', [{ ...one, digest: 'never' }, one, one], 1],
    ['those before one that does not want company', [one, one, { ...one, digest: 'never' }], 2],
    ['those before one that Telegram refused in company', [one, { ...one, alone: true }, one], 1],
    ['the first alone, when its parts have begun', [{ ...one, partsDone: 1 }, one, one], 1],
    ['silent ones and others', [one, { ...one, silent: true }, one], 3],
    ['those before one that is not due', [one, { ...one, nextAttemptAtMs: NOW + 1 }, one], 1],
    ['those before one that must be split', [one, { ...one, text: 'x'.repeat(LIMIT) }, one], 1],
    ['the first alone, when it must be split', [{ ...one, text: 'x'.repeat(LIMIT) }, one, one], 1],
    ['those that fit', [one, { ...one, text: 'x'.repeat(LIMIT - 64) }, one], 1],
    ['those that fit to the character', [one, { ...one, text: 'x'.repeat(LIMIT - 65) }, one], 2],
    ['two accounts, each under its own heading', [one, { ...one, name: 'Bob', locale: 'ru' }, one], 3],
  ]
  for (const [name, waiting, expected] of rows) {
    test(name, () => assert.equal(travelTogether(waiting, LIMIT, NOW), expected))
  }
})

test('what travels together makes no sound only when none of it is to make one', () => {
  const silent = { ...one, silent: true }
  assert.deepEqual([[one], [silent], [silent, silent], [silent, one], [one, silent]].map(travelSilently), [
    false,
    true,
    true,
    false,
    false,
  ])
})

test('the joint text has each message under its own heading, with a blank line between', () => {
  const text = jointText([one, { ...one, name: 'Аня', locale: 'ru', text: 'привет' }])
  assert.equal(text, 'Ann, I got a message from you:\nx\n\nАня, я получил от тебя сообщение:\nпривет')
})

test('whatever waits, at least the first goes, never too much together, and nothing that wants or needs to be alone', () => {
  const waiting = fc.record({
    name: fc.string({ minLength: 1, maxLength: 64 }),
    locale: fc.constantFrom('en', 'ru'),
    text: fc.string({ minLength: 1, maxLength: 900 }),
    silent: fc.boolean(),
    digest: fc.constantFrom('when_behind', 'when_behind', 'when_behind', 'never'),
    partsDone: fc.constantFrom(0, 0, 0, 1),
    alone: fc.constantFrom(false, false, true),
    nextAttemptAtMs: fc.constantFrom(0, 0, NOW + 1),
  }) as fc.Arbitrary<Waiting>
  fc.assert(
    fc.property(fc.array(waiting, { minLength: 1, maxLength: 2 * MOST_TOGETHER }), (lane) => {
      const count = travelTogether(lane, LIMIT, NOW)
      assert.ok(count >= 1 && count <= MOST_TOGETHER)
      if (count === 1) return
      const together = lane.slice(0, count)
      assert.ok(jointText(together).length <= LIMIT)
      const unfit = (m: Waiting) => m.digest === 'never' || m.alone || m.partsDone > 0 || m.nextAttemptAtMs > NOW
      assert.ok(!together.some(unfit))
    }),
  )
})
