import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { redactText } from '../../src/domain/redaction.ts'
import { createLog, type LogOptions } from '../../src/ops/logging.ts'

function logged(options: Partial<LogOptions> = {}) {
  const lines: string[] = []
  const stream = { write: (line: string) => lines.push(line), ...options.stream }
  const log = createLog({ logLevel: 'debug', logFormat: 'json', ...options, stream })
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? 'null') }
}

const BOT_TOKEN = '123456789:AAE4fJzX0n2vLq8sYt7uWk3mPb9cRd5hGxQ'
const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1c3JfMSJ9.c2lnbmF0dXJlLXNpZ25hdHVyZQ'

describe('form', () => {
  test('one JSON object a line: level, time, fields, message', () => {
    const { log, lines, last } = logged()
    log.warn({ botId: 'bot_1', waitMs: 3000, nested: { a: [1, true, null] } }, 'told to wait')
    assert.equal(lines.length, 1)
    assert.match(lines[0] ?? '', /^[^\n]+\n$/)
    const { time, ...rest } = last()
    assert.match(time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    assert.deepEqual(rest, {
      level: 'warn',
      botId: 'bot_1',
      waitMs: 3000,
      nested: { a: [1, true, null] },
      msg: 'told to wait',
    })
  })

  test('what is less serious than the level is not written', () => {
    for (const [logLevel, count] of [
      ['debug', 4],
      ['info', 3],
      ['warn', 2],
      ['error', 1],
      ['silent', 0],
    ] as const) {
      const { log, lines } = logged({ logLevel })
      for (const level of ['debug', 'info', 'warn', 'error'] as const) log[level]({}, 'x')
      assert.equal(lines.length, count, logLevel)
    }
  })

  test('for people on a terminal, in colour unless they want none; JSON into a pipe', () => {
    const written = (stream: Partial<NonNullable<LogOptions['stream']>>) => {
      const lines: string[] = []
      const log = createLog({
        logLevel: 'info',
        logFormat: 'auto',
        stream: { write: (line: string) => lines.push(line), ...stream },
      })
      log.info({ port: 8000 }, 'listening')
      return lines.join('')
    }
    assert.ok(written({ isTTY: true, hasColors: () => true }).includes('\u001B['))
    const plain = written({ isTTY: true, hasColors: () => false })
    assert.match(plain, /INFO.*listening.*8000/)
    assert.ok(!plain.includes('\u001B['))
    assert.equal(JSON.parse(written({})).msg, 'listening')
  })

  test('an error is told with its cause, its code and its stack', () => {
    const { log, last } = logged()
    const cause = Object.assign(new Error('connect failed'), { code: 'ECONNREFUSED' })
    log.error({ err: new Error('no answer', { cause }) }, 'sending failed')
    const { err } = last()
    assert.partialDeepStrictEqual(err, { type: 'Error', message: 'no answer', cause: { code: 'ECONNREFUSED' } })
    assert.match(err.stack, /logging\.test\.ts/)
  })

  test('whatever is logged, it is one line and never a throw', () => {
    const { log, lines, last } = logged()
    const circular: Record<string, unknown> = {
      big: 10n,
      fn: () => 1,
      map: new Map([['a', new Set([1])]]),
      bytes: Buffer.of(1),
    }
    circular.self = circular
    circular.bad = new Date(Number.NaN)
    Object.defineProperty(circular, 'trap', { enumerable: true, get: () => assert.fail('trap') })
    log.info({ circular, list: Array.from({ length: 500 }, (_, i) => i) }, 'odd')
    log.info([1, 2], 'an array')
    log.info(new Error('bare'), 'an error')
    assert.equal(lines.length, 3)
    assert.equal(last().message, 'bare')
    fc.assert(
      fc.property(
        fc.object({ withBigInt: true, withDate: true, withMap: true, withSet: true, maxDepth: 9 }),
        fc.string(),
        (fields, message) => {
          lines.length = 0
          log.info(fields, message)
          assert.equal(lines.length, 1)
          assert.doesNotThrow(() => JSON.parse(lines[0] ?? ''))
        },
      ),
    )
  })
})

describe('secrets', () => {
  const readable: [string, string][] = [
    [
      `GET https://api.telegram.org/bot${BOT_TOKEN}/getMe failed`,
      'GET https://api.telegram.org/bot123456789:[redacted]/getMe failed',
    ],
    ['https://user:pw@proxy.example/x', 'https://[redacted]@proxy.example/x'],
    ['POST /s/abcDEF123 took long', 'POST /s/[redacted] took long'],
    ['GET /v1/messages?cursor=abc&token=x 200', 'GET /v1/messages?[redacted] 200'],
    ['the token pr_abcdefgh12345 is unknown', 'the token pr_[redacted] is unknown'],
    ['authorization: Basic am9objpzZWNyZXQ=', 'authorization: [redacted]'],
    ['it sent Bearer abcdefghijk as it should not', 'it sent Bearer [redacted] as it should not'],
    ['{"login":"a","password":"hunter2 \\" x"}', '{"login":"a","password":"[redacted]"}'],
    ['login=a&password=hunter2&x=1', 'login=a&password=[redacted]&x=1'],
    ['Cookie: session=abc; b=c', 'Cookie: [redacted]'],
  ]
  for (const [said, written] of readable) {
    test(`${JSON.stringify(written)} stays readable`, () => {
      assert.equal(redactText(said), written)
    })
  }

  test('harmless text stays as it is', () => {
    for (const text of [
      'Is this a question? Yes, at 12:30:45 on 2026-01-01T10:00:00.000Z',
      'listening on http://127.0.0.1:8000',
      'message msg_01h5abcdefgh is delivered, attempt 3 of 12',
      'a wrong token: ask @BotFather for a new one',
      'https://github.com/x/y/blob/main/src/s.ts#L10',
    ]) {
      assert.equal(redactText(text), text)
    }
  })

  test('redacting twice is redacting once', () => {
    const part = fc.oneof(fc.string(), fc.constantFrom(...readable.map(([said]) => said), BOT_TOKEN, JWT, ' ', '"'))
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const once = redactText(parts.join(' '))
        assert.equal(redactText(once), once)
      }),
    )
  })

  /** A secret, with the part of it that must never be seen. */
  const secret = fc.oneof(
    fc
      .tuple(fc.integer({ min: 1000 }), fc.stringMatching(/^[A-Za-z0-9_-]{35}$/))
      .map(([id, part]) => ({ text: `${id}:${part}`, part })),
    fc
      .tuple(fc.integer({ min: 1 }), fc.stringMatching(/^[A-Za-z0-9_-]{12,35}$/))
      .map(([id, part]) => ({ text: `/bot${id}:${part}/x`, part })),
    fc.stringMatching(/^[A-Za-z0-9_-]{20,40}$/).map((part) => ({ text: `pr_${part}`, part })),
    fc.stringMatching(/^[A-Za-z0-9]{10,20}\.[A-Za-z0-9]{10,20}$/).map((part) => ({ text: `eyJhbGci.${part}`, part })),
    fc.stringMatching(/^[A-Za-z0-9_-]{10,30}$/).map((part) => ({ text: `https://x.example/s/${part}`, part })),
    fc.stringMatching(/^[A-Za-z0-9_-]{10,30}$/).map((part) => ({ text: `http://x.example/a?k=${part}`, part })),
    fc.stringMatching(/^[A-Za-z0-9+/]{10,30}$/).map((part) => ({ text: `Authorization: Basic ${part}`, part })),
  )
  const around = fc.constantFrom('', ' ', '\n', '"', ', ', ' for ', '(', ') ')
  /** Ways to wrap a text so that it is found at any depth and in any kind of container. */
  const wrap = fc.constantFrom<(inner: unknown) => unknown>(
    (inner) => ({ detail: inner }),
    (inner) => [1, inner],
    (inner) => new Map([['reason', inner]]),
    (inner) => new Set([inner]),
    (inner) => new Error(String(inner)),
    (inner) => new Error('outer', { cause: inner }),
    (inner) => new AggregateError([inner], 'several'),
    (inner) => Object.assign(new Error('with a field'), { response: inner }),
    (inner) => ({ [String(inner)]: 1 }),
  )

  test('a secret never comes out, wherever in fields or message it stands', () => {
    fc.assert(
      fc.property(secret, around, around, fc.array(wrap, { maxLength: 4 }), (hidden, before, after, wraps) => {
        const text = `${before}${hidden.text}${after}`
        for (const logFormat of ['json', 'pretty'] as const) {
          const { log, lines } = logged({ logFormat })
          log.info({ value: wraps.reduce<unknown>((inner, wrapping) => wrapping(inner), text) }, text)
          assert.equal(lines.length, 1)
          assert.ok(!lines.join('').includes(hidden.part), lines.join(''))
        }
      }),
      { numRuns: 500 },
    )
  })

  test('a field with the name of a secret is not shown, whatever it looks like', () => {
    const name = fc.constantFrom(
      'password',
      'currentPassword',
      'token',
      'accessToken',
      'botToken',
      'authorization',
      'Cookie',
      'set-cookie',
      'secretKey',
      'SECRET',
      'apiKey',
      'linkCode',
    )
    fc.assert(
      fc.property(name, fc.stringMatching(/^[a-z]{12,20}$/), (key, value) => {
        const { log, lines } = logged()
        log.info({ [key]: value, deeper: [{ [key]: { inside: value } }] }, 'x')
        assert.ok(!lines.join('').includes(value), lines.join(''))
      }),
    )
  })

  test('what only says something about a secret is shown', () => {
    const { log, last } = logged()
    log.info({ tokenHint: 'Gx4Q', tokens: 3, password: false, tokenId: 'tok_1', code: 'ECONNRESET' }, 'x')
    assert.partialDeepStrictEqual(last(), {
      tokenHint: 'Gx4Q',
      tokens: 3,
      password: false,
      tokenId: 'tok_1',
      code: 'ECONNRESET',
    })
  })
})
