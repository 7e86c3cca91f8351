import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { expiry as openExpiry } from '../../src/delivery/expiry.ts'
import { Pacer } from '../../src/delivery/pacer.ts'
import { newId } from '../../src/domain/ids.ts'
import type { Message } from '../../src/domain/message.ts'
import { documentedLimits } from '../../src/domain/pacing.ts'
import { createSecrets } from '../../src/ops/secrets.ts'
import type { Wake } from '../../src/domain/signal.ts'
import { confirmMove, moveSecretHash } from '../../src/usecases/confirm-move.ts'
import { deleteAccount } from '../../src/usecases/delete-account.ts'
import { noteChatStatus } from '../../src/usecases/note-chat-status.ts'
import { noteMigration } from '../../src/usecases/note-migration.ts'
import { unlinkChat } from '../../src/usecases/unlink-chat.ts'
import { BOT, type Post, type Recipient, startPost } from '../support/delivery.ts'
import { seededRandom } from '../support/seeded-random.ts'

const HOUR = 3_600_000

/** A first message that failed once, and a program that by itself would look at it again in an hour. */
async function stuckIn(post: Post, to: Recipient, options: { expiresAtMs?: number } = {}): Promise<Message> {
  post.sandbox.control.addFault({ chatId: to.telegramChatId, times: 1, action: { kind: 'drop_before' } })
  const stuck = await post.send(to, 'stuck', options)
  await post.until(async () => (await post.message(to, stuck)).attempts.length === 1)
  await post.until(async () => (await post.message(to, stuck)).status === 'queued')
  return stuck
}

async function startPatient(post: Post, options: { pacer?: Pacer } = {}): Promise<void> {
  const policy = { maxAttempts: 3, firstDelayMs: HOUR, maxDelayMs: HOUR, jitter: 0 }
  await post.start({ ...options, policy, scanIntervalMs: HOUR })
}

/** The same program, as the use cases see it. */
function depsOf(post: Post) {
  const { store, clock } = post
  const secrets = createSecrets('a key for this test alone')
  const wake = ({ peerId, priority }: Wake): void => post.running.dispatcher.wake(peerId, priority)
  const lookAgain = ({ peerId }: Wake): void => post.running.dispatcher.lookAgain(peerId)
  return { store, clock, secrets, random: seededRandom(4), wake, lookAgain }
}

/** Another account in the same group. */
async function join(post: Post, group: Recipient, name: string): Promise<Recipient> {
  const { userId } = await post.person(name)
  const id = newId('cht', { clock: post.clock, random: seededRandom(name.length) })
  const { peerId, telegramChatId } = group
  const chat = await post.store.linkChat({ id, userId, peerId, nowMs: post.clock.now() })
  return { userId, chatId: chat.id, peerId, telegramChatId }
}

/** Awaits that these stand in the chat, and asserts that this took no more than moments. */
async function arriveSoon(post: Post, at: { telegramChatId: number }, texts: string[], mostMs = 3500): Promise<void> {
  const startMs = post.clock.now()
  await post.until(() => post.arrived(at).length >= texts.length)
  assert.deepEqual(post.arrived(at), texts)
  const tookMs = post.clock.now() - startMs
  assert.ok(tookMs <= mostMs, `${tookMs}`)
}

