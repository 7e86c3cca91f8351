import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { parseText } from '../../src/sandbox/entities/parse-text.ts'

type Case = [string, string, object[]]

describe('C5: MarkdownV2 becomes text and entities', () => {
  const CASES: Case[] = [
    ['*x*', 'x', [{ type: 'bold', offset: 0, length: 1 }]],
    ['_x_', 'x', [{ type: 'italic', offset: 0, length: 1 }]],
    ['__x__', 'x', [{ type: 'underline', offset: 0, length: 1 }]],
    ['~x~', 'x', [{ type: 'strikethrough', offset: 0, length: 1 }]],
    ['||x||', 'x', [{ type: 'spoiler', offset: 0, length: 1 }]],
    ['`x*y`', 'x*y', [{ type: 'code', offset: 0, length: 3 }]],
    ['```\nx```', 'x', [{ type: 'pre', offset: 0, length: 1 }]],
    ['```ts\r\nx```', 'x', [{ type: 'pre', offset: 0, length: 1, language: 'ts' }]],
    ['```x```', 'x', [{ type: 'pre', offset: 0, length: 1 }]],
    ['`a\\`b\\\\`', 'a`b\\', [{ type: 'code', offset: 0, length: 4 }]],
    ['1\\. \\*a\\* \\q \\', '1. *a* q \\', []],
    ['\\é', '\\é', []],
    ['**', '', []],
    ['[x](ya.ru/\\)1)', 'x', [{ type: 'text_link', offset: 0, length: 1, url: 'http://ya.ru/)1' }]],
    ['[ya\\.ru]', 'ya.ru', [{ type: 'text_link', offset: 0, length: 5, url: 'http://ya.ru/' }]],
    ['[x](nowhere)', 'x', []],
    ['![👍](tg://emoji?id=5)', '👍', [{ type: 'custom_emoji', offset: 0, length: 2, custom_emoji_id: '5' }]],
    [
      '![x](tg://time?unix=60&format=r)',
      'x',
      [{ type: 'date_time', offset: 0, length: 1, unix_time: 60, date_time_format: 'r' }],
    ],
    ['>a\n>b\nc', 'a\nb\nc', [{ type: 'blockquote', offset: 0, length: 4 }]],
    ['>a\n>b', 'a\nb', [{ type: 'blockquote', offset: 0, length: 3 }]],
    ['>a||\nb', 'a\nb', [{ type: 'expandable_blockquote', offset: 0, length: 2 }]],
    ['>a||', 'a', [{ type: 'expandable_blockquote', offset: 0, length: 1 }]],
    [
      'a\n>*b*',
      'a\nb',
      [
        { type: 'blockquote', offset: 2, length: 1 },
        { type: 'bold', offset: 2, length: 1 },
      ],
    ],
    [
      '*a _b_*',
      'a b',
      [
        { type: 'bold', offset: 0, length: 3 },
        { type: 'italic', offset: 2, length: 1 },
      ],
    ],
    ['😀*é*', '😀é', [{ type: 'bold', offset: 2, length: 1 }]],
  ]
  for (const [raw, text, entities] of CASES) {
    test(JSON.stringify(raw), () => assert.deepEqual(parseText(raw, 'markdownv2'), { ok: true, text, entities }))
  }
})

