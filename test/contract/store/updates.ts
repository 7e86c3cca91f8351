import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { UpdateClaim } from '../../../src/store/store.ts'
import { given, NOW, type OpenStore } from './given.ts'

const HOLDS = { nowMs: NOW, untilMs: NOW + 1000 }

export function describeUpdates(open: OpenStore): void {
  describe('posted updates', () => {
    const start = async (t: Parameters<OpenStore>[0]) => {
      const { store, bot } = await given(open, t)
      const claim = (updateId: number, claim: string, lane = 'a'): UpdateClaim => ({
        botId: bot.id,
        updateId,
        lane,
        claim,
      })
      return { store, bot, claim }
    }

    test('an update is handled once', async (t) => {
      const { store, bot, claim } = await start(t)
      assert.equal(await store.isUpdateHandled(bot.id, 7), false)
      assert.equal(await store.beginUpdate(claim(7, 'x'), HOLDS), 'begun')
      assert.equal(await store.isUpdateHandled(bot.id, 7), false)
      await store.finishUpdate(claim(7, 'x'), NOW)
      assert.equal(await store.isUpdateHandled(bot.id, 7), true)
      assert.equal(await store.beginUpdate(claim(7, 'y'), HOLDS), 'handled')
      assert.equal(await store.beginUpdate(claim(8, 'z'), HOLDS), 'begun')
    })

    test('the same number of another bot is another update', async (t) => {
      const { store, claim } = await start(t)
      const other = await store.saveSharedBot({ id: 'bot_2', telegramBotId: 5, username: 'second', name: 'Second' })
      await store.finishUpdate(claim(7, 'x'), NOW)
      assert.equal(await store.isUpdateHandled(other.id, 7), false)
      assert.equal(await store.beginUpdate({ ...claim(7, 'y'), botId: other.id }, HOLDS), 'begun')
    })

    test('of many that want a lane at the same time, one has it; other lanes are free', async (t) => {
      const { store, claim } = await start(t)
      const wants = Array.from({ length: 10 }, (_, i) => store.beginUpdate(claim(100 + i, `c${i}`), HOLDS))
      const results = await Promise.all(wants)
      assert.deepEqual(results.toSorted(), ['begun', ...Array<string>(9).fill('busy')])
      assert.equal(await store.beginUpdate(claim(200, 'd', 'b'), HOLDS), 'begun')
    })

    test('a lane is free when its update is finished, and when it failed', async (t) => {
      const { store, bot, claim } = await start(t)
      await store.beginUpdate(claim(1, 'x'), HOLDS)
      await store.finishUpdate(claim(1, 'x'), NOW)
      assert.equal(await store.beginUpdate(claim(2, 'y'), HOLDS), 'begun')
      assert.equal(await store.failUpdate(claim(2, 'y'), NOW), 1)
      assert.equal(await store.beginUpdate(claim(2, 'z'), HOLDS), 'begun')
      assert.equal(await store.failUpdate(claim(2, 'z'), NOW), 2)
      assert.equal(await store.isUpdateHandled(bot.id, 2), false)
      await store.finishUpdate(claim(2, 'z'), NOW)
      assert.equal(await store.isUpdateHandled(bot.id, 2), true)
    })

    test('a claim that ran out is taken over, and then the former one can neither extend nor free it', async (t) => {
      const { store, bot, claim } = await start(t)
      await store.beginUpdate(claim(1, 'dead'), HOLDS)
      assert.equal(await store.beginUpdate(claim(1, 'next'), { nowMs: NOW + 999, untilMs: NOW + 2000 }), 'busy')
      assert.equal(await store.extendUpdate(claim(1, 'dead'), NOW + 1500), true)
      assert.equal(await store.beginUpdate(claim(1, 'next'), { nowMs: NOW + 1000, untilMs: NOW + 2000 }), 'busy')
      assert.equal(await store.beginUpdate(claim(1, 'next'), { nowMs: NOW + 1500, untilMs: NOW + 2500 }), 'begun')
      assert.equal(await store.extendUpdate(claim(1, 'dead'), NOW + 9000), false)
      await store.finishUpdate(claim(1, 'dead'), NOW + 1600)
      assert.equal(await store.beginUpdate(claim(2, 'third'), { nowMs: NOW + 1600, untilMs: NOW + 2600 }), 'busy')
      assert.equal(await store.isUpdateHandled(bot.id, 1), true)
    })

    test('what became of updates is forgotten after its time, and so are claims that ran out', async (t) => {
      const { store, bot, claim } = await start(t)
      await store.finishUpdate(claim(1, 'x'), NOW - 1)
      await store.finishUpdate(claim(2, 'x'), NOW)
      await store.beginUpdate(claim(3, 'dead', 'b'), { nowMs: NOW - 10, untilMs: NOW })
      await store.beginUpdate(claim(4, 'alive', 'c'), { nowMs: NOW - 10, untilMs: NOW + 1 })
      assert.equal(await store.deleteExpired({ nowMs: NOW, keysBeforeMs: 0, updatesBeforeMs: NOW }), 2)
      assert.deepEqual(await Promise.all([1, 2].map((id) => store.isUpdateHandled(bot.id, id))), [false, true])
      assert.equal(await store.beginUpdate(claim(5, 'y', 'c'), { nowMs: NOW, untilMs: NOW + 1 }), 'busy')
    })
  })
}