describe('what stood behind a message goes at once', () => {
  test('when that one expires', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    await startPatient(post)
    const expiry = openExpiry({ store: post.store, clock: post.clock, log: post.log })
    await expiry.start()
    t.after(() => expiry.stop())
    const expiresAtMs = post.clock.now() + 600_000
    const stuck = await stuckIn(post, ann, { expiresAtMs })
    await post.send(ann, 'behind')
    await post.until(() => post.done(ann))
    assert.deepEqual(post.arrived(ann), ['behind'])
    const waitedMs = (post.sandbox.control.deliveries()[0]?.atMs ?? 0) - expiresAtMs
    assert.ok(waitedMs >= 0 && waitedMs < 10_000, `${waitedMs}`)
    assert.equal((await post.message(ann, stuck)).status, 'expired')
  })

  test('when its account unlinks the group', async (t) => {
    const post = await startPost(t)
    const ann = await post.group('Ann')
    const bob = await join(post, ann, 'Bob')
    await startPatient(post)
    const stuck = await stuckIn(post, ann)
    await post.send(bob, 'behind')
    assert.ok(await unlinkChat(depsOf(post))(ann))
    await arriveSoon(post, bob, ['behind'])
    assert.equal((await post.message(ann, stuck)).error?.code, 'chat_unlinked')
  })

  test('when its account is deleted', async (t) => {
    const post = await startPost(t)
    const ann = await post.group('Ann')
    const bob = await join(post, ann, 'Bob')
    await startPatient(post)
    await stuckIn(post, ann)
    await post.send(bob, 'behind')
    const owner = await post.store.getUser(ann.userId)
    assert.ok(owner)
    const { user, passwordHash } = owner
    const remove = deleteAccount({ ...depsOf(post), checkPassword: async () => ({ user, passwordHash }) })
    await remove({ caller: { user, via: 'basic', scopes: [] }, password: 'x', address: '127.0.0.1' })
    await arriveSoon(post, bob, ['behind'])
  })

  test('when the chat moves to another account: only the new one’s', async (t) => {
    const post = await startPost(t)
    const ann = await post.person('Ann')
    const { userId } = await post.person('Bob')
    await startPatient(post)
    const stuck = await stuckIn(post, ann)
    const also = await post.send(ann, 'never')
    const bob = await move(post, ann, userId)
    await post.send(bob, 'mine')
    await arriveSoon(post, bob, ['mine'])
    for (const message of [stuck, also]) {
      assert.equal((await post.message(ann, message)).error?.code, 'chat_unlinked')
    }
  })

  test('when the chat was closed and is open again', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    await startPatient(post)
    const stuck = await stuckIn(post, ann)
    const { telegramChatId } = ann
    const note = noteChatStatus(depsOf(post))
    await note({ botId: BOT, telegramChatId, status: 'blocked', reason: 'The person blocked the bot.' })
    await note({ botId: BOT, telegramChatId, status: 'active', reason: null })
    await post.send(ann, 'back')
    await arriveSoon(post, ann, ['back'])
    assert.equal((await post.message(ann, stuck)).error?.code, 'chat_blocked')
  })

  test('when the two groups become one and it was accepted first', async (t) => {
    const post = await startPost(t)
    const ann = await post.group('Ann')
    const supergroup = post.sandbox.control.upgradeGroup(ann.telegramChatId)
    const to = { telegramChatId: supergroup.id, type: 'supergroup', title: 'Team', username: null } as const
    const bob = await linkTo(post, to, 'Bob')
    await startPatient(post)
    // Of this one nobody was told yet.
    const accepted = { id: 'msg_first', userId: ann.userId, text: 'first', silent: false, nowMs: post.clock.now() }
    await post.store.outbox.enqueue({ ...accepted, queueLimit: 0 })
    const stuck = await stuckIn(post, bob)
    await noteMigration(depsOf(post))({ botId: BOT, fromTelegramChatId: ann.telegramChatId, to })
    await arriveSoon(post, bob, ['first'])
    assert.equal((await post.message(bob, stuck)).status, 'queued')
  })

  test('when Telegram says, on a send, that the two groups are one', async (t) => {
    const post = await startPost(t)
    const ann = await post.group('Ann')
    const supergroup = post.sandbox.control.upgradeGroup(ann.telegramChatId)
    const to = { telegramChatId: supergroup.id, type: 'supergroup', title: 'Team', username: null } as const
    const bob = await linkTo(post, to, 'Bob')
    await startPatient(post)
    await stuckIn(post, bob)
    await post.send(ann, 'behind', { priority: 4 })
    await arriveSoon(post, bob, ['behind'])
  })
})

test('a message that was under way when two groups became one goes again without delay', async (t) => {
  const post = await startPost(t)
  const ann = await post.group('Ann')
  const slow = { kind: 'delay', when: 'before', ms: 500 } as const
  post.sandbox.control.addFault({ chatId: ann.telegramChatId, times: 1, action: slow })
  await startPatient(post)
  await post.send(ann, 'under way')
  await post.until(() => post.sandbox.control.requests({ method: 'sendMessage' }).length === 1)
  const supergroup = post.sandbox.control.upgradeGroup(ann.telegramChatId)
  const to = { telegramChatId: supergroup.id, type: 'supergroup', title: 'Team', username: null } as const
  const bob = await linkTo(post, to, 'Bob')
  await noteMigration(depsOf(post))({ botId: BOT, fromTelegramChatId: ann.telegramChatId, to })
  post.clock.advance(500)
  await arriveSoon(post, bob, ['under way'])
})

