import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { botWaitMs, halved, recoveredPerSecond, type ThrottleEvidence } from '../../src/domain/flood.ts'

const chatAlone: ThrottleEvidence = {
  retryAfterMs: 5000,
  hasNoChat: false,
  quietMs: 800,
  anotherChatWaits: false,
  anotherChatWaitsAlike: false,
  throttledProbes: 0,
}

describe('how long the whole bot waits because of a 429', () => {
  const rows = [
    ['a chat that was written to just now: not at all', chatAlone, 0],
    ['a second chat, while the first waits: as told', { ...chatAlone, anotherChatWaits: true }, 5000],
    ['a chat that was quiet for a minute: as told', { ...chatAlone, quietMs: 60_000 }, 5000],
    ['a chat that was quiet for almost a minute: not at all', { ...chatAlone, quietMs: 59_999 }, 0],
    ['a call that names no chat: as told', { ...chatAlone, hasNoChat: true }, 5000],
    ['a wait of a minute: not at all', { ...chatAlone, retryAfterMs: 60_000 }, 0],
    ['a penalty of half a day: a minute, then one call tries', { ...chatAlone, retryAfterMs: 43_200_000 }, 60_000],
    ['a probe that is refused: as told', { ...chatAlone, throttledProbes: 1 }, 5000],
    [
      'each refused probe of a penalty: twice as long',
      { ...chatAlone, retryAfterMs: 43_200_000, throttledProbes: 2 },
      240_000,
    ],
    [
      'half a day in two chats, until the same moment: as told, without a probe',
      { ...chatAlone, retryAfterMs: 43_200_000, anotherChatWaits: true, anotherChatWaitsAlike: true },
      43_200_000,
    ],
    ['but never longer than told', { ...chatAlone, retryAfterMs: 300_000, throttledProbes: 9 }, 300_000],
  ] as const
  for (const [name, evidence, waitMs] of rows) test(name, () => assert.equal(botWaitMs(evidence), waitMs))
})

describe('the pace of a bot that was told to wait', () => {
  test('is half of what it was, and one more a second for each ten clean seconds, up to the full one', () => {
    const recovery = halved(undefined, 29, { nowMs: 0, untilMs: 5000 })
    const at = (ms: number): number => recoveredPerSecond(recovery, 29, ms)
    assert.deepEqual([at(0), at(5000), at(14_999), at(15_000), at(25_000)], [14.5, 14.5, 14.5, 15.5, 16.5])
    assert.deepEqual([at(154_999), at(155_000), at(9_999_999)], [28.5, 29, 29])
  })

  test('is halved again from where it was, and is never less than one a second', () => {
    const once = halved(undefined, 29, { nowMs: 0, untilMs: 5000 })
    assert.equal(halved(once, 29, { nowMs: 25_000, untilMs: 30_000 }).perSecond, 8.25)
    let recovery = once
    for (let hit = 0; hit < 20; hit++) recovery = halved(recovery, 29, { nowMs: 5000, untilMs: 6000 })
    assert.equal(recovery.perSecond, 1)
  })
})
