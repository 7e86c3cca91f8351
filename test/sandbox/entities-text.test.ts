import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { MessageEntity } from '@grammyjs/types'
import fc from 'fast-check'
import { entitiesFault } from '../../src/sandbox/entities/check-entities.ts'
import { cleanText, codePoints } from '../../src/sandbox/entities/clean-text.ts'
import { detectEntities } from '../../src/sandbox/entities/detect-entities.ts'
import { resolveMentions, unknownUser } from '../../src/sandbox/entities/link-entity.ts'
import { checkLink } from '../../src/sandbox/entities/links.ts'

test('C6: 4096 emoji are 4096 code points, though 8192 UTF-16 units; one more is one too many', () => {
  assert.equal(codePoints('\u{1F600}'.repeat(4096)), 4096)
  assert.equal(codePoints('\u{1F600}'.repeat(4097)), 4097)
})

describe('text is cleaned as Telegram cleans it', () => {
  const CASES: [string, string, string][] = [
    ['control characters become spaces', 'a\u0000b\tc\u001fd', 'a b c d'],
    ['a line break stays, a carriage return goes', 'a\r\nb', 'a\nb'],
    ['separators and overrides are dropped', 'a\u2028b\u202ec', 'abc'],
    ['vertical lines are dropped', 'a\u0333b\u033fc\u030ad', 'abcd'],
    ['leading and trailing spaces and line breaks are trimmed', ' \n a b \n', 'a b'],
    ['other spaces at the ends stay', '\u00a0a\u00a0', '\u00a0a\u00a0'],
    ['of a row of direction marks the last stays', 'a\u200e\u200f\u200eb', 'a\u200c\u200c\u200eb'],
    ['only white space is nothing', ' \n\t ', ''],
    ['only invisible characters are nothing', '\u200b\u2060\ufeff', ''],
  ]
  for (const [promise, raw, clean] of CASES) {
    test(promise, () => assert.deepEqual(cleanText(raw, []), { text: clean, entities: [] }))
  }

  test('entities move with their text and are clipped with it', () => {
    const entities: MessageEntity[] = [
      { type: 'bold', offset: 2, length: 3 },
      { type: 'italic', offset: 8, length: 50 },
    ]
    assert.deepEqual(cleanText('  a\rb cd😀 \n', entities), {
      text: 'a b cd😀'.replace(' b', 'b'),
      entities: [
        { type: 'bold', offset: 0, length: 2 },
        { type: 'italic', offset: 5, length: 2 },
      ],
    })
  })

  test('an entity that begins with spaces keeps them, as at Telegram', () => {
    assert.deepEqual(cleanText(' a', [{ type: 'code', offset: 0, length: 2 }]).text, ' a')
  })

  test('an entity of which nothing is left is dropped', () => {
    assert.deepEqual(cleanText('a  ', [{ type: 'bold', offset: 1, length: 2 }]), { text: 'a', entities: [] })
  })

  test('overlapping styles are cut so that they nest, touching ones are joined', () => {
    const entities: MessageEntity[] = [
      { type: 'bold', offset: 0, length: 2 },
      { type: 'bold', offset: 2, length: 2 },
      { type: 'italic', offset: 1, length: 5 },
    ]
    assert.deepEqual(cleanText('abcdef', entities).entities, [
      { type: 'bold', offset: 0, length: 1 },
      { type: 'italic', offset: 1, length: 5 },
      { type: 'bold', offset: 1, length: 3 },
    ])
  })

  test('nothing stands inside code, and of two links that overlap the first stays', () => {
    const entities: MessageEntity[] = [
      { type: 'bold', offset: 0, length: 6 },
      { type: 'code', offset: 2, length: 2 },
      { type: 'text_link', offset: 3, length: 3, url: 'http://a.b/' },
    ]
    assert.deepEqual(cleanText('abcdef', entities).entities, [
      { type: 'bold', offset: 0, length: 2 },
      { type: 'code', offset: 2, length: 2 },
      { type: 'bold', offset: 4, length: 2 },
    ])
  })

  test('cleaning twice changes nothing more', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (raw) => {
        const once = cleanText(raw, []).text
        assert.equal(cleanText(once, []).text, once)
        assert.doesNotMatch(once, /^[ \n]|[ \n]$|\r/)
      }),
    )
  })

  test('entities always stay inside the text', () => {
    const entity = fc.record({
      type: fc.constantFrom('bold' as const, 'italic' as const, 'code' as const, 'blockquote' as const),
      offset: fc.nat(30),
      length: fc.nat(30),
    })
    const text = fc.array(fc.constantFrom('a', ' ', '\r', '\n', '😀', '\u2028')).map((units) => units.join(''))
    fc.assert(
      fc.property(text, fc.array(entity), (raw, given) => {
        const { text: clean, entities } = cleanText(raw, given)
        const inside = entities.every(
          ({ offset, length }) => offset >= 0 && length > 0 && offset + length <= clean.length,
        )
        const code = entities.filter(({ type }) => type === 'code')
        const styled = entities.filter(({ type }) => type === 'bold' || type === 'italic')
        return (
          inside &&
          !code.some((a) => styled.some((b) => a.offset < b.offset + b.length && b.offset < a.offset + a.length))
        )
      }),
    )
  })
})