describe('what was read already, and not sent,', () => {
  test('is not sent when the chat is unlinked, and takes no turn from what follows', async (t) => {
    const post = await startPost(t)
    const ann = await post.group('Ann')
    const bob = await join(post, ann, 'Bob')
    await inTheMidst(post, ann)
    await post.send(bob, 'behind')
    assert.ok(await unlinkChat(depsOf(post))(ann))
    post.clock.advance(500)
    await arriveSoon(post, bob, ['under way', 'behind'], 500)
  })

  test('is not sent when the chat moves to another account, and takes no turn from what that one sends', async (t) => {
    const post = await startPost(t)
    const ann = await post.person('Ann')
    const { userId } = await post.person('Bob')
    await inTheMidst(post, ann)
    const bob = await move(post, ann, userId)
    await post.send(bob, 'mine')
    post.clock.advance(500)
    await arriveSoon(post, bob, ['under way', 'mine'], 500)
  })

  for (const known of [false, true]) {
    test(`goes to the new address of its group, in order${known ? ', when that is known already' : ''}`, async (t) => {
      const post = await startPost(t)
      const ann = await post.group('Ann')
      await inTheMidst(post, ann)
      const supergroup = post.sandbox.control.upgradeGroup(ann.telegramChatId)
      const to = { telegramChatId: supergroup.id, type: 'supergroup', title: 'Team', username: null } as const
      if (known) await linkTo(post, to, 'Eve')
      await noteMigration(depsOf(post))({ botId: BOT, fromTelegramChatId: ann.telegramChatId, to })
      post.clock.advance(500)
      await post.until(() => post.done(ann))
      assert.deepEqual(post.arrived(ann), ['under way'])
      assert.deepEqual(post.arrived({ telegramChatId: supergroup.id }), ['read 1', 'read 2', 'read 3'])
      assert.equal(post.sandbox.control.requests({ chat: ann.telegramChatId, method: 'sendMessage' }).length, 1)
    })
  }
})

/** One message of the chat is under way for another half second, and more were read with it, which could all go at once. */
async function inTheMidst(post: Post, to: Recipient): Promise<void> {
  for (const text of ['under way', 'read 1', 'read 2', 'read 3']) await post.send(to, text)
  const slow = { kind: 'delay', when: 'after', ms: 500 } as const
  post.sandbox.control.addFault({ chatId: to.telegramChatId, times: 1, action: slow })
  const pacer = new Pacer({ clock: post.clock, limits: documentedLimits(3) })
  // So long that even a group may have several at once.
  post.clock.advance(120_000)
  await startPatient(post, { pacer })
  await post.until(() => post.sandbox.control.requests({ method: 'sendMessage' }).length === 1)
}

async function linkTo(post: Post, chat: Parameters<Post['store']['savePeer']>[1], name: string): Promise<Recipient> {
  const { id: peerId, telegramChatId } = await post.store.savePeer(BOT, chat)
  return await join(post, { userId: '', chatId: '', peerId, telegramChatId }, name)
}

/** The person pressed the button: the chat is the other account's. */
async function move(post: Post, from: Recipient, toUserId: string): Promise<Recipient> {
  const deps = depsOf(post)
  const { telegramChatId, peerId } = from
  const hash = moveSecretHash(deps.secrets, { secret: 'secret', ownerId: from.userId, makesDefault: false })
  await post.store.createMove({ hash, peerId, toUserId, expiresAtMs: post.clock.now() + 60_000 })
  const chat = { telegramChatId, type: 'private', title: null, username: null } as const
  const { result } = await confirmMove(deps)({ botId: BOT, chat, secret: 'secret', answer: 'move' })
  assert.equal(result, 'moved')
  const link = (await post.store.chatsOfPeer(peerId))[0]
  assert.ok(link)
  return { userId: toUserId, chatId: link.chat.id, peerId, telegramChatId }
}
