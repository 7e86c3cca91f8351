import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ActivityOfMinute, FailuresOfHour } from '../../../src/domain/activity.ts'
import { given, NOW, type OpenStore } from './given.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const NONE = { accepted: 0, delivered: 0, failed: 0, uncertain: 0, expired: 0, throttled: 0 }

function minute(minuteMs: number, over: Partial<ActivityOfMinute> = {}): ActivityOfMinute {
  return { minuteMs, ...NONE, answeredMs: null, ...over }
}

function failure(over: Partial<FailuresOfHour> = {}): FailuresOfHour {
  return { hourMs: NOW, botId: 'bot_1', code: 'chat_blocked', count: 1, lastMs: NOW, ...over }
}

export function describeActivity(open: OpenStore): void {
  describe('activity', () => {
    test('is added up over all processes, and over what one of them wrote before in the same minute', async (t) => {
      const { store } = await given(open, t)
      const all = { accepted: 1, delivered: 2, failed: 3, uncertain: 4, expired: 5, throttled: 6 }
      await store.addActivity('prc_1', { minutes: [minute(NOW, all)], failures: [] })
      await store.addActivity('prc_1', { minutes: [minute(NOW, all), minute(NOW + MINUTE, all)], failures: [] })
      await store.addActivity('prc_2', { minutes: [minute(NOW, { accepted: 100 })], failures: [] })
      const pieces = await store.activitySince({ fromMs: NOW, sizeMs: MINUTE, eastMs: 0 })
      const twice = { accepted: 102, delivered: 4, failed: 6, uncertain: 8, expired: 10, throttled: 12 }
      assert.deepEqual(pieces, [
        { startMs: NOW, ...twice },
        { startMs: NOW + MINUTE, ...all },
      ])
      const [hour, ...none] = await store.activitySince({ fromMs: NOW, sizeMs: HOUR, eastMs: 0 })
      assert.deepEqual([hour?.startMs, hour?.accepted, none], [NOW, 103, []])
    })

    test('is told from a moment on, in days of wherever somebody is', async (t) => {
      const { store } = await given(open, t)
      const east = 5.5 * HOUR
      // The evening of the day before in UTC is a morning there.
      const times = [NOW - DAY, NOW - 5.5 * HOUR - MINUTE, NOW - 5.5 * HOUR, NOW + 18 * HOUR, NOW + 19 * HOUR]
      await store.addActivity('prc_1', { minutes: times.map((at) => minute(at, { accepted: 1 })), failures: [] })
      const days = await store.activitySince({ fromMs: NOW - DAY - 5.5 * HOUR, sizeMs: DAY, eastMs: east })
      assert.deepEqual(
        days.map(({ startMs, accepted }) => [(startMs - NOW + east) / DAY, accepted]),
        [
          [-1, 2],
          [0, 2],
          [1, 1],
        ],
      )
      const late = await store.activitySince({ fromMs: NOW, sizeMs: DAY, eastMs: 0 })
      assert.deepEqual(
        late.map(({ accepted }) => accepted),
        [2],
      )
    })

    test('knows when Telegram last answered', async (t) => {
      const { store } = await given(open, t)
      assert.equal(await store.lastAnswerMs(), null)
      await store.addActivity('prc_1', { minutes: [minute(NOW, { answeredMs: NOW + 7 })], failures: [] })
      await store.addActivity('prc_2', { minutes: [minute(NOW, { answeredMs: NOW + 9 })], failures: [] })
      await store.addActivity('prc_1', { minutes: [minute(NOW), minute(NOW + MINUTE)], failures: [] })
      assert.equal(await store.lastAnswerMs(), NOW + 9)
    })

    test('counts what did not arrive for each reason and bot, most first, from an hour on', async (t) => {
      const { store } = await given(open, t)
      const add = (processId: string, ...failures: FailuresOfHour[]) =>
        store.addActivity(processId, { minutes: [], failures })
      await add('prc_1', failure({ count: 2 }), failure({ botId: 'bot_2', count: 9, code: 'text_refused' }))
      await add('prc_1', failure({ lastMs: NOW + 5 }))
      await add(
        'prc_2',
        failure({ hourMs: NOW + HOUR, lastMs: NOW + HOUR }),
        failure({ hourMs: NOW - HOUR, count: 50 }),
      )
      assert.deepEqual(await store.failuresSince(NOW), [
        { code: 'text_refused', botId: 'bot_2', count: 9, lastMs: NOW },
        { code: 'chat_blocked', botId: 'bot_1', count: 4, lastMs: NOW + HOUR },
      ])
    })

    test('is forgotten after a month', async (t) => {
      const { store } = await given(open, t)
      const [old, kept] = [NOW - 31 * DAY - HOUR, NOW - 31 * DAY]
      await store.addActivity('prc_1', {
        minutes: [minute(old, { accepted: 1 }), minute(kept, { accepted: 2 })],
        failures: [failure({ hourMs: old }), failure({ hourMs: kept, count: 3 })],
      })
      assert.equal(await store.deleteExpired({ nowMs: NOW, keysBeforeMs: NOW, updatesBeforeMs: NOW }), 2)
      const pieces = await store.activitySince({ fromMs: 0, sizeMs: DAY, eastMs: 0 })
      assert.deepEqual(
        pieces.map(({ accepted }) => accepted),
        [2],
      )
      assert.deepEqual(
        (await store.failuresSince(0)).map(({ count }) => count),
        [3],
      )
    })
  })
}