describe('C5: a fault in MarkdownV2 is told in the words of the server, with byte offsets', () => {
  for (const character of ']()>#+-=|{}.!') {
    test(`a bare ${character} is refused`, () => {
      assert.deepEqual(parseText(`a${character}b`, 'markdownv2'), {
        ok: false,
        description: `can't parse entities: Character '${character}' is reserved and must be escaped with the preceding '\\'`,
      })
    })
  }
  const CASES: [string, string][] = [
    ['😀*x', "Can't find end of Bold entity at byte offset 4"],
    ['é_x', "Can't find end of Italic entity at byte offset 2"],
    ['__x_', "Can't find end of Italic entity at byte offset 3"],
    ['__x', "Can't find end of Underline entity at byte offset 0"],
    ['~x', "Can't find end of Strikethrough entity at byte offset 0"],
    ['||x', "Can't find end of Spoiler entity at byte offset 0"],
    ['`x', "Can't find end of Code entity at byte offset 0"],
    ['```x', "Can't find end of Pre entity at byte offset 0"],
    ['```ts x', "Can't find end of PreCode entity at byte offset 0"],
    ['[x', "Can't find end of TextUrl entity at byte offset 0"],
    ['![x', "Can't find end of CustomEmoji entity at byte offset 0"],
    ['é[x](ya', "Can't find end of a URL at byte offset 6"],
    ['>*a\nb*', "Can't find end of Bold entity at byte offset 1"],
    ['*a _b*', "Can't find end of Bold entity at byte offset 5"],
    ['![x]', 'The entity must contain a tg://emoji or tg://time URL'],
    ['![x](http://a.b)', 'Invalid tg://emoji or tg://time URL specified'],
  ]
  for (const [raw, description] of CASES) {
    test(JSON.stringify(raw), () => {
      assert.deepEqual(parseText(raw, 'markdownv2'), { ok: false, description: `can't parse entities: ${description}` })
    })
  }
})

describe('C5: legacy Markdown', () => {
  const CASES: Case[] = [
    ['*x*', 'x', [{ type: 'bold', offset: 0, length: 1 }]],
    ['_x y_', 'x y', [{ type: 'italic', offset: 0, length: 3 }]],
    ['`*x*`', '*x*', [{ type: 'code', offset: 0, length: 3 }]],
    ['```ts\nx```', 'x', [{ type: 'pre', offset: 0, length: 1, language: 'ts' }]],
    ['[x](ya.ru)', 'x', [{ type: 'text_link', offset: 0, length: 1, url: 'http://ya.ru/' }]],
    ['a\\_b 1. ~x~ ||y||', 'a_b 1. ~x~ ||y||', []],
    ['*a\\*', 'a\\', [{ type: 'bold', offset: 0, length: 2 }]],
  ]
  for (const [raw, text, entities] of CASES) {
    test(JSON.stringify(raw), () => assert.deepEqual(parseText(raw, 'markdown'), { ok: true, text, entities }))
  }
  test('an entity without an end is refused at its byte', () => {
    assert.deepEqual(parseText('é snake_case', 'markdown'), {
      ok: false,
      description: "can't parse entities: Can't find end of the entity starting at byte offset 8",
    })
  })
})

test('without a parse mode nothing is markup', () => {
  assert.deepEqual(parseText('*<b>_[', ''), { ok: true, text: '*<b>_[', entities: [] })
})

test('escaped text of any kind comes back as it was, in MarkdownV2', () => {
  const escape = (text: string): string => Array.from(text, (c) => (c > '\0' && c <= '~' ? `\\${c}` : c)).join('')
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.deepEqual(parseText(escape(text), 'markdownv2'), { ok: true, text, entities: [] })
    }),
  )
})

test('whatever stands in it, Markdown is parsed or refused, and entities stay inside the text', () => {
  const piece = fc.constantFrom(
    '*',
    '_',
    '__',
    '`',
    '```',
    '[',
    ']',
    '(',
    ')',
    '>',
    '\n',
    '\r',
    '||',
    '!',
    '~',
    '\\',
    'a',
    'é',
    '😀',
  )
  fc.assert(
    fc.property(
      fc.array(piece).map((pieces) => pieces.join('')),
      fc.constantFrom('markdown', 'markdownv2'),
      (raw, mode) => {
        const parsed = parseText(raw, mode)
        return (
          !parsed.ok ||
          parsed.entities.every(({ offset, length }) => length > 0 && offset + length <= parsed.text.length)
        )
      },
    ),
    { numRuns: 500 },
  )
})
