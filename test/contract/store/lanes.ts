import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { WaitingLane } from '../../../src/store/outbox.ts'
import { given, NOW, type OpenStore } from './given.ts'

const AT_ONCE = { event: 'retry', nextAttemptAtMs: 0, countsAsAttempt: true } as const
const CUT = 'An earlier call was cut off, so it may have arrived.'
const PART = 'Its beginning has arrived, the rest has not.'
const BOTH = 'Its beginning has arrived; an earlier call was cut off, so more of it may have.'

export function describeLanes(open: OpenStore): void {
  describe('lanes', () => {
    test('are listed in order of their chat, page after page, while something waits in them', async (t) => {
      const { store, bot, linkedUser, accept, send } = await given(open, t)
      const lanes: WaitingLane[] = []
      for (let i = 0; i < 5; i++) {
        const { user, peer } = await linkedUser()
        const [first] = [await accept(user), await accept(user)]
        if (i === 2) {
          await send(first.id, { event: 'deliver', telegramMessageId: 1 })
          await store.deleteUser(user.id)
        } else lanes.push({ peerId: peer.id, userId: user.id })
      }
      const page = (afterPeerId: number) => store.outbox.lanes(bot.id, { limit: 3, afterPeerId })
      assert.deepEqual(await page(0), lanes.slice(0, 3))
      assert.deepEqual(await page(lanes[2]?.peerId ?? 0), lanes.slice(3))
      assert.deepEqual(await page(lanes[3]?.peerId ?? 0), [])
      assert.deepEqual(await store.outbox.lanes('bot_other', { limit: 3, afterPeerId: 0 }), [])
    })

    test('are listed with the user whose message is the first there', async (t) => {
      const { store, bot, user, group, link, accept, send } = await given(open, t)
      const peer = await group()
      const [ann, bob, eve] = [await user(), await user(), await user()]
      for (const one of [ann, bob, eve]) await link(one, peer)
      const first = await accept(ann)
      await accept(bob)
      const owner = async () => (await store.outbox.lanes(bot.id, { limit: 3, afterPeerId: 0 }))[0]?.userId
      assert.equal(await owner(), ann.id)
      const urgent = await accept(eve, { priority: 5 })
      assert.equal(await owner(), eve.id)
      for (const { id } of [urgent, first]) await send(id, { event: 'deliver', telegramMessageId: 1 })
      assert.equal(await owner(), bob.id)
    })

    test('hand out everything that is needed to send, due or not, and only what is queued', async (t) => {
      const { store, bot, linkedUser, accept, send, message } = await given(open, t)
      const { user, peer, chat } = await linkedUser()
      const delivered = await accept(user)
      const leaving = await accept(user)
      const waits = await accept(user, { text: 'again', silent: true })
      await send(delivered.id, { event: 'deliver', telegramMessageId: 1 })
      const retry = {
        event: 'retry',
        nextAttemptAtMs: NOW + 500,
        countsAsAttempt: true,
        possibleDuplicate: true,
      } as const
      await send(waits.id, retry, 'unknown')
      await store.outbox.markSending(leaving.id, NOW)
      assert.deepEqual(await store.outbox.waiting(peer.id, 10), [
        {
          id: waits.id,
          userId: user.id,
          chatId: chat.id,
          botId: bot.id,
          peerId: peer.id,
          telegramChatId: peer.telegramChatId,
          name: user.name,
          locale: 'en',
          text: 'again',
          silent: true,
          attemptCount: 1,
          possibleDuplicate: true,
          createdAtMs: NOW,
          partsDone: 0,
          telegramMessageId: null,
          nextAttemptAtMs: NOW + 500,
          waitsSinceMs: NOW + 50,
          priority: 3,
          delivery: 'at_least_once',
          digest: 'when_behind',
          expiresAtMs: null,
          alone: false,
        },
      ])
      assert.equal((await message(user, waits.id)).nextAttemptAtMs, NOW + 500)
    })

    test('of a group mix its accounts in the order of acceptance', async (t) => {
      const { user, group, link, accept, lane } = await given(open, t)
      const peer = await group()
      const users = [await user(), await user(), await user()]
      for (const one of users) await link(one, peer)
      const ids: string[] = []
      for (const one of [...users, ...users.toReversed()]) ids.push((await accept(one)).id)
      assert.deepEqual(await lane(peer), ids)
    })

    test('give a retried message its old place back', async (t) => {
      const { linkedUser, accept, send, lane } = await given(open, t)
      const { user, peer } = await linkedUser()
      const [first, second] = [await accept(user), await accept(user)]
      const wait = {
        event: 'retry',
        nextAttemptAtMs: NOW + 1,
        countsAsAttempt: false,
        possibleDuplicate: false,
      } as const
      await send(first.id, wait, 'throttled')
      assert.deepEqual(await lane(peer), [first.id, second.id])
    })

    test('that are closed lose all that waits, and no more', async (t) => {
      const { store, user, group, link, linkedUser, accept, message, lane } = await given(open, t)
      const peer = await group()
      const [ann, bob] = [await user(), await user()]
      for (const one of [ann, bob]) await link(one, peer)
      const leaving = await accept(ann)
      const waiting = [await accept(ann), await accept(bob)]
      const elsewhere = await linkedUser()
      const other = await accept(elsewhere.user)
      await store.outbox.markSending(leaving.id, NOW)
      const error = { code: 'chat_blocked', detail: 'Removed.' } as const
      assert.equal(await store.outbox.failWaiting(peer.id, error, NOW), 2)
      assert.equal(await store.outbox.failWaiting(peer.id, error, NOW), 0)
      const failed = [await message(ann, waiting[0]?.id ?? ''), await message(bob, waiting[1]?.id ?? '')]
      for (const one of failed) assert.deepEqual([one.status, one.error], ['failed', error])
      assert.equal((await message(ann, leaving.id)).status, 'sending')
      assert.deepEqual(await lane(elsewhere.peer), [other.id])
    })
  })

  describe('what waits and fails', () => {
    const UNLINKED = 'The chat was unlinked from the account'
    const cases = [
      ['nothing', { duplicate: false, part: false }, `${UNLINKED} before the message left.`, ''],
      ['a call that was cut', { duplicate: true, part: false }, `${UNLINKED} while the message was on its way.`, CUT],
      ['a part', { duplicate: false, part: true }, `${UNLINKED} while the message was on its way.`, PART],
      ['both', { duplicate: true, part: true }, `${UNLINKED} while the message was on its way.`, BOTH],
    ] as const
    for (const [what, had, unlinked, told] of cases) {
      test(`says what may stand in the chat, after ${what}`, async (t) => {
        const { store, linkedUser, accept, send, message } = await given(open, t)
        const failed = async (fail: (given: Awaited<ReturnType<typeof linkedUser>>) => Promise<unknown>) => {
          const one = await linkedUser()
          const { id } = await accept(one.user)
          if (had.duplicate) await send(id, { ...AT_ONCE, possibleDuplicate: true }, 'unknown')
          if (had.part) await send(id, { event: 'part', telegramMessageId: 7 })
          await fail(one)
          const { status, error } = await message(one.user, id)
          return [status, error]
        }
        const ending = (detail: string) => (told === '' ? detail : `${detail} ${told}`)
        const blocked = { code: 'chat_blocked', detail: 'Removed.' } as const
        assert.deepEqual(await failed(({ user, chat }) => store.unlinkChat(user.id, chat.id, { nowMs: NOW })), [
          'failed',
          { code: 'chat_unlinked', detail: ending(unlinked) },
        ])
        assert.deepEqual(await failed(({ peer }) => store.outbox.failWaiting(peer.id, blocked, NOW)), [
          'failed',
          { code: 'chat_blocked', detail: ending('Removed.') },
        ])
      })
    }
  })

  describe('why a message waits', () => {
    test('is said when it is read: the pace of its chat or bot, its own retry, or the message before it', async (t) => {
      const { store, bot, linkedUser, accept, send, message } = await given(open, t)
      const { user, peer } = await linkedUser()
      const first = await accept(user)
      const second = await accept(user)
      const why = async (id: string, nowMs: number) => (await message(user, id, nowMs)).waitingFor
      assert.deepEqual([await why(first.id, NOW), await why(second.id, NOW)], [null, 'pace'])
      await store.outbox.holdPeer(peer.id, { sinceMs: NOW, untilMs: NOW + 10 })
      assert.deepEqual([await why(first.id, NOW + 9), await why(first.id, NOW + 10)], ['pace', null])
      await store.outbox.holdBot(bot.id, { sinceMs: NOW, untilMs: NOW + 20 })
      assert.deepEqual([await why(first.id, NOW + 19), await why(first.id, NOW + 20)], ['pace', null])
      const retry = {
        event: 'retry',
        nextAttemptAtMs: NOW + 90,
        countsAsAttempt: true,
        possibleDuplicate: false,
      } as const
      await send(first.id, retry, 'temporary')
      assert.deepEqual([await why(first.id, NOW + 89), await why(first.id, NOW + 90)], ['retry', null])
      // Nothing else holds it, and yet it did not leave.
      assert.deepEqual([await why(first.id, NOW + 590), await why(first.id, NOW + 591)], [null, 'pace'])
      await send(first.id, { event: 'deliver', telegramMessageId: 1 })
      assert.deepEqual([await why(first.id, NOW), await why(second.id, NOW + 90)], [null, null])
    })

    test('comes with the moment until which it does: the latest of its own, its chat’s and its bot’s', async (t) => {
      const { store, bot, linkedUser, accept, send, message } = await given(open, t)
      const { user, peer } = await linkedUser()
      const [first, second] = [await accept(user), await accept(user)]
      const until = async (nowMs = NOW) =>
        await Promise.all([first, second].map(async ({ id }) => (await message(user, id, nowMs)).nextAttemptAtMs))
      assert.deepEqual(await until(), [null, null])
      const again = { event: 'retry', countsAsAttempt: true, possibleDuplicate: false } as const
      await send(first.id, { ...again, nextAttemptAtMs: NOW + 90 }, 'temporary')
      assert.deepEqual(await until(), [NOW + 90, null])
      await store.outbox.holdPeer(peer.id, { sinceMs: NOW, untilMs: NOW + 50 })
      assert.deepEqual(await until(), [NOW + 90, NOW + 50])
      assert.deepEqual(await until(NOW + 50), [NOW + 90, null])
      await store.outbox.holdBot(bot.id, { sinceMs: NOW, untilMs: NOW + 120 })
      assert.deepEqual(await until(), [NOW + 120, NOW + 120])
      await store.setBotState(bot.id, 'rejected', '401')
      assert.deepEqual(await until(), [NOW + 90, null])
    })

    test('is said at acceptance too, also among many that are accepted at once', async (t) => {
      const { store, user, group, link, newMessage } = await given(open, t)
      const peer = await group()
      const [ann, bob] = [await user(), await user()]
      for (const one of [ann, bob]) await link(one, peer)
      const batch = [newMessage(ann), newMessage(bob), newMessage(ann)]
      const accepted = await Promise.all(batch.map((one) => store.outbox.enqueue(one)))
      assert.deepEqual(
        accepted.map(({ message }) => message.waitingFor),
        [null, 'pace', 'pace'],
      )
    })

    test('is the bot when its token is rejected or it is switched off', async (t) => {
      const { store, bot, linkedUser, accept, message } = await given(open, t)
      const { user } = await linkedUser()
      const { id } = await accept(user)
      await store.setBotState(bot.id, 'rejected', '401')
      assert.equal((await message(user, id)).waitingFor, 'bot_rejected')
      assert.equal((await accept(user)).waitingFor, 'bot_rejected')
      await store.saveSharedBot({ id: 'bot_2', telegramBotId: 5, username: 'b', name: 'B' })
      assert.equal((await message(user, id)).waitingFor, 'bot_inactive')
    })
  })
}
