import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { type ParsedText, parseText } from '../../src/sandbox/entities/parse-text.ts'

const html = (raw: string): ParsedText => parseText(raw, 'html')
const fault = (raw: string): string => {
  const parsed = html(raw)
  return parsed.ok ? 'no fault' : parsed.description
}

describe('C5: HTML becomes text and entities', () => {
  const STYLES = {
    b: 'bold',
    strong: 'bold',
    i: 'italic',
    em: 'italic',
    u: 'underline',
    ins: 'underline',
    s: 'strikethrough',
    strike: 'strikethrough',
    del: 'strikethrough',
    'tg-spoiler': 'spoiler',
    code: 'code',
    pre: 'pre',
    blockquote: 'blockquote',
    B: 'bold',
  }
  for (const [tag, type] of Object.entries(STYLES)) {
    test(`<${tag}> is ${type}`, () => {
      assert.deepEqual(html(`a<${tag}>😀x</${tag}>`), {
        ok: true,
        text: 'a😀x',
        entities: [{ type, offset: 1, length: 3 }],
      })
    })
  }

  const CASES: [string, string, object[]][] = [
    ['&lt;b&gt; &amp; &quot; &#65; &#x1F600;', '<b> & " A 😀', []],
    ['&nbsp; &lt &copy; AT&T', '&nbsp; < &copy; AT&T', []],
    ['<span class="tg-spoiler">x</span>', 'x', [{ type: 'spoiler', offset: 0, length: 1 }]],
    ['<blockquote expandable>x</blockquote>', 'x', [{ type: 'expandable_blockquote', offset: 0, length: 1 }]],
    ['<b></b>x', 'x', []],
    ['<b>x</>', 'x', [{ type: 'bold', offset: 0, length: 1 }]],
    ['<b >x</b >', 'x', [{ type: 'bold', offset: 0, length: 1 }]],
    ['<pre><code class="language-ts">x</code></pre>', 'x', [{ type: 'pre', offset: 0, length: 1, language: 'ts' }]],
    ['<code class="language-ts"><pre>x</pre></code>', 'x', [{ type: 'pre', offset: 0, length: 1, language: 'ts' }]],
    ['<code class="language-ts">x</code>', 'x', [{ type: 'code', offset: 0, length: 1 }]],
    ['<a href="HTTP://Ya.RU">x</a>', 'x', [{ type: 'text_link', offset: 0, length: 1, url: 'http://ya.ru/' }]],
    [
      "<a href='ya.ru/?a=1&amp;b=2'>x</a>",
      'x',
      [{ type: 'text_link', offset: 0, length: 1, url: 'http://ya.ru/?a=1&b=2' }],
    ],
    ['<a>ya.ru</a>', 'ya.ru', [{ type: 'text_link', offset: 0, length: 5, url: 'http://ya.ru/' }]],
    ['<a href="http://localhost">x</a>', 'x', []],
    ['<a href="javascript://x.y">x</a>', 'x', []],
    [
      '<a href="tg://resolve?domain=a_b">x</a>',
      'x',
      [{ type: 'text_link', offset: 0, length: 1, url: 'tg://resolve?domain=a_b' }],
    ],
    [
      '<a href="tg://user?id=7">x</a>',
      'x',
      [{ type: 'text_mention', offset: 0, length: 1, user: { id: 7, is_bot: false, first_name: '' } }],
    ],
    [
      '<tg-emoji emoji-id="536">👍</tg-emoji>',
      '👍',
      [{ type: 'custom_emoji', offset: 0, length: 2, custom_emoji_id: '536' }],
    ],
    [
      '<tg-time unix="1700000000" format="Dw">x</tg-time>',
      'x',
      [{ type: 'date_time', offset: 0, length: 1, unix_time: 1_700_000_000, date_time_format: 'wD' }],
    ],
  ]
  for (const [raw, text, entities] of CASES) {
    test(raw, () => assert.deepEqual(html(raw), { ok: true, text, entities }))
  }

  test('nested entities come out sorted, the outer first', () => {
    const parsed = html('<i>a<b>b</b></i>')
    assert.deepEqual(parsed.ok && parsed.entities.map((entity) => entity.type), ['italic', 'bold'])
  })
})

describe('C5: a fault in HTML is told in the words of the server, with byte offsets', () => {
  const CASES: [string, string][] = [
    ['é<x>', 'Unsupported start tag "x" at byte offset 2'],
    ['😀<b', 'Unclosed start tag at byte offset 4'],
    ['<a href', 'Unclosed start tag "a" at byte offset 0'],
    ['<a href=', 'Unclosed start tag "a" at byte offset 0'],
    ['<a href="x', 'Unclosed start tag at byte offset 0'],
    ['<a ', 'Empty attribute name in the tag "a" at byte offset 0'],
    ['<a href=x/>', 'Unexpected end of name token at byte offset 8'],
    ['x</b>', 'Unexpected end tag at byte offset 1'],
    ['<b>é</i>', 'Unmatched end tag at byte offset 5, expected "</b>", found "</i>"'],
    ['<b>x</b', 'Unclosed end tag at byte offset 4'],
    ['<b><i>x</i>', 'Can\'t find end tag corresponding to start tag "b"'],
    ['<span>x</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'],
    ['1 < 2', 'Unsupported start tag "" at byte offset 2'],
    ['<b/>', 'Unsupported start tag "b/" at byte offset 0'],
    ['<tg-emoji emoji-id="x">a</tg-emoji>', 'Invalid custom emoji identifier specified'],
    ['<tg-time unix="1" format="q">a</tg-time>', 'Invalid date format used'],
    ['a\0', 'Text must not contain null bytes'],
    [
      '&#xD800;',
      'Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units',
    ],
  ]
  for (const [raw, description] of CASES) {
    test(JSON.stringify(raw), () => assert.equal(fault(raw), `can't parse entities: ${description}`))
  }
})

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

test('escaped text of any kind comes back as it was, in HTML', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0')),
      (text) => {
        assert.deepEqual(html(`<b>${escapeHtml(text)}</b>`), {
          ok: true,
          text,
          entities: text === '' ? [] : [{ type: 'bold', offset: 0, length: text.length }],
        })
      },
    ),
  )
})

test('whatever stands in it, HTML is parsed or refused, and entities stay inside the text', () => {
  const piece = fc.constantFrom(
    '<',
    '>',
    '/',
    'b',
    'a',
    ' href=',
    '"',
    '&',
    '#x',
    '<b>',
    '</b>',
    '<pre>',
    '</',
    'é',
    '😀',
    ';',
  )
  fc.assert(
    fc.property(
      fc.array(piece).map((pieces) => pieces.join('')),
      (raw) => {
        const parsed = html(raw)
        return (
          !parsed.ok ||
          parsed.entities.every(({ offset, length }) => length > 0 && offset + length <= parsed.text.length)
        )
      },
    ),
  )
})
