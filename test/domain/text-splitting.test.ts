import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { messageParts, messageText } from '../../src/domain/message-text.ts'
import { splitText } from '../../src/domain/text-splitting.ts'

const LIMIT = 4096
const en = { name: 'Ann', locale: 'en' } as const

/** Pieces that have broken text splitters: pairs, joiners, flags, accents, line ends of every kind, blanks of every kind. */
const pieces = fc.constantFrom(
  'a',
  'word',
  ' ',
  '  ',
  '\n',
  '\n\n',
  '\r\n',
  '\r',
  '\t',
  '. ',
  '! ',
  '。',
  '😀',
  '👨‍👩‍👧‍👦',
  '🇷🇺',
  '🇩🇪',
  'e\u0301',
  ' \u0301',
  '\u0301',
  'й',
  'ß',
  'नि',
  '각',
  '\u200b',
  '\u00a0',
  '\u3000',
  '\u200d',
  '\ud83d',
  '\ude00',
  'x'.repeat(50),
)
const texts = fc.array(pieces, { minLength: 1, maxLength: 300 }).map((parts) => parts.join(''))
const limits = fc.integer({ min: 2, max: 120 })

const graphemes = (text: string): string[] =>
  Array.from(new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text), (s) => s.segment)

describe('what arrives', () => {
  test('is the heading in the account’s language, a line break and the text, to the letter', () => {
    assert.equal(messageText({ ...en, text: 'hello' }), 'Ann, I got a message from you:\nhello')
    const russian = messageText({ name: 'Аня', locale: 'ru', text: 'привет' })
    assert.equal(russian, 'Аня, я получил от тебя сообщение:\nпривет')
  })

  test('is the text as it came, whatever it looks like', () => {
    const text = '  <b>*_`</b> &amp; $& {name}\n\n'
    assert.deepEqual(messageParts({ ...en, text }, LIMIT), [`Ann, I got a message from you:\n${text}`])
  })

  test('has the heading on the first part alone', () => {
    const parts = messageParts({ ...en, text: 'word '.repeat(2000) }, LIMIT)
    assert.equal(parts.length, 3)
    assert.deepEqual(
      parts.map((part) => part.startsWith('Ann, I got a message from you:\n')),
      [true, false, false],
    )
  })

  test('fits one message up to the last unit', () => {
    const heading = messageText({ ...en, text: '' })
    assert.equal(messageParts({ ...en, text: 'x'.repeat(LIMIT - heading.length) }, LIMIT).length, 1)
    assert.equal(messageParts({ ...en, text: 'x'.repeat(LIMIT - heading.length + 1) }, LIMIT).length, 2)
  })

  test('of the longest text that is accepted needs few parts, whatever its letters', () => {
    for (const letter of ['x', '😀', 'й', '👨‍👩‍👧‍👦']) {
      const text = Array.from(letter.repeat(32_768)).slice(0, 32_768).join('')
      const parts = messageParts({ ...en, text }, LIMIT)
      assert.ok(parts.length <= Math.ceil((text.length + 100) / (LIMIT - 12)), `${letter}: ${parts.length}`)
    }
  })
})

describe('the natural places, best first', () => {
  const filler = (length: number): string => 'x'.repeat(length)
  for (const [name, before, after, mark] of [
    ['a paragraph before a line', 'paragraph', `line\n${filler(3)} tail`, '\n\n'],
    ['a line before a sentence', 'line', `A sentence. ${filler(3)} tail`, '\n'],
    ['a sentence before a word', 'Sentence.', `word ${filler(3)} tail`, ' '],
    ['a word before nothing', 'word', filler(12), ' '],
    ['a full stop without a blank behind it', '文。', '字'.repeat(8), ''],
  ] as const) {
    test(name, () => {
      const first = filler(85 - before.length) + before
      const parts = splitText(first + mark + after + filler(40), 100)
      assert.equal(parts[0], first)
      assert.equal(parts.join(mark), first + mark + after + filler(40))
    })
  }

  test('too early in the window they do not count', () => {
    const text = `${filler(60)} ${filler(100)}`
    assert.deepEqual(splitText(text, 100), [`${filler(60)} ${filler(39)}`, filler(61)])
  })

  test('a blank right after the last unit that fits is one of them', () => {
    assert.deepEqual(splitText(`${filler(100)}\n\n${filler(100)}`, 100), [filler(100), filler(100)])
  })

  test('a long gap goes with the cut, wherever it begins', () => {
    assert.deepEqual(splitText(`ab${' '.repeat(500)}cd`, 100), ['ab', 'cd'])
  })
})

describe('whatever the text', () => {
  test('no part is longer than the limit', () => {
    fc.assert(fc.property(texts, limits, (text, limit) => splitText(text, limit).every((p) => p.length <= limit)))
  })

  test('nothing is lost or changed but what cannot be seen', () => {
    const seen = (text: string): string => text.replaceAll(/[\s\u200b\u200d]/g, '')
    fc.assert(fc.property(texts, limits, (text, limit) => seen(splitText(text, limit).join('')) === seen(text)))
  })

  test('only white space of ASCII goes at a cut between two parts', () => {
    const strict = fc.array(fc.constantFrom('ab', ' ', '\n', '. ', '😀', 'e\u0301', '\r\n'), { maxLength: 300 })
    fc.assert(
      fc.property(strict, limits, (pieces, limit) => {
        const text = pieces.join('')
        let at = 0
        for (const part of splitText(text, limit)) {
          const found = text.indexOf(part, at)
          assert.match(text.slice(at, found), /^[ \t\r\n]*$/)
          at = found + part.length
        }
        assert.match(text.slice(at), /^[ \t\r\n]*$/)
      }),
    )
  })

  test('no surrogate pair is torn apart', () => {
    const whole = texts.filter((text) => text.isWellFormed())
    fc.assert(fc.property(whole, limits, (text, limit) => splitText(text, limit).every((p) => p.isWellFormed())))
  })

  test('no grapheme that fits a part is torn apart', () => {
    fc.assert(
      fc.property(texts, limits, (text, limit) => {
        const all = graphemes(text)
        if (all.some((grapheme) => grapheme.length > limit)) return
        const left = [...all]
        for (const grapheme of splitText(text, limit).flatMap(graphemes)) {
          while (left.length > 0 && left[0] !== grapheme) left.shift()
          assert.equal(left.shift(), grapheme)
        }
      }),
    )
  })

  test('no part is one that Telegram would refuse as empty', () => {
    const blank = /^(?:\s|\u200b|\u200d)*$/
    fc.assert(fc.property(texts, limits, (text, limit) => !splitText(text, limit).some((part) => blank.test(part))))
  })

  test('the same text is cut the same way each time', () => {
    fc.assert(
      fc.property(texts, limits, (text, limit) => {
        assert.deepEqual(splitText(text, limit), splitText(text, limit))
      }),
    )
  })
})

test('a single grapheme that is longer than a message is cut between two code points', () => {
  const zalgo = `z${'\u0301'.repeat(10_000)}`
  assert.equal(splitText(zalgo, LIMIT).join(''), zalgo)
  const family = '👩\u200d'.repeat(4000)
  const parts = splitText(family, LIMIT)
  assert.equal(parts.join(''), family)
  assert.ok(parts.every((part) => part.isWellFormed() && part.length <= LIMIT))
})

test('a text of which nothing can be seen has no parts', () => {
  for (const text of [' ', '\n'.repeat(9000), '\u200b\u3000\u2800', '\u0000\u0007', '\u202e']) {
    assert.deepEqual(splitText(text, LIMIT), [])
  }
})
