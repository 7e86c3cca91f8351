import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { Lease } from '../../src/delivery/lease.ts'
import { ownedStore } from '../../src/delivery/owned-store.ts'
import { ownedTelegram } from '../../src/delivery/owned-telegram.ts'
import { SHARED_TERMS } from '../../src/domain/ownership.ts'
import { createBotApiClient } from '../../src/telegram/bot-api-client.ts'
import { given } from '../contract/store/given.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { testSandbox } from '../support/sandbox.ts'
import { testStore } from '../support/test-store.ts'

const LOST = { name: 'OwnershipLost' }

/** A bot's client in a Telegram of its own, and the lease that it depends on. */
async function scene(t: TestContext) {
  const { url, control } = await testSandbox(t, { profile: 'off' })
  const bot = control.createBot({ username: 'owned_bot' })
  const user = control.createUser({ firstName: 'Ann' })
  control.start({ user: user.id, bot: bot.id })
  const client = createBotApiClient({ apiRoot: url, token: bot.token, timeoutMs: 60_000 })
  t.after(() => client.close())
  const clock = new ManualClock()
  const lease = new Lease({ clock, terms: SHARED_TERMS })
  const lost = new AbortController()
  const telegram = ownedTelegram(client, lease, lost.signal)
  const calls = (): string[] => control.requests({ bot: bot.id }).map(({ method }) => method)
  return { telegram, lease, clock, lost, calls, chatId: user.id, control, bot }
}

test('a call whose moment comes after the lease waits until it is renewed', async (t) => {
  const { telegram, lease, clock, calls, chatId } = await scene(t)
  lease.renewed(lease.now())
  clock.advance(SHARED_TERMS.leaseMs)
  const sending = telegram.sendText({ chatId, text: 'Hello' })
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(calls(), [])
  lease.renewed(lease.now())
  assert.equal((await sending).ok, true)
  assert.deepEqual(calls(), ['sendMessage'])
})

test('a bot that is lost calls nobody any more, and says that nothing was sent', async (t) => {
  const { telegram, lost, calls, chatId } = await scene(t)
  const waiting = telegram.sendText({ chatId, text: 'Hello' })
  lost.abort()
  const polled = await telegram.getUpdates(
    { offset: 0, timeoutSeconds: 0, allowedUpdates: [] },
    new AbortController().signal,
  )
  for (const result of [await waiting, polled, await telegram.answerCallback('1'), await telegram.deleteWebhook()]) {
    assert.ok(!result.ok)
    assert.equal(result.failure.kind, 'temporary')
  }
  assert.deepEqual(calls(), [])
})

test('no poll is longer than the lease', async (t) => {
  const { telegram, lease, clock, control, bot } = await scene(t)
  lease.renewed(lease.now())
  clock.advance(SHARED_TERMS.beatMs)
  const tired = new AbortController()
  t.after(() => tired.abort())
  const asked = { offset: 0, timeoutSeconds: 30, allowedUpdates: [] }
  // What came with the start of the chat is there, so it answers at once.
  await telegram.getUpdates(asked, tired.signal)
  const [request] = control.requests({ bot: bot.id, method: 'getUpdates' })
  const mostMs = SHARED_TERMS.leaseMs - SHARED_TERMS.beatMs - SHARED_TERMS.marginMs
  assert.equal(Number(request?.parameters['timeout']), Math.floor(mostMs / 1000))
})

test('whatever is written for a bot is refused when somebody else claimed it, and what is read is not', async (t) => {
  const here = await given(testStore, t)
  const { bot } = here
  const { user, peer } = await here.linkedUser()
  const { id } = await here.accept(user)
  const alive = { leaseMs: 3_600_000 }
  const [claim] = (await here.store.beat({ id: 'a', ...alive })).owned
  assert.ok(claim)
  const store = ownedStore(here.store, claim)
  assert.deepEqual(await store.outbox.markTogether([id], 1), [id])
  await store.setUpdateOffset(bot.id, 5)
  await here.store.beat({ id: 'b', ...alive }, { alone: true })
  const chat = { telegramChatId: 77, type: 'private', title: null, username: null } as const
  const writes: Record<string, () => Promise<unknown>> = {
    mark: () => store.outbox.markSending(id, 1),
    recover: () => store.outbox.recover(bot.id, 1),
    offset: () => store.setUpdateOffset(bot.id, 7),
    state: () => store.setBotState(bot.id, 'running', null),
    peer: () => store.savePeer(bot.id, chat),
    status: () => store.setPeerStatus(peer.id, 'blocked', null, 1),
    transaction: () => store.transaction((records) => records.voidChatCodes(peer.id)),
  }
  for (const [name, write] of Object.entries(writes)) await assert.rejects(write(), LOST, name)
  assert.equal((await store.getBot(bot.id))?.updateOffset, 5)
  assert.equal(await store.findPeer(bot.id, chat.telegramChatId), undefined)
})
