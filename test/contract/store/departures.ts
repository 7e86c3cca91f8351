import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Peer } from '../../../src/domain/chat.ts'
import type { Departure, Enqueued, NewMessage, Outbound } from '../../../src/store/outbox.ts'
import { attempt, type Given, given, NOW, type OpenStore, refusal } from './given.ts'

const to = ({ id: peerId, telegramChatId }: Peer, fence?: number): Departure => {
  return { peerId, telegramChatId, ...(fence !== undefined && { fence }) }
}

async function enqueue({ store }: Given, message: NewMessage): Promise<Enqueued & { replayed: false }> {
  const enqueued = await store.outbox.enqueue(message)
  if (enqueued.replayed) throw new Error('it was replayed')
  return enqueued
}

/** Without what differs from message to message. */
function likeness({ id: _id, text: _text, ...rest }: Outbound): object {
  return rest
}

type Linked = Awaited<ReturnType<Given['linkedUser']>>

const WAIT = { sinceMs: NOW, untilMs: NOW + 60_000 }

/** Why a message must wait for its turn, although a place was kept for it. */
const IN_THE_WAY: Record<string, (here: Given, linked: Linked) => Promise<Departure | undefined | void>> = {
  'something waits there': async ({ accept }, { user }) => void (await accept(user)),
  'no place was kept': async () => undefined,
  'the place is in another chat': async ({ peer }) => to(await peer()),
  'the chat has another address by now': async (_here, { peer }) => ({ ...to(peer), telegramChatId: -1 }),
  'another process serves the bot': async (_here, { peer }) => to(peer, 999),
  'the chat is closed': async ({ store }, { peer }) =>
    void (await store.setPeerStatus(peer.id, 'blocked', 'Forbidden', NOW, 0)),
  'Telegram told the chat to wait': ({ store }, { peer }) => store.outbox.holdPeer(peer.id, WAIT),
  'Telegram told the bot to wait': ({ store, bot }) => store.outbox.holdBot(bot.id, WAIT),
  'Telegram does not accept the bot': async ({ store, bot }) =>
    await store.setBotState(bot.id, 'rejected', 'Unauthorized'),
}

export function describeDepartures(open: OpenStore): void {
  describe('a message for which a place is kept', () => {
    test('is marked in the commit that accepts it, and is what the lane would have given', async (t) => {
      const here = await given(open, t)
      const { store, linkedUser, newMessage, accept, message, lane } = here
      const [{ user, peer }, other] = [await linkedUser(), await linkedUser()]
      const options = { priority: 4, silent: true, delivery: 'at_most_once', expiresAtMs: NOW + 1 } as const
      const input = newMessage(user, { ...options, departure: to(peer) })
      const { message: accepted, leaving } = await enqueue(here, input)
      assert.deepEqual([accepted.status, accepted.sendingSinceMs, accepted.waitingFor], ['queued', null, null])
      const { status, sendingSinceMs, changeSeq } = await message(user, input.id)
      assert.deepEqual([status, sendingSinceMs, changeSeq], ['sending', NOW, accepted.changeSeq])
      assert.deepEqual(await lane(peer), [])

      await accept(other.user, options)
      const [usual] = await store.outbox.waiting(other.peer.id, 1)
      assert.ok(leaving && usual)
      const own = { userId: user.id, chatId: accepted.chatId, peerId: peer.id, telegramChatId: peer.telegramChatId }
      assert.deepEqual(likeness(leaving), { ...likeness(usual), ...own, name: user.name })
      assert.deepEqual([leaving.id, leaving.text], [input.id, input.text])

      const next = { event: 'deliver', telegramMessageId: 7 } as const
      await store.outbox.settle({ messageId: input.id, attempt: attempt(), next })
      assert.equal((await message(user, input.id)).status, 'delivered')
    })

    for (const [why, arrange] of Object.entries(IN_THE_WAY)) {
      test(`waits for its turn when ${why}`, async (t) => {
        const here = await given(open, t)
        const linked = await here.linkedUser()
        const isPlaceless = why === 'no place was kept'
        const departure = (await arrange(here, linked)) ?? (isPlaceless ? undefined : to(linked.peer))
        const input = here.newMessage(linked.user, departure && { departure })
        const { leaving, wake } = await enqueue(here, input)
        assert.equal(leaving, undefined)
        assert.equal(wake.peerId, linked.peer.id)
        assert.equal((await here.message(linked.user, input.id)).status, 'queued')
        assert.equal((await here.lane(linked.peer)).at(-1), input.id)
      })
    }

    test('leaves under the claim of whoever serves the bot', async (t) => {
      const here = await given(open, t)
      const { user, peer } = await here.linkedUser()
      await here.store.beat({ id: 'a', leaseMs: 3_600_000 })
      const [bot] = (await here.store.beat({ id: 'a', leaseMs: 3_600_000 })).owned
      const { leaving } = await enqueue(here, here.newMessage(user, { departure: to(peer, bot?.fence) }))
      assert.ok(leaving)
    })

    test('does not overtake what comes with it, and what comes with it waits behind it', async (t) => {
      const here = await given(open, t)
      const [first, second] = [await here.linkedUser(), await here.linkedUser()]
      const messages = [
        here.newMessage(first.user, { departure: to(first.peer) }),
        here.newMessage(first.user),
        here.newMessage(second.user),
        here.newMessage(second.user, { departure: to(second.peer) }),
      ]
      const all = await Promise.all(messages.map((message) => enqueue(here, message)))
      assert.deepEqual(
        all.map(({ leaving }) => leaving !== undefined),
        [true, false, false, false],
      )
      const [, behind, ...others] = messages.map(({ id }) => id)
      assert.deepEqual([await here.lane(first.peer), await here.lane(second.peer)], [[behind], others])
    })

    test('leaves once: who repeats the request gets the answer to the first one', async (t) => {
      const here = await given(open, t)
      const { user, peer } = await here.linkedUser()
      const idempotency = { key: 'once', fingerprint: 'f' }
      const first = here.newMessage(user, { idempotency, departure: to(peer) })
      const again = here.newMessage(user, { idempotency, departure: to(peer) })
      const answers = await Promise.all([here.store.outbox.enqueue(first), here.store.outbox.enqueue(again)])
      const later = await here.store.outbox.enqueue({ ...again, id: 'msg_9999' })
      assert.deepEqual(
        [...answers, later].map(({ replayed, message: { id, status } }) => [replayed, id, status]),
        [
          [false, first.id, 'queued'],
          [true, first.id, 'queued'],
          [true, first.id, 'queued'],
        ],
      )
    })

    test('does not count as one that waits', async (t) => {
      const here = await given(open, t)
      const { user, peer } = await here.linkedUser()
      const limited = { queueLimit: 1 }
      await enqueue(here, here.newMessage(user, { ...limited, departure: to(peer) }))
      await here.accept(user, limited)
      await assert.rejects(
        enqueue(here, here.newMessage(user, { ...limited, departure: to(peer) })),
        refusal('queue_full'),
      )
    })

    test('is of unknown outcome when the program ends before anybody knows more', async (t) => {
      const here = await given(open, t)
      const { user, peer, chat } = await here.linkedUser()
      const input = here.newMessage(user, { departure: to(peer) })
      await enqueue(here, input)
      assert.deepEqual(await here.store.outbox.recover(here.bot.id, NOW + 5), { queued: 1, lost: 0, calls: 1 })
      const { status, possibleDuplicate, chatId } = await here.message(user, input.id)
      assert.deepEqual([status, possibleDuplicate, chatId], ['queued', true, chat.id])
    })
  })
}
