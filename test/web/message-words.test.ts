import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { describe, test } from 'node:test'
import { curlOf } from '../../web/src/pages/messages/curl.ts'
import {
  type Attempt,
  type Detailed,
  endWithoutCall,
  resentBefore,
  storyOf,
} from '../../web/src/pages/messages/story.ts'
import { durationText } from '../../web/src/parts/duration.ts'
import { pageMessage } from '../support/page-messages.ts'

describe('the command that sends a message again', () => {
  /** The arguments that a shell makes of the command. */
  function argumentsOf(command: string): string[] {
    const script = `curl() { printf '%s\\0' "$@"; }\n${command}`
    return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1)
  }

  test('comes through a shell as it is, whatever the text holds', () => {
    const text = `it's "$HOME" \`id\` \\ $(id)\n; exit 1 # 😀`
    const [url, , token, , type, , body = ''] = argumentsOf(curlOf(pageMessage({ text }), 'http://here', 'TOKEN'))
    assert.deepEqual(
      [url, token, type],
      ['http://here/v1/messages', 'Authorization: Bearer TOKEN', 'Content-Type: application/json'],
    )
    assert.deepEqual(JSON.parse(body), { text, chatId: 'cht_1' })
  })

  test('has what the message asked for and is not usual', () => {
    const message = pageMessage({ priority: 5, delivery: 'at_most_once', digest: 'never' })
    const body = argumentsOf(curlOf(message, 'http://here', 'TOKEN')).at(-1) ?? ''
    const { priority, delivery, digest } = JSON.parse(body)
    assert.deepEqual({ priority, delivery, digest }, { priority: 5, delivery: 'at_most_once', digest: 'never' })
  })
})

