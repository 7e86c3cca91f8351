import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ApiToken } from '../../../src/domain/account.ts'
import { given, NOW, type OpenStore, refusal } from './given.ts'

export function describeAccounts(open: OpenStore): void {
  describe('accounts', () => {
    test('the first user of an empty database is its operator, the others are not', async (t) => {
      const { user } = await given(open, t)
      assert.deepEqual([(await user()).role, (await user()).role, (await user()).role], ['operator', 'user', 'user'])
    })

    test('of twenty who are the first at the same time, exactly one is the operator', async (t) => {
      const { user } = await given(open, t)
      const users = await Promise.all(Array.from({ length: 20 }, () => user()))
      assert.equal(users.filter(({ role }) => role === 'operator').length, 1)
    })

    test('a login is unique and found ignoring case, and kept as it was written', async (t) => {
      const { store, user } = await given(open, t)
      const ann = await user({ login: 'Ann.B', passwordHash: 'secret' })
      await assert.rejects(user({ login: 'aNN.b' }), refusal('login_taken'))
      assert.deepEqual(await store.findUserByLogin('ANN.B'), { user: ann, passwordHash: 'secret' })
      assert.equal(ann.login, 'Ann.B')
      assert.equal(await store.findUserByLogin('ann'), undefined)
    })

    test('of a hundred who take one login at the same time, one gets it', async (t) => {
      const { user } = await given(open, t)
      const all = await Promise.allSettled(Array.from({ length: 100 }, () => user({ login: 'wanted' })))
      assert.equal(all.filter(({ status }) => status === 'fulfilled').length, 1)
    })

    test('a login can be changed to one that nobody else has', async (t) => {
      const { store, user } = await given(open, t)
      const [ann, bob] = [await user({ login: 'ann' }), await user({ login: 'bob' })]
      await assert.rejects(store.updateUser(ann.id, { login: 'BOB', name: 'Bob' }), refusal('login_taken'))
      assert.deepEqual((await store.getUser(ann.id))?.user, ann)
      assert.equal((await store.updateUser(ann.id, { login: 'Ann' }))?.login, 'Ann')
      await store.updateUser(bob.id, { login: 'carl' })
      assert.equal(await store.findUserByLogin('bob'), undefined)
      assert.equal((await store.findUserByLogin('CARL'))?.user.id, bob.id)
      const wanted = await Promise.allSettled([ann, bob].map(({ id }) => store.updateUser(id, { login: 'wanted' })))
      assert.deepEqual(wanted.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
    })

    test('accounts are numbered in order of registration, and no number comes back', async (t) => {
      const { store, user } = await given(open, t)
      const [ann, bob] = [await user(), await user()]
      assert.deepEqual([ann.number, bob.number], [1, 2])
      await assert.rejects(user({ login: ann.login }), refusal('login_taken'))
      await store.deleteUser(bob.id)
      const many = await Promise.all(Array.from({ length: 20 }, () => user()))
      const numbers = Array.from({ length: 20 }, (_, index) => index + 3)
      assert.deepEqual(many.map(({ number }) => number).sort(ascending), numbers)
      assert.equal((await store.findUserByLogin(ann.login))?.user.number, 1)
    })

    test('a profile is kept as it was given, wherever the account is read, and replaced as a whole', async (t) => {
      const { store, user, peer, link } = await given(open, t)
      const profile = { firstName: 'Анна "A" \\', email: 'ann@example.org' }
      const [ann, bob] = [await user({ profile }), await user()]
      assert.deepEqual([ann.profile, bob.profile], [profile, {}])
      const chat = await peer()
      await link(ann, chat)
      assert.deepEqual((await store.chatsOfPeer(chat.id))[0]?.user, ann)
      assert.deepEqual((await store.updateUser(ann.id, { profile: { lastName: 'Lee' } }))?.profile, { lastName: 'Lee' })
      await store.updateUser(ann.id, { name: 'Ann' })
      assert.deepEqual((await store.getUser(ann.id))?.user.profile, { lastName: 'Lee' })
    })

    test('users are listed by login, page after page', async (t) => {
      const { store, user } = await given(open, t)
      for (const login of ['dora', 'Bob', 'anna', 'Carl']) await user({ login })
      const logins = async (page: { limit: number; afterLogin?: string }) =>
        (await store.listUsers(page)).map(({ login }) => login)
      assert.deepEqual(await logins({ limit: 3 }), ['anna', 'Bob', 'Carl'])
      assert.deepEqual(await logins({ limit: 3, afterLogin: 'Carl' }), ['dora'])
    })

    test('a change changes what it names and nothing else', async (t) => {
      const { store, user } = await given(open, t)
      const { id, ...before } = await user({ passwordHash: 'old' })
      const changed = await store.updateUser(id, { name: 'Жанна', locale: 'ru' })
      assert.deepEqual(changed, { id, ...before, name: 'Жанна', locale: 'ru' })
      await store.updateUser(id, { passwordHash: 'new' })
      assert.deepEqual(await store.getUser(id), { user: changed, passwordHash: 'new' })
      assert.deepEqual(await store.updateUser(id, {}), changed)
      assert.equal(await store.updateUser('usr_nobody', { name: 'x' }), undefined)
    })

    test('deleting a user removes everything that is theirs, and nothing of anyone else', async (t) => {
      const { store, bot, user, linkedUser, accept, message, send, lane, link, group } = await given(open, t)
      const ann = await linkedUser()
      const bob = await linkedUser()
      const shared = await group()
      const annsGroup = await link(ann.user, shared)
      await link(bob.user, shared)
      await store.createSession({ id: 'ses_1', userId: ann.user.id, createdAtMs: NOW, expiresAtMs: NOW + 1 })
      await store.createApiToken({ ...token('tok_1', ann.user.id), hash: 'h' })
      await store.createAccountCode({ hash: 'c', userId: ann.user.id, botId: bot.id, expiresAtMs: NOW + 9 })
      await store.createMove({ hash: 'm', peerId: bob.peer.id, toUserId: ann.user.id, expiresAtMs: NOW + 9 })
      const idempotency = { key: 'k', fingerprint: 'f' }
      const sent = await accept(ann.user, { idempotency })
      await send(sent.id, { event: 'deliver', telegramMessageId: 1 })
      await accept(ann.user)
      await accept(ann.user, { chatId: annsGroup.id })
      const bobs = await accept(bob.user)

      assert.equal(await store.deleteUser(ann.user.id), true)
      assert.equal(await store.deleteUser(ann.user.id), false)
      assert.equal(await store.getSession('ses_1'), undefined)
      assert.equal(await store.findApiToken('h'), undefined)
      assert.equal(await store.takeAccountCode(bot.id, 'c', NOW, bob.peer.id), undefined)
      assert.equal(await store.takeMove('m', bob.peer.id, NOW), undefined)
      assert.equal(await store.getMessage(ann.user.id, sent.id, NOW), undefined)
      assert.deepEqual([await lane(ann.peer), await lane(shared)], [[], []])
      assert.deepEqual(await store.chatsOfPeer(ann.peer.id), [])
      assert.equal(await store.lastChange(ann.user.id), 0)
      assert.equal((await store.chatsOfPeer(shared.id)).length, 1)
      assert.equal((await message(bob.user, bobs.id)).status, 'queued')
      assert.equal(await store.findPeer(bot.id, ann.peer.telegramChatId), undefined, 'nobody has this chat any more')
      assert.ok(await store.getPeer(shared.id), 'somebody else has this one')
      const again = await user({ id: ann.user.id })
      const { telegramChatId, type, title, username } = ann.peer
      await link(again, await store.savePeer(bot.id, { telegramChatId, type, title, username }))
      assert.equal((await accept(again, { idempotency })).status, 'queued')
    })
  })

  test('a chat that Telegram told us to leave alone is left alone when its account is gone, without its name', async (t) => {
    const { store, bot, user, peer, link } = await given(open, t)
    const ann = await user()
    const group = await peer({ type: 'group', title: 'Ann and friends' })
    await link(ann, group)
    await store.outbox.holdPeer(group.id, { sinceMs: NOW, untilMs: NOW + 60_000 })
    await store.deleteUser(ann.id)
    const left = await store.findPeer(bot.id, group.telegramChatId)
    assert.deepEqual([left?.title, left?.notBeforeMs], [null, NOW + 60_000])
  })

  describe('sessions', () => {
    test('a session is found with its user until it is deleted', async (t) => {
      const { store, user } = await given(open, t)
      const ann = await user()
      const made = { id: 'ses_1', userId: ann.id, createdAtMs: NOW, expiresAtMs: NOW + 5 }
      await store.createSession(made)
      const session = { ...made, lastSeenMs: NOW, userAgent: null }
      assert.deepEqual(await store.getSession('ses_1'), { session, user: ann })
      assert.equal(await store.deleteSession('ses_1'), true)
      assert.equal(await store.deleteSession('ses_1'), false)
      assert.equal(await store.getSession('ses_1'), undefined)
    })

    test('all sessions of a user end, but for the one that is kept', async (t) => {
      const { store, user } = await given(open, t)
      const [ann, bob] = [await user(), await user()]
      const times = { createdAtMs: NOW, expiresAtMs: NOW + 5 }
      for (const id of ['ses_1', 'ses_2', 'ses_3']) await store.createSession({ id, userId: ann.id, ...times })
      await store.createSession({ id: 'ses_bob', userId: bob.id, ...times })
      assert.equal(await store.deleteSessionsOf(ann.id, { exceptId: 'ses_2' }), 2)
      assert.equal((await store.getSession('ses_2'))?.user.id, ann.id)
      assert.equal(await store.deleteSessionsOf(ann.id), 1)
      assert.equal((await store.getSession('ses_bob'))?.user.id, bob.id)
    })

    test('with a user, only a session of theirs ends', async (t) => {
      const { store, user } = await given(open, t)
      const [ann, bob] = [await user(), await user()]
      await store.createSession({ id: 'ses_1', userId: ann.id, createdAtMs: NOW, expiresAtMs: NOW + 5 })
      assert.equal(await store.deleteSession('ses_1', bob.id), false)
      assert.ok(await store.getSession('ses_1'))
      assert.equal(await store.deleteSession('ses_1', ann.id), true)
      assert.equal(await store.getSession('ses_1'), undefined)
    })

    test('the sessions of a user that have not expired are listed, the one that was seen last first', async (t) => {
      const { store, user } = await given(open, t)
      const [ann, bob] = [await user(), await user()]
      const times = { createdAtMs: NOW, expiresAtMs: NOW + 100 }
      const userAgent = 'Tëst/1.0 (X11)'
      await store.createSession({ id: 'ses_1', userId: ann.id, ...times, userAgent })
      await store.createSession({ id: 'ses_2', userId: ann.id, ...times, createdAtMs: NOW + 1 })
      await store.createSession({ id: 'ses_3', userId: ann.id, ...times, createdAtMs: NOW + 2 })
      await store.createSession({ id: 'ses_over', userId: ann.id, createdAtMs: NOW, expiresAtMs: NOW + 5 })
      await store.createSession({ id: 'ses_bob', userId: bob.id, ...times })
      await Promise.all([
        store.touchSession('ses_1', NOW + 4),
        store.touchSession('ses_gone', NOW + 4),
        store.touchApiToken('tok_gone', NOW + 4),
      ])
      const first = { id: 'ses_1', userId: ann.id, ...times, lastSeenMs: NOW + 4, userAgent }
      const listed = await store.listSessions(ann.id, { limit: 2, nowMs: NOW + 5 })
      assert.deepEqual(
        listed.map(({ id }) => id),
        ['ses_1', 'ses_3'],
      )
      assert.deepEqual(listed[0], first)
      assert.deepEqual((await store.getSession('ses_1'))?.session, first)
      assert.equal((await store.listSessions(ann.id, { limit: 9, nowMs: NOW + 5 })).length, 3)
    })
  })

  describe('API tokens', () => {
    test('a token is found by its hash, with its rights and its user', async (t) => {
      const { store, user } = await given(open, t)
      const ann = await user()
      const made: ApiToken = { ...token('tok_1', ann.id), scopes: ['send', 'manage'], expiresAtMs: NOW + 9 }
      await store.createApiToken({ ...made, hash: 'hash-1' })
      await store.createApiToken({ ...token('tok_2', ann.id), hash: 'hash-2' })
      assert.deepEqual(await store.findApiToken('hash-1'), { token: made, user: ann })
      await store.touchApiToken('tok_1', NOW + 3)
      assert.deepEqual(await store.listApiTokens(ann.id), [{ ...made, lastUsedAtMs: NOW + 3 }, token('tok_2', ann.id)])
    })

    test('only its owner can delete a token, and then it is dead', async (t) => {
      const { store, user } = await given(open, t)
      const [ann, bob] = [await user(), await user()]
      await store.createApiToken({ ...token('tok_1', ann.id), hash: 'h' })
      assert.equal(await store.deleteApiToken(bob.id, 'tok_1'), false)
      assert.equal(await store.deleteApiToken(ann.id, 'tok_1'), true)
      assert.equal(await store.findApiToken('h'), undefined)
    })
  })

  test('a change of an account is told before whoever made it goes on, and one that did not happen is not', async (t) => {
    const { store, user } = await given(open, t)
    const [ann, bob] = [await user(), await user()]
    await store.createApiToken({ ...token('tok_1', ann.id), hash: 'h' })
    const told: string[] = []
    const stop = store.onAccountChange((userId) => void told.push(userId))
    await store.updateUser(ann.id, { name: 'Anna' })
    assert.deepEqual(told.splice(0), [ann.id])
    await store.deleteApiToken(ann.id, 'tok_1')
    assert.deepEqual(told.splice(0), [ann.id])
    const undone = store.transaction(async (records) => {
      await records.deleteUser(bob.id)
      throw new Error('changed its mind')
    })
    await assert.rejects(undone, /changed its mind/)
    assert.deepEqual(told.splice(0), [])
    await store.deleteUser(bob.id)
    assert.deepEqual(told.splice(0), [bob.id])
    stop()
    await store.deleteUser(ann.id)
    assert.deepEqual(told, [])
  })

  test('what expired is forgotten, and what did not is kept', async (t) => {
    const { store, bot, linkedUser, accept, newMessage } = await given(open, t)
    const { user, peer } = await linkedUser()
    for (const [id, expiresAtMs] of [
      ['old', NOW],
      ['new', NOW + 1],
    ] as const) {
      await store.createSession({ id, userId: user.id, createdAtMs: 0, expiresAtMs })
      await store.createApiToken({ ...token(id, user.id), expiresAtMs, hash: id })
      await store.createAccountCode({ hash: id, userId: user.id, botId: bot.id, expiresAtMs })
      await store.createChatCode({ hash: id, peerId: peer.id, expiresAtMs })
      await store.createMove({ hash: id, peerId: peer.id, toUserId: user.id, expiresAtMs })
    }
    await store.createApiToken({ ...token('for ever', user.id), hash: 'for ever' })
    await accept(user, { idempotency: { key: 'old', fingerprint: 'f' }, nowMs: NOW - 10 })
    await accept(user, { idempotency: { key: 'new', fingerprint: 'f' }, nowMs: NOW })

    assert.equal(await store.deleteExpired({ nowMs: NOW, keysBeforeMs: NOW, updatesBeforeMs: NOW }), 6)
    assert.equal(await store.deleteExpired({ nowMs: NOW, keysBeforeMs: NOW, updatesBeforeMs: NOW }), 0)
    assert.deepEqual([await store.getSession('old'), (await store.getSession('new'))?.user.id], [undefined, user.id])
    assert.deepEqual((await store.listApiTokens(user.id)).map(({ id }) => id).sort(), ['for ever', 'new'])
    const replayed = async (key: string) =>
      (await store.outbox.enqueue(newMessage(user, { idempotency: { key, fingerprint: 'f' } }))).replayed
    assert.deepEqual([await replayed('old'), await replayed('new')], [false, true])
  })
}

const ascending = (one: number, other: number): number => one - other

function token(id: string, userId: string): ApiToken {
  const times = { createdAtMs: NOW, expiresAtMs: null, lastUsedAtMs: null }
  return { id, userId, name: `token ${id}`, scopes: ['read'], hint: 'abcd', ...times }
}
