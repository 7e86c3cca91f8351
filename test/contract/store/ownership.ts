import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Beat, Store } from '../../../src/store/store.ts'
import { attempt, type Given, given, NOW, type OpenStore } from './given.ts'

/** Long enough for any machine. */
const ALIVE = { leaseMs: 3_600_000 }
/** Its time is over as soon as it is written. */
const DEAD = { leaseMs: -1 }

const LOST = { name: 'OwnershipLost' }

const beat = (store: Store, id: string, { leaseMs } = ALIVE): Promise<Beat> => store.beat({ id, leaseMs })
const names = ({ owned }: Beat): string[] => owned.map(({ botId }) => botId)
const fenceOf = ({ owned }: Beat): number => owned[0]?.fence ?? Number.NaN

/** The bot was `a`'s, and is `b`'s now. */
async function takenOver({ store }: Given): Promise<{ stale: number; fence: number }> {
  const stale = fenceOf(await beat(store, 'a', DEAD))
  await beat(store, 'b')
  return { stale, fence: fenceOf(await beat(store, 'b')) }
}

export function describeOwnership(open: OpenStore): void {
  describe('who serves a bot', () => {
    test('one process at a time, the first that asks', async (t) => {
      const { store, bot } = await given(open, t)
      const first = await beat(store, 'a')
      assert.deepEqual(names(first), [bot.id])
      assert.deepEqual(await beat(store, 'a'), first)
      assert.deepEqual(await beat(store, 'b'), { owned: [], share: 0, processes: 2 })
    })

    test('a bot that is given back is claimed again under a new number', async (t) => {
      const { store, bot } = await given(open, t)
      const first = await beat(store, 'a')
      await store.releaseBots('a', [{ botId: bot.id, fence: fenceOf(first) - 1 }])
      assert.deepEqual(names(await beat(store, 'a')), [bot.id])
      await store.releaseBots('a', first.owned)
      const second = await beat(store, 'a')
      assert.deepEqual(names(second), [bot.id])
      assert.ok(fenceOf(second) > fenceOf(first))
    })

    test('a bot remembers the number of the claim before, whoever made it', async (t) => {
      const { store, bot } = await given(open, t)
      const former = async () => (await store.getBot(bot.id))?.formerFence
      const first = await beat(store, 'a')
      assert.equal(await former(), 0)
      await store.endProcess('a')
      assert.equal(await former(), 0)
      const second = await beat(store, 'b')
      assert.equal(await former(), fenceOf(first))
      await store.endProcess('b')
      assert.deepEqual(names(await beat(store, 'a')), [bot.id])
      assert.equal(await former(), fenceOf(second))
    })

    test('the bots of a process whose time is over are free, as are those of one that ended', async (t) => {
      const { store, bot } = await given(open, t)
      await beat(store, 'a', DEAD)
      assert.deepEqual(names(await beat(store, 'b')), [], 'whoever has just come removes nobody')
      assert.deepEqual(names(await beat(store, 'b')), [bot.id])
      assert.deepEqual(names(await beat(store, 'a')), [])
      await store.endProcess('b')
      assert.deepEqual(names(await beat(store, 'a')), [bot.id])
    })

    test('a process that was late keeps what nobody took', async (t) => {
      const { store } = await given(open, t)
      const before = await beat(store, 'a', DEAD)
      assert.deepEqual((await beat(store, 'a')).owned, before.owned)
    })

    test('a process that is alone takes all at once, whoever had it', async (t) => {
      const { store, bot } = await given(open, t)
      await beat(store, 'a')
      assert.deepEqual(names(await store.beat({ id: 'b', ...ALIVE }, { alone: true })), [bot.id])
    })

    test('a bot that is switched off is nobody’s to take, and shown to whoever has it', async (t) => {
      const { store, bot } = await given(open, t)
      const { owned } = await beat(store, 'a')
      await store.saveSharedBot({ id: 'bot_2', telegramBotId: 5, username: 'b', name: 'B' })
      const now = await beat(store, 'a')
      assert.deepEqual(
        now.owned.map(({ botId, active }) => [botId, active]),
        [
          [bot.id, false],
          ['bot_2', true],
        ],
      )
      await store.releaseBots('a', owned)
      assert.deepEqual(names(await beat(store, 'a')), ['bot_2'])
    })

    test('a process that comes later and saves the shared bot as well says nothing of the state that another one knows', async (t) => {
      const { store, bot } = await given(open, t)
      await beat(store, 'a')
      await store.setBotState(bot.id, 'conflict', 'Somebody else polls.')
      const shared = { id: 'bot_again', telegramBotId: bot.telegramBotId, username: 'u', name: 'N' }
      const { state, stateReason } = await store.saveSharedBot(shared)
      assert.deepEqual([state, stateReason], ['conflict', 'Somebody else polls.'])
      await store.setBotState(bot.id, 'rejected', 'Telegram says 401.')
      const seen = await store.saveSharedBot(shared)
      assert.deepEqual([seen.state, seen.stateReason], ['starting', null])
    })

    test('the state of a bot that is taken over is that it starts, unless its token was refused', async (t) => {
      const { store, bot } = await given(open, t)
      await store.setBotState(bot.id, 'running', null)
      const { owned } = await beat(store, 'a')
      assert.equal((await store.getBot(bot.id))?.state, 'starting')
      await store.setBotState(bot.id, 'rejected', 'Telegram says 401.')
      await store.releaseBots('a', owned)
      await beat(store, 'b')
      assert.equal((await store.getBot(bot.id))?.state, 'rejected')
    })
  })

  describe('what a process writes that no longer serves the bot is refused', () => {
    test('a mark: nothing leaves', async (t) => {
      const here = await given(open, t)
      const { user } = await here.linkedUser()
      const { id } = await here.accept(user)
      const { stale, fence } = await takenOver(here)
      await assert.rejects(here.store.outbox.markSending(id, NOW, stale), LOST)
      await assert.rejects(here.store.outbox.markTogether([id], NOW, stale), LOST)
      assert.equal((await here.message(user, id)).status, 'queued')
      assert.deepEqual(await here.store.outbox.markTogether([id], NOW, fence), [id])
      assert.deepEqual(await here.store.outbox.markTogether([id], NOW, fence), [], 'a second mark is no loss')
    })

    test('a settlement: the newer truth stands', async (t) => {
      const here = await given(open, t)
      const { user } = await here.linkedUser()
      const { id } = await here.accept(user)
      const stale = fenceOf(await beat(here.store, 'a', DEAD))
      await here.store.outbox.markSending(id, NOW, stale)
      await beat(here.store, 'b')
      const fence = fenceOf(await beat(here.store, 'b'))
      const settlement = {
        messageId: id,
        attempt: attempt(),
        next: { event: 'deliver', telegramMessageId: 7 },
      } as const
      await assert.rejects(here.store.outbox.settle({ ...settlement, fence: stale }), LOST)
      await assert.rejects(here.store.outbox.recover(here.bot.id, NOW, stale), LOST)
      assert.equal((await here.message(user, id)).status, 'sending')
      assert.deepEqual(await here.store.outbox.recover(here.bot.id, NOW, fence), { queued: 1, lost: 0, calls: 1 })
      await assert.rejects(here.store.outbox.settle({ ...settlement, fence: stale }), LOST)
      await here.store.outbox.markSending(id, NOW, fence)
      await here.store.outbox.settle({ ...settlement, fence })
      const { status, attempts, possibleDuplicate } = await here.message(user, id)
      assert.deepEqual([status, attempts.length, possibleDuplicate], ['delivered', 2, true])
    })

    test('in one commit with what it may write, which stands', async (t) => {
      const here = await given(open, t)
      const { store } = here
      const { user } = await here.linkedUser()
      const { id } = await here.accept(user)
      const { stale } = await takenOver(here)
      const other = await store.saveSharedBot({ id: 'bot_2', telegramBotId: 5, username: 'b', name: 'B' })
      const peer = await store.savePeer(other.id, { telegramChatId: 5, type: 'private', title: null, username: null })
      const chat = await here.link(user, peer)
      const kept = await here.accept(user, { chatId: chat.id })
      const fence = fenceOf(await store.beat({ id: 'c', ...ALIVE }, { alone: true }))
      const marks = [store.outbox.markSending(id, NOW, stale), store.outbox.markSending(kept.id, NOW, fence)]
      assert.deepEqual(
        (await Promise.allSettled(marks)).map(({ status }) => status),
        ['rejected', 'fulfilled'],
      )
      assert.equal((await here.message(user, id)).status, 'queued')
      assert.equal((await here.message(user, kept.id)).status, 'sending')
    })

    test('waits, ends and everything else', async (t) => {
      const here = await given(open, t)
      const { store, bot } = here
      const { user, peer } = await here.linkedUser()
      const { id } = await here.accept(user)
      const { stale, fence } = await takenOver(here)
      await store.outbox.holdPeer(peer.id, { sinceMs: NOW, untilMs: NOW + 100 }, stale)
      await store.outbox.holdBot(bot.id, { sinceMs: NOW, untilMs: NOW + 100 }, stale)
      assert.deepEqual([(await store.getPeer(peer.id))?.notBeforeMs, (await store.getBot(bot.id))?.notBeforeMs], [0, 0])
      const error = { code: 'chat_blocked', detail: 'It was blocked.' } as const
      await assert.rejects(store.outbox.failWaiting(peer.id, error, NOW, stale), LOST)
      const changing = store.transaction(async (records) => {
        await records.assertServes(bot.id, stale)
        await records.setUpdateOffset(bot.id, 77)
      })
      await assert.rejects(changing, LOST)
      assert.equal((await store.getBot(bot.id))?.updateOffset, 0)
      assert.equal((await here.message(user, id)).status, 'queued')
      await store.outbox.holdPeer(peer.id, { sinceMs: NOW, untilMs: NOW + 100 }, fence)
      await store.outbox.holdBot(bot.id, { sinceMs: NOW, untilMs: NOW + 200 }, fence)
      await store.assertServes(bot.id, fence)
      assert.deepEqual(
        [(await store.getPeer(peer.id))?.notBeforeMs, (await store.getBot(bot.id))?.notBeforeMs],
        [NOW + 100, NOW + 200],
      )
      assert.equal(await store.outbox.failWaiting(peer.id, error, NOW, fence), 1)
    })
  })
}