describe('entities that a request gives are checked', () => {
  const CASES: [string, number, number, string | undefined][] = [
    ['abc', 0, 3, undefined],
    ['abc', 0, 4, 'entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 4'],
    ['abc', 4, 1, 'entity begins after the end of the text at UTF-16 offset 4'],
    ['a😀b', 2, 1, 'entity begins in a middle of a UTF-16 symbol at byte offset 5'],
    ['a😀b', 0, 2, 'entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol at byte offset 5'],
    ['abc', -1, 1, 'receive an entity with incorrect offset -1'],
    ['abc', 0, 1_000_001, 'receive an entity with incorrect length 1000001'],
  ]
  for (const [text, offset, length, fault] of CASES) {
    test(`${text} ${offset}+${length}: ${fault ?? 'good'}`, () => {
      assert.equal(entitiesFault(text, [{ type: 'bold', offset, length }]), fault)
    })
  }
})

describe('what the server finds by itself', () => {
  const found = (text: string): string[] =>
    detectEntities(text, []).map(({ type, offset, length }) => `${type} ${text.slice(offset, offset + length)}`)
  const CASES: [string, string[]][] = [
    ['see https://ya.ru/a_(b)?c=d#e).', ['url https://ya.ru/a_(b)?c=d#e']],
    ['ya.ru, YA.RU! file.txt node.js', ['url ya.ru', 'url YA.RU']],
    ['http://file.txt ftp://a.b.org sftp://a.b.org', ['url http://file.txt', 'url ftp://a.b.org']],
    ['1.2.3.4 1.2.3.456 1.2', ['url 1.2.3.4']],
    ['http://localhost a..b end. ...', []],
    ['москва.рф/путь?q=«x»', ['url москва.рф/путь?q=']],
    ['ya.ru:8080/x ya.ru:99999', ['url ya.ru:8080/x', 'url ya.ru']],
    ['https://t.me/a_bot?start=x-1', ['url https://t.me/a_bot?start=x-1']],
    ['tg://resolve?domain=a_b, ok', ['url tg://resolve?domain=a_b']],
    ['mail a.b@d.org now, mailto:x+y@d.org', ['email a.b@d.org', 'email x+y@d.org']],
    ['@user @ab @gif x@user @user_name1', ['mention @user', 'mention @gif', 'mention @user_name1']],
    ['/start /start@my_bot a/b //c /d/ (/e)', ['bot_command /start', 'bot_command /start@my_bot', 'bot_command /e']],
    ['#tag #тег #1 #1a a#b #c# x', ['hashtag #tag', 'hashtag #тег', 'hashtag #1a']],
    ['$USD $usd $1INCH $TOOLONGNAME', ['cashtag $USD', 'cashtag $1INCH']],
    [
      'call +1-212-555-0123 or +7 999 123 45 67, not 12345',
      ['phone_number +1-212-555-0123', 'phone_number +7 999 123 45 67'],
    ],
    ['/start Zm9v_-1', ['bot_command /start']],
  ]
  for (const [text, entities] of CASES) test(text, () => assert.deepEqual(found(text), entities))

  test('nothing is found inside code, pre and links', () => {
    const text = '/a ya.ru @user'
    const given: MessageEntity[] = [
      { type: 'code', offset: 0, length: 2 },
      { type: 'pre', offset: 3, length: 5 },
      { type: 'text_link', offset: 9, length: 5, url: 'http://a.b/' },
    ]
    assert.deepEqual(detectEntities(text, given), given)
  })

  test('a style is cut around what is found, and the result is sorted', () => {
    assert.deepEqual(detectEntities('go /a now', [{ type: 'bold', offset: 0, length: 9 }]), [
      { type: 'bold', offset: 0, length: 3 },
      { type: 'bot_command', offset: 3, length: 2 },
      { type: 'bold', offset: 3, length: 2 },
      { type: 'bold', offset: 5, length: 4 },
    ])
  })

  test('of more than 100 given entities the first 100 are honoured', () => {
    const given = Array.from({ length: 120 }, (_, i): MessageEntity => ({ type: 'code', offset: 2 * i, length: 1 }))
    assert.deepEqual(detectEntities('x '.repeat(120).trimEnd(), given), given.slice(0, 100))
  })

  test('whatever the text, what is found lies inside it and does not overlap', () => {
    const piece = fc.constantFrom(
      'http://',
      'a',
      '.',
      'ru',
      '/',
      '@',
      '#',
      '$',
      '+1',
      ':',
      ' ',
      '😀',
      '(',
      ')',
      '-',
      '«',
      '\n',
    )
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')),
        (text) => {
          const entities = detectEntities(text, [])
          return entities.every(({ offset, length }, i) => {
            const next = entities[i + 1]?.offset ?? text.length
            return length > 0 && offset + length <= next
          })
        },
      ),
      { numRuns: 1000 },
    )
  })
})

