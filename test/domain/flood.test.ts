import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { botWaitMs } from '../../src/domain/flood.ts'

const chatAlone = { retryAfterMs: 5000, quietMs: 800, anotherChatWaits: false, throttledProbes: 0 }

describe('how long the whole bot waits because of a 429', () => {
  const rows = [
    ['a chat that was written to just now: not at all', chatAlone, 0],
    ['a second chat, while the first waits: as told', { ...chatAlone, anotherChatWaits: true }, 5000],
    ['a chat that was quiet for a minute: as told', { ...chatAlone, quietMs: 60_000 }, 5000],
    ['a chat that was quiet for almost a minute: not at all', { ...chatAlone, quietMs: 59_999 }, 0],
    ['a wait of a minute: not at all', { ...chatAlone, retryAfterMs: 60_000 }, 0],
    ['a penalty of half a day: a minute, then one call tries', { ...chatAlone, retryAfterMs: 43_200_000 }, 60_000],
    ['a probe that is refused: as told', { ...chatAlone, throttledProbes: 1 }, 5000],
    [
      'each refused probe of a penalty: twice as long',
      { ...chatAlone, retryAfterMs: 43_200_000, throttledProbes: 2 },
      240_000,
    ],
    ['but never longer than told', { ...chatAlone, retryAfterMs: 300_000, throttledProbes: 9 }, 300_000],
  ] as const
  for (const [name, evidence, waitMs] of rows) test(name, () => assert.equal(botWaitMs(evidence), waitMs))
})
