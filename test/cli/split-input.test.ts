import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { splitInput } from '../../src/cli/split-input.ts'

test('a text that fits is one piece, as it is', () => {
  assert.deepEqual(splitInput('two\nlines', 9), ['two\nlines'])
  assert.deepEqual(splitInput('', 9), [])
})

test('a longer one is cut at the last line break that fits, and in the middle of a line where there is none', () => {
  assert.deepEqual(splitInput('one\ntwo\nthree', 8), ['one\ntwo', 'three'])
  assert.deepEqual(splitInput('abcdefghij', 4), ['abcd', 'efgh', 'ij'])
  assert.deepEqual(splitInput('a\nbcdefghij', 8), ['a\nbcdefg', 'hij'])
  assert.deepEqual(splitInput('one\n\n\n\n\ntwo', 4), ['one\n', 'two'])
})

test('no piece is too long or empty, no character is broken, and everything that can be seen is there in its order', () => {
  const character = fc.oneof(
    fc.constantFrom('\n', ' ', 'a', '😀'),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
  )
  const visible = (text: string): string => text.replaceAll(/\s/gu, '')
  fc.assert(
    fc.property(fc.string({ unit: character }), fc.integer({ min: 1, max: 12 }), (input, max) => {
      const pieces = splitInput(input, max)
      assert.ok(pieces.every((piece) => Array.from(piece).length <= max && piece.isWellFormed()))
      if (pieces.length > 1) assert.ok(pieces.every((piece) => piece.trim() !== ''))
      assert.equal(visible(pieces.join('')), visible(input))
    }),
  )
})