test('mentioned users are completed, unknown ones dropped', () => {
  const ann = { id: 1, is_bot: false, first_name: 'Ann' }
  const mention = (id: number): MessageEntity => ({ type: 'text_mention', offset: 0, length: 1, user: unknownUser(id) })
  assert.deepEqual(
    resolveMentions([mention(1), mention(2)], (id) => (id === 1 ? ann : undefined)),
    [{ type: 'text_mention', offset: 0, length: 1, user: ann }],
  )
})

describe('links are checked as for buttons', () => {
  const CASES: [string, object][] = [
    ['https://Example.org', { ok: true, url: 'https://example.org/' }],
    ['example.org?a b', { ok: true, url: 'http://example.org/?a%20b' }],
    ['http://localhost', { ok: false, reason: 'Wrong HTTP URL' }],
    ['http://', { ok: false, reason: 'URL host is empty' }],
    ['ftp://a.b', { ok: false, reason: 'Unsupported URL protocol' }],
    ['http://a.b:0', { ok: false, reason: 'Wrong port number specified in the URL' }],
    ['http://a.b:8080/x', { ok: true, url: 'http://a.b:8080/x' }],
    ['http://[::1]:80/', { ok: true, url: 'http://[::1]:80/' }],
    ['tg:resolve?domain=x', { ok: true, url: 'tg://resolve?domain=x' }],
    ['tg://a.b', { ok: false, reason: 'Unallowed characters in URL host' }],
    ['ton://x:80', { ok: false, reason: 'Wrong ton URL' }],
  ]
  for (const [link, checked] of CASES) test(link, () => assert.deepEqual(checkLink(link), checked))
})