describe('the story of a message', () => {
  const call = (about: Partial<Attempt>): Attempt => ({
    number: 1,
    part: 1,
    startedAt: '2026-01-01T00:00:00.000Z',
    finishedAt: '2026-01-01T00:00:01.000Z',
    outcome: 'temporary',
    reason: 'There is no network.',
    cause: { code: 'no_network', values: {} },
    waitMs: 4000,
    ...about,
  })
  const detailed = (about: Partial<Detailed>, ...attempts: Attempt[]): Detailed => {
    return { ...pageMessage(), sendingSince: null, endedAt: null, resent: false, ...about, attempts }
  }
  const told = (about: Partial<Detailed>, ...attempts: Attempt[]) => storyOf(detailed(about, ...attempts))

  test('says how long Telegram asked us to wait, without what we added', () => {
    const [first] = told({}, call({ outcome: 'throttled', waitMs: 12_347 }))
    assert.equal(first?.askedToWaitMs, 12_000)
  })

  test('says after how long it was tried again', () => {
    const [first] = told({}, call({}), call({ number: 2, startedAt: '2026-01-01T00:00:05.000Z', outcome: 'delivered' }))
    assert.deepEqual(first?.followed, { kind: 'again', afterMs: 4000 })
  })

  test('says when it is tried again', () => {
    const nextAttemptAt = '2026-01-01T00:00:05.000Z'
    const [first] = told({ status: 'queued', waitingFor: 'retry', nextAttemptAt }, call({}))
    assert.deepEqual(first?.followed, { kind: 'at', at: nextAttemptAt })
  })

  test('says that it was the last try of what failed', () => {
    const [first] = told({ status: 'failed' }, call({ outcome: 'refused', waitMs: null }))
    assert.deepEqual(first?.followed, { kind: 'end' })
  })

  test('says that the person asked for it once more, after what the program had given up', () => {
    const ends = [call({ outcome: 'refused', waitMs: null }), call({ outcome: 'unknown', waitMs: null })]
    for (const last of ends) {
      const byHand = { kind: 'byHand' }
      assert.deepEqual(told({ status: 'delivered' }, last, call({ outcome: 'delivered' }))[0]?.followed, byHand)
      assert.deepEqual(told({ status: 'queued' }, last)[0]?.followed, byHand)
      assert.deepEqual(told({ status: 'sending' }, last)[0]?.followed, byHand)
      assert.deepEqual(told({ status: 'failed' }, call({}), last)[1]?.followed, { kind: 'end' })
    }
  })

  test('does not say so of what the program did by itself when it was back', () => {
    const broken = call({ outcome: 'unknown', cause: { code: 'program_stopped', values: {} }, waitMs: null })
    const [first] = told({ status: 'delivered' }, broken, call({ outcome: 'delivered' }))
    assert.equal(first?.followed?.kind, 'again')
    const [once] = told({ status: 'delivered', delivery: 'at_most_once' }, broken, call({ outcome: 'delivered' }))
    assert.equal(once?.followed?.kind, 'byHand')
  })

  test('tells an end that no call was, with its time, and not twice the end that a call was', () => {
    const endedAt = '2026-01-01T00:00:09.000Z'
    for (const status of ['failed', 'cancelled', 'expired'] as const) {
      assert.equal(endWithoutCall(detailed({ status, endedAt })), endedAt)
      assert.equal(endWithoutCall(detailed({ status, endedAt }, call({}))), endedAt)
    }
    const refused = call({ outcome: 'refused', waitMs: null, finishedAt: endedAt })
    assert.equal(endWithoutCall(detailed({ status: 'failed', endedAt }, refused)), null)
    assert.equal(endWithoutCall(detailed({ status: 'queued' })), null)
    assert.equal(endWithoutCall(detailed({ status: 'delivered', endedAt })), null)
  })

  test('says that the person asked for it once more after an end without a call, before the calls that followed', () => {
    const delivered = call({ outcome: 'delivered', waitMs: null })
    const throttled = call({ outcome: 'throttled' })
    assert.equal(resentBefore(detailed({ status: 'queued', resent: true })), 0)
    assert.equal(resentBefore(detailed({ resent: true, attemptCount: 1 }, delivered)), 0)
    assert.equal(resentBefore(detailed({ resent: true, attemptCount: 1 }, throttled, delivered)), 0)
    assert.equal(resentBefore(detailed({ resent: true, attemptCount: 1 }, call({}), throttled, delivered)), 1)
    assert.equal(resentBefore(detailed({ status: 'queued', resent: true }, call({}))), 1)
    assert.equal(resentBefore(detailed({ attemptCount: 1 }, delivered)), null)
    const refused = call({ outcome: 'refused', waitMs: null })
    assert.equal(resentBefore(detailed({ resent: true, attemptCount: 1 }, refused, delivered)), null, 'told already')
  })

  test('says that it waits for a token', () => {
    const [first] = told({ status: 'queued', waitingFor: 'bot_rejected' }, call({ outcome: 'bot_rejected' }))
    assert.deepEqual(first?.followed, { kind: 'hold' })
  })

  test('counts parts only of what was split, and how many once all are there', () => {
    const parts = [call({ outcome: 'delivered' }), call({ number: 2, part: 2, outcome: 'delivered' })]
    const counted = (status: Detailed['status']) => told({ status }, ...parts).map(({ part, parts }) => [part, parts])
    assert.deepEqual(counted('delivered'), [
      [1, 2],
      [2, 2],
    ])
    assert.deepEqual(counted('queued'), [
      [1, null],
      [2, null],
    ])
    assert.equal(told({}, call({ outcome: 'delivered' }))[0]?.part, null)
  })
})

describe('a length of time', () => {
  for (const [ms, english] of [
    [0, '0.01 sec'],
    [420, '0.42 sec'],
    [4240, '4.2 sec'],
    [12_400, '12 sec'],
    [59_700, '1 min'],
    [185_000, '3 min 5 sec'],
    [7_800_000, '2 hr 10 min'],
    [97 * 3_600_000, '4 days 1 hr'],
  ] as const) {
    test(`of ${ms} ms is ${english}`, () => assert.equal(durationText(ms, 'en'), english))
  }

  test('is said in Russian, too', () => {
    assert.equal(durationText(1500, 'ru').replaceAll(/\s/g, ' '), '1,5 с')
  })
})
