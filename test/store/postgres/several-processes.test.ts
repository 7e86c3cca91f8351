import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { Enqueued } from '../../../src/store/outbox.ts'
import type { Store } from '../../../src/store/store.ts'
import { attempt, type Given, given, NOW } from '../../contract/store/given.ts'
import { postgresTestStores } from '../../support/postgres-databases.ts'

/** Two processes on one database, and short ways to put things into it through the first. */
async function twoProcesses(t: TestContext): Promise<{ here: Given; both: [Store, Store] }> {
  const both = await twoStores(t)
  return { here: await given(async () => both[0], t), both }
}

async function twoStores(t: TestContext): Promise<[Store, Store]> {
  const [one, other] = await postgresTestStores(t, 2)
  if (!one || !other) throw new Error('there are not two')
  // With their connections made, they meet at once.
  await Promise.all([one, other].flatMap((store) => Array.from({ length: 4 }, () => store.ping())))
  return [one, other]
}

/** The same work through both processes, so many times each, all at the same time. */
async function atOnce<T>(both: readonly Store[], times: number, work: (store: Store, turn: number) => Promise<T>) {
  const turns = both.flatMap((store, process) =>
    Array.from({ length: times }, (_, index) => work(store, index * both.length + process)),
  )
  return await Promise.allSettled(turns)
}

function fulfilled<T>(results: readonly PromiseSettledResult<T>[]): T[] {
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
}

/** Refusals are answers; anything else is a bug. */
function assertOnlyRefusals(results: readonly PromiseSettledResult<unknown>[], ...codes: string[]): void {
  for (const result of results) {
    if (result.status === 'rejected') assert.ok(codes.includes(result.reason.code), String(result.reason.stack))
  }
}

