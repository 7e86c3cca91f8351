import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Failure } from '../../src/domain/failure.ts'
import { readReason } from '../../src/domain/read-reason.ts'
import { inWords, REASON_CODES, REASONS, type ReasonCode } from '../../src/domain/reasons.ts'
import { ARRIVAL, arrivalOf, detailFor, endOf, lostAtMostOnce } from '../../src/domain/wording-of-failures.ts'
import { classify } from '../../src/telegram/classify.ts'
import { failureWithoutAnswer } from '../../src/telegram/no-answer.ts'
import { reasonOfNoBot } from '../../src/telegram/no-bot.ts'

const WORDS: Readonly<Record<string, string>> = {
  seconds: '17',
  status: '502',
  count: '3',
  error: 'EPROTO',
  host: 'a.b:1',
}

function filled(code: ReasonCode, said: string) {
  const values: Record<string, string> = {}
  const sentence = REASONS[code].replaceAll(/\{(\w+)\}/g, (_, name: string) => (values[name] = WORDS[name] ?? said))
  return { sentence, values }
}

const description = fc.oneof(fc.constant(''), fc.string({ minLength: 1, unit: 'grapheme' }), fc.constant('a "b"\n(c).'))
const answer = fc.record({
  status: fc.oneof(
    fc.constantFrom(200, 301, 400, 401, 403, 404, 408, 409, 413, 421, 429, 500, 502),
    fc.nat({ max: 999 }),
  ),
  body: fc.oneof(
    fc.constant(undefined),
    description.map((said) => ({ ok: false, description: said })),
  ),
})
const noAnswer = fc.oneof(
  fc.constantFrom({ why: 'cut' as const }, { why: 'timeout' as const }),
  fc
    .constantFrom('ENOTFOUND', 'ECONNREFUSED', 'ECONNRESET', 'EPROTO')
    .map((code) => ({ why: 'broken' as const, code })),
)

describe('a reason', () => {
  test('is found again in its sentence, whatever was filled in', () => {
    const said = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => text.trim() !== '')
    fc.assert(
      fc.property(fc.constantFrom(...REASON_CODES), said, (code, words) => {
        const { sentence, values } = filled(code, words)
        assert.deepEqual(readReason(sentence), { code, values })
      }),
    )
  })

  test('has a code for whatever Telegram or a server in its place answers, and when there is no answer', () => {
    const failures = fc.oneof(
      answer.map((one) => classify(one)),
      fc.tuple(fc.boolean(), noAnswer).map(([left, cause]) => failureWithoutAnswer(left, cause)),
    )
    fc.assert(fc.property(failures, ({ reason }) => assert.ok(readReason(reason), reason)))
  })

  test('is found within what the sender of a message reads', () => {
    const blocked = { kind: 'blocked', by: 'person', reason: inWords('blocked_by_person') } as const
    const lost = { kind: 'unknown', reason: inWords('telegram_error', { status: 502 }) } as const
    const details = [1, 12].flatMap((attempts) =>
      [true, false].map((mayHaveArrived) => endOf(lost, { attempts, mayHaveArrived }).detail),
    )
    for (const detail of [...details, lostAtMostOnce(lost).detail]) {
      assert.deepEqual(readReason(detail), { code: 'telegram_error', values: { status: '502' } })
    }
    const { detail } = endOf(blocked, { attempts: 1, mayHaveArrived: false })
    assert.deepEqual(readReason(detail), { code: 'blocked_by_person', values: {} })
  })

  test('is found before what arrived of a message that failed', () => {
    const arrivals = Object.keys(ARRIVAL) as (keyof typeof ARRIVAL)[]
    const blocked = { kind: 'blocked', by: 'person', reason: inWords('blocked_by_person') } as const
    const refused = { kind: 'refused', reason: inWords('message_refused_saying', { said: 'a "b".' }) } as const
    const seen = { attempts: 3, mayHaveArrived: false }
    const unlinked = { detail: inWords('chat_unlinked') }
    const deleted = { detail: inWords('bot_deleted') }
    const errors = [endOf(blocked, seen), endOf(refused, seen), unlinked, deleted]
    for (const arrived of arrivals) {
      const details = errors.map((error) => detailFor(error, arrived))
      for (const detail of details) {
        assert.ok(detail.endsWith(ARRIVAL[arrived]), detail)
        assert.doesNotMatch(detail, /before the message left/)
      }
      assert.deepEqual(
        details.map((detail) => readReason(detail)?.code),
        ['blocked_by_person', 'message_refused_saying', 'chat_unlinked_on_the_way', 'bot_deleted_on_the_way'],
      )
    }
    const told = [0, 2].flatMap((partsDone) =>
      [false, true].map((mayHaveArrived) => arrivalOf({ partsDone, mayHaveArrived })),
    )
    assert.deepEqual(told, [undefined, 'perhaps', 'in_part', 'in_part_perhaps_more'])
  })

  test('has a code when a bot cannot be reached', () => {
    const told = (failure: Failure, errorCode = 0) =>
      readReason(reasonOfNoBot({ ok: false, failure, errorCode, description: '' }))?.code
    assert.equal(told({ kind: 'temporary', reason: inWords('nothing_answers') }), 'nothing_answers')
    assert.equal(told({ kind: 'unknown', reason: inWords('no_answer_in_time') }), 'telegram_silent')
    assert.equal(told({ kind: 'unknown', reason: inWords('answer_unreadable') }, 200), 'telegram_answers_otherwise')
    assert.equal(told({ kind: 'unknown', reason: inWords('answer_unreadable') }, 502), 'telegram_answers')
    assert.equal(told({ kind: 'throttled', retryAfterSeconds: 3, reason: '' }, 429), 'told_to_rest')
    assert.equal(told({ kind: 'bot_rejected', reason: inWords('token_refused') }, 401), 'token_refused')
  })

  test('of another version has none', () => {
    for (const sentence of ['', 'Something else.', 'Telegram asked us to wait a while.']) {
      assert.equal(readReason(sentence), null)
    }
  })

  test('is nowhere written by hand', () => {
    const folders = ['telegram', 'delivery', 'store/queries', 'conversation', 'usecases', 'domain']
    const byHand = folders.flatMap((folder) =>
      readdirSync(`src/${folder}`)
        .filter((name) => name.endsWith('.ts'))
        .flatMap(
          (name) =>
            readFileSync(`src/${folder}/${name}`, 'utf8')
              .match(BY_HAND)
              ?.map((line) => `${name}: ${line}`) ?? [],
        ),
    )
    // Not of a message or a bot that exists: a token was given that Telegram was asked about, and the caller is told.
    assert.deepEqual(
      byHand.filter((line) => !line.startsWith('ask-bot.ts')),
      [],
    )
  })
})

/** A sentence that is given as a reason without its code. */
const BY_HAND = /\b(?:stateReason|statusReason|reason)\b(?::| =)\s*['`"][^'`"]+ .*/gi