describe('several processes on one database', () => {
  test('accept one message for an idempotency key, whoever is asked', async (t) => {
    const { here, both } = await twoProcesses(t)
    const { user } = await here.linkedUser()
    const keys = ['a', 'b', 'c', 'd', 'e']
    const results = await atOnce(both, 25, (store, turn) => {
      const idempotency = { key: keys[turn % keys.length] ?? '', fingerprint: 'f' }
      return store.outbox.enqueue(here.newMessage(user, { idempotency }))
    })
    const enqueued = fulfilled<Enqueued>(results)
    assert.equal(enqueued.length, 50)
    const accepted = enqueued.filter(({ replayed }) => !replayed).map(({ message }) => message.id)
    assert.equal(accepted.length, keys.length)
    assert.deepEqual(new Set(enqueued.map(({ message }) => message.id)), new Set(accepted))
  })

  test('keep the limit of what may wait', async (t) => {
    const { here, both } = await twoProcesses(t)
    for (let round = 0; round < 10; round++) {
      const { user } = await here.linkedUser()
      const results = await atOnce(both, 30, (store) => store.outbox.enqueue(here.newMessage(user, { queueLimit: 10 })))
      assertOnlyRefusals(results, 'queue_full')
      assert.equal(fulfilled(results).length, 10)
    }
  })

  test('make one operator', async (t) => {
    const both = await twoStores(t)
    for (let round = 0; round < 10; round++) {
      const results = await atOnce(both, 4, (store, turn) => {
        const login = `user-${turn}`
        return store.createUser({ id: `usr_${turn}`, login, passwordHash: '', name: login, locale: 'en', nowMs: NOW })
      })
      const users = fulfilled(results)
      assert.deepEqual([users.length, users.filter(({ role }) => role === 'operator').length], [8, 1])
      for (const { id } of users) await both[0].deleteUser(id)
    }
  })

  test('give one login to one person', async (t) => {
    const { both } = await twoProcesses(t)
    const results = await atOnce(both, 10, (store, turn) =>
      store.createUser({ id: `usr_${turn}`, login: 'ann', passwordHash: '', name: 'Ann', locale: 'en', nowMs: NOW }),
    )
    assertOnlyRefusals(results, 'login_taken')
    assert.equal(fulfilled(results).length, 1)
  })

  test('know a Telegram chat once, and link it once to an account', async (t) => {
    const { here, both } = await twoProcesses(t)
    const user = await here.user()
    const chat = { telegramChatId: 77, type: 'group', title: 'Team', username: null } as const
    const results = await atOnce(both, 10, async (store, turn) => {
      const peer = await store.savePeer(here.bot.id, { ...chat, title: `Team ${turn}` })
      return await store.linkChat({ id: `cht_${turn}`, userId: user.id, peerId: peer.id, nowMs: NOW })
    })
    const linked = fulfilled(results)
    assert.equal(linked.length, 20)
    assert.equal(new Set(linked.map(({ id }) => id)).size, 1)
    assert.equal((await here.store.listChats(user.id)).length, 1)
  })

  test('leave an account with one default chat, whatever is linked, unlinked and chosen', async (t) => {
    const { here, both } = await twoProcesses(t)
    const user = await here.user()
    const peers = await Promise.all(Array.from({ length: 8 }, () => here.group()))
    const results = await atOnce(both, 40, async (store, turn) => {
      const peer = peers[turn % peers.length]
      if (!peer) throw new Error('there is no peer')
      const chat = await store.linkChat({ id: `cht_${turn}`, userId: user.id, peerId: peer.id, nowMs: NOW })
      if (turn % 3 === 0) await store.setDefaultChat(user.id, chat.id)
      if (turn % 4 === 0) await store.unlinkChat(user.id, chat.id, { nowMs: NOW })
      return (await store.listChats(user.id)).filter(({ isDefault }) => isDefault).length
    })
    assertOnlyRefusals(results)
    assert.ok(fulfilled(results).every((defaults) => defaults <= 1))
    const left = await here.store.listChats(user.id)
    assert.equal(left.filter(({ isDefault }) => isDefault).length, left.length > 0 ? 1 : 0)
  })

  test('give a private chat to one account', async (t) => {
    const { here, both } = await twoProcesses(t)
    const peer = await here.peer()
    const users = await Promise.all(Array.from({ length: 10 }, () => here.user()))
    const results = await atOnce(both, 5, (store, turn) =>
      store.transaction(async (records) => {
        const links = await records.chatsOfPeer(peer.id)
        if (links.length > 0) return 'taken'
        await records.linkChat({ id: `cht_${turn}`, userId: users[turn]?.id ?? '', peerId: peer.id, nowMs: NOW })
        return 'linked'
      }),
    )
    const outcomes = fulfilled(results)
    assert.deepEqual([outcomes.length, outcomes.filter((outcome) => outcome === 'linked').length], [10, 1])
  })

  test('hand a message to one of those who want to send it', async (t) => {
    const { here, both } = await twoProcesses(t)
    const { user } = await here.linkedUser()
    const ids = await Promise.all(Array.from({ length: 40 }, async () => (await here.accept(user)).id))
    const results = await atOnce(both, 4, (store) => store.outbox.markTogether(ids, NOW))
    const marked = fulfilled(results).flat()
    assert.deepEqual(marked.sort(), ids.sort())
  })

  test('cancel a message or send it, and never both', async (t) => {
    const { here, both } = await twoProcesses(t)
    const { user } = await here.linkedUser()
    const ids = await Promise.all(Array.from({ length: 40 }, async () => (await here.accept(user)).id))
    const [one, other] = both
    const outcomes = await Promise.all(
      ids.map(async (id) => {
        const [cancelled, marked] = await Promise.all([
          one.cancelMessage(user.id, id, NOW),
          other.outbox.markSending(id, NOW),
        ])
        return [cancelled === 'cancelled', marked, (await here.message(user, id)).status]
      }),
    )
    for (const [cancelled, marked, status] of outcomes) {
      assert.notEqual(cancelled, marked)
      assert.equal(status, cancelled ? 'cancelled' : 'sending')
    }
  })

  test('leave nothing waiting for a chat that was unlinked meanwhile', async (t) => {
    const { here, both } = await twoProcesses(t)
    const [one, other] = both
    for (let round = 0; round < 20; round++) {
      const { user, chat } = await here.linkedUser()
      const sent = Array.from({ length: 5 }, () => other.outbox.enqueue(here.newMessage(user, { chatId: chat.id })))
      const results = await Promise.allSettled([...sent, one.unlinkChat(user.id, chat.id, { nowMs: NOW })])
      assertOnlyRefusals(results, 'not_found')
      const waiting = await here.store.listMessages(user.id, { limit: 9, order: 'asc', nowMs: NOW, status: 'queued' })
      assert.deepEqual(waiting, [])
    }
  })

  test('take a code once, and one code of a chat', async (t) => {
    const { here, both } = await twoProcesses(t)
    const { user, peer } = await here.linkedUser()
    for (let round = 0; round < 10; round++) {
      const code = `code-${round}`
      const times = { expiresAtMs: NOW + 1 }
      await here.store.createAccountCode({ hash: code, userId: user.id, botId: here.bot.id, ...times })
      await here.store.createChatCode({ hash: `${code}-0`, peerId: peer.id, ...times })
      await here.store.createChatCode({ hash: `${code}-1`, peerId: peer.id, ...times })
      await here.store.createMove({ hash: code, peerId: peer.id, toUserId: user.id, ...times })
      const taken = [
        await atOnce(both, 3, (store) => store.takeAccountCode(here.bot.id, code, NOW, peer.id)),
        await atOnce(both, 3, (store, turn) => store.takeChatCode(`${code}-${turn % 2}`, NOW)),
        await atOnce(both, 3, (store) => store.takeMove(code, peer.id, NOW)),
      ]
      for (const results of taken as PromiseSettledResult<object | undefined>[][]) {
        assertOnlyRefusals(results)
        assert.equal(fulfilled(results).filter((found) => found !== undefined).length, 1)
      }
    }
  })

  test('settle a call once', async (t) => {
    const { here, both } = await twoProcesses(t)
    const { user } = await here.linkedUser()
    const { id: messageId } = await here.accept(user)
    await here.store.outbox.markSending(messageId, NOW)
    const next = { event: 'deliver', telegramMessageId: 5 } as const
    assertOnlyRefusals(await atOnce(both, 5, (store) => store.outbox.settle({ messageId, attempt: attempt(), next })))
    const { status, attempts, attemptCount } = await here.message(user, messageId)
    assert.deepEqual([status, attempts.length, attemptCount], ['delivered', 1, 1])
  })

  test('have one shared bot that is active', async (t) => {
    const { both } = await twoProcesses(t)
    await atOnce(both, 5, (store, turn) =>
      store.saveSharedBot({ id: `bot_${turn}x`, telegramBotId: 100 + turn, username: `bot${turn}`, name: 'Bot' }),
    )
    assert.equal((await both[0].listBots()).filter(({ active }) => active).length, 1)
  })

  test('that remove an account while its chat is linked elsewhere lose no link', async (t) => {
    const { here, both } = await twoProcesses(t)
    const [one, other] = both
    for (let round = 0; round < 10; round++) {
      const [leaving, staying] = [await here.user(), await here.user()]
      const peer = await here.group()
      await here.link(leaving, peer)
      const link = { id: `cht_x${round}`, userId: staying.id, peerId: peer.id, nowMs: NOW }
      await Promise.allSettled([one.deleteUser(leaving.id), other.linkChat(link)])
      const links = await here.store.listChats(staying.id)
      const isGone = (await here.store.getPeer(peer.id)) === undefined
      assert.equal(links.length, isGone ? 0 : 1)
    }
  })
})
