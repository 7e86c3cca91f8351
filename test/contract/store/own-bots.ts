import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { User } from '../../../src/domain/account.ts'
import type { Bot } from '../../../src/domain/bot.ts'
import type { BotToken, NewBot } from '../../../src/store/store.ts'
import { type Given, given, NOW, type OpenStore, refusal } from './given.ts'

const LIMIT = 3

/** As if it came from Telegram; each number is another bot. */
const token = (telegramBotId: number, over: Partial<BotToken> = {}): BotToken => ({
  telegramBotId,
  username: `bot${telegramBotId}`,
  name: `Bot ${telegramBotId}`,
  tokenSealed: `sealed ${telegramBotId}`,
  tokenHint: 'wxyz',
  ...over,
})

function newBot(userId: string, number: number, over: Partial<NewBot> = {}): NewBot {
  const settings = { title: null, active: true, echo: false, takeOver: false }
  return { ...token(number), id: `bot_${number}`, userId, ...settings, nowMs: NOW + number, limit: LIMIT, ...over }
}

/** A user with a bot of their own, on which they have a private chat. */
async function ownBot(here: Given, over: Partial<NewBot> = {}) {
  const owner = await here.user()
  const bot = await here.store.addBot(newBot(owner.id, 7, over))
  return { owner, bot, ...(await linkedTo(here, bot, owner)) }
}

async function linkedTo({ store, link }: Given, bot: Bot, user: User, telegramChatId = 70) {
  const place = { telegramChatId, type: 'private', title: null, username: null } as const
  const peer = await store.savePeer(bot.id, place)
  return { peer, chat: await link(user, peer) }
}

export function describeOwnBots(open: OpenStore): void {
  describe('bots of accounts', () => {
    test('a bot is remembered as it was added, and listed for its owner, oldest first', async (t) => {
      const { store, user } = await given(open, t)
      const [ann, bob] = [await user(), await user()]
      const off = await store.addBot(newBot(ann.id, 8, { active: false, title: 'Shop', echo: true, takeOver: true }))
      const on = await store.addBot(newBot(ann.id, 7))
      const { stateSinceMs, ...rest } = off
      assert.deepEqual(rest, {
        id: 'bot_8',
        ownerId: ann.id,
        telegramBotId: 8,
        username: 'bot8',
        name: 'Bot 8',
        title: 'Shop',
        active: false,
        echo: true,
        takeOver: true,
        state: 'idle',
        stateReason: null,
        tokenSealed: 'sealed 8',
        tokenHint: 'wxyz',
        createdAtMs: NOW + 8,
        met: false,
        formerFence: 0,
        isServed: false,
        revision: 0,
        updateOffset: 0,
        notBeforeMs: 0,
        heldSinceMs: 0,
      })
      assert.ok(stateSinceMs > 0)
      assert.deepEqual([on.state, on.title, on.echo, on.takeOver], ['starting', null, false, false])
      assert.deepEqual(await store.listBotsOf(ann.id), [on, off])
      assert.deepEqual(await store.getBot(off.id), off)
      assert.deepEqual(await store.listBotsOf(bob.id), [])
    })

    test('of any number that are added at the same time, as many are there as may be, also inactive ones', async (t) => {
      const { store, user } = await given(open, t)
      const [ann, bob] = [await user(), await user()]
      await store.addBot(newBot(bob.id, 500))
      const adding = Array.from({ length: 100 }, (_, n) =>
        store.addBot(newBot(ann.id, n + 10, { active: n % 2 === 0 })),
      )
      const results = await Promise.allSettled(adding)
      const refused = results.filter((result) => result.status === 'rejected')
      assert.equal(results.length - refused.length, LIMIT)
      assert.ok(refused.every(({ reason }) => reason.code === 'bot_limit_reached'))
      assert.equal((await store.listBotsOf(ann.id)).length, LIMIT)
      assert.equal((await store.listBotsOf(bob.id)).length, 1)
    })

    test('a bot that anybody has is refused, whoever that is, and nothing changes', async (t) => {
      const { store, bot: shared, user } = await given(open, t)
      const [ann, bob] = [await user(), await user()]
      const bot = await store.addBot(newBot(ann.id, 7))
      for (const [userId, number] of [
        [ann.id, 7],
        [bob.id, 7],
        [bob.id, shared.telegramBotId],
      ] as const) {
        const again = newBot(userId, number, { id: 'bot_again', tokenSealed: 'other' })
        await assert.rejects(store.addBot(again), refusal('bot_token_taken'))
      }
      assert.deepEqual(await store.listBots(), [shared, bot])
    })

    test('the shared bot cannot be the bot of an account', async (t) => {
      const { store, bot, user } = await given(open, t)
      await store.addBot(newBot((await user()).id, 7))
      const shared = { id: 'bot_x', telegramBotId: 7, username: 'u', name: 'n' }
      await assert.rejects(store.saveSharedBot(shared), refusal('bot_token_taken'))
      assert.equal((await store.getBot(bot.id))?.active, true)
    })

    test('what its owner changes is changed, and what is absent stays', async (t) => {
      const here = await given(open, t)
      const { bot, owner } = await ownBot(here)
      assert.deepEqual(await here.store.changeBot(owner.id, bot.id, {}), bot)
      const titled = await here.store.changeBot(owner.id, bot.id, { title: 'Shop' })
      assert.deepEqual(titled, { ...bot, title: 'Shop' })
      const echoing = await here.store.changeBot(owner.id, bot.id, { echo: true, takeOver: true })
      assert.deepEqual(echoing, { ...bot, title: 'Shop', echo: true, takeOver: true, revision: 1 })
      assert.deepEqual(await here.store.changeBot(owner.id, bot.id, { title: null, echo: true }), {
        ...echoing,
        title: null,
      })
      await here.store.endTakeOver(bot.id)
      assert.deepEqual(await here.store.getBot(bot.id), { ...echoing, title: null, takeOver: false })
    })

    test('it is served while a living process has it, and no longer', async (t) => {
      const { store, user } = await given(open, t)
      const { id: userId } = await user()
      await store.addBot(newBot(userId, 7))
      await store.beat({ id: 'prc_1', leaseMs: 60_000 })
      const served = async () => (await store.listBotsOf(userId)).map(({ isServed }) => isServed)
      assert.deepEqual(await served(), [true])
      assert.equal((await store.changeBot(userId, 'bot_7', { title: 'Shop' }))?.isServed, true)
      await store.beat({ id: 'prc_1', leaseMs: 0 })
      assert.deepEqual(await served(), [false], 'nobody has removed the process, but its time is over')
      await store.beat({ id: 'prc_1', leaseMs: 60_000 })
      await store.endProcess('prc_1')
      assert.deepEqual(await served(), [false])
    })

    test('that Telegram has met it is remembered until it gets another token', async (t) => {
      const here = await given(open, t)
      const { bot, owner } = await ownBot(here)
      await here.store.noteBotMet(bot.id)
      assert.deepEqual(await here.store.getBot(bot.id), { ...bot, met: true })
      assert.equal((await here.store.changeBot(owner.id, bot.id, { active: false }))?.met, true)
      assert.equal((await here.store.changeBot(owner.id, bot.id, { token: token(7) }))?.met, false)
    })

    test('nobody else changes or deletes it, and the shared one is nobody’s to change', async (t) => {
      const here = await given(open, t)
      const { store, bot: shared } = here
      const { bot, owner } = await ownBot(here)
      const eve = await here.user()
      for (const [userId, botId] of [
        [eve.id, bot.id],
        [owner.id, shared.id],
        [owner.id, 'bot_none'],
      ] as const) {
        assert.equal(await store.changeBot(userId, botId, { active: false, token: token(7) }), undefined)
        assert.equal(await store.deleteBot(userId, botId, NOW), undefined)
      }
      assert.deepEqual(await store.listBots(), [shared, bot])
    })

    test('a switch begins a state of its own, and so does a new token', async (t) => {
      const here = await given(open, t)
      const { store } = here
      const { bot, owner } = await ownBot(here)
      await store.setBotState(bot.id, 'conflict', 'Somebody else polls.')
      const stateOf = (found: Bot | undefined) => [found?.state, found?.stateReason, found?.revision]
      assert.deepEqual(stateOf(await store.changeBot(owner.id, bot.id, { active: true })), [
        'conflict',
        'Somebody else polls.',
        0,
      ])
      assert.deepEqual(stateOf(await store.changeBot(owner.id, bot.id, { active: false })), ['idle', null, 1])
      assert.deepEqual(stateOf(await store.changeBot(owner.id, bot.id, { token: token(7) })), ['idle', null, 2])
      assert.deepEqual(stateOf(await store.changeBot(owner.id, bot.id, { active: true })), ['starting', null, 3])
      await store.setBotState(bot.id, 'rejected', 'Telegram says 401.')
      assert.deepEqual(stateOf(await store.changeBot(owner.id, bot.id, { token: token(7) })), ['starting', null, 4])
    })

    test('a new token keeps the bot with its chats and what waits; that of another bot is refused', async (t) => {
      const here = await given(open, t)
      const { store } = here
      const { bot, owner, chat } = await ownBot(here)
      const { id } = await here.accept(owner)
      const renewed = token(7, { tokenSealed: 'new', tokenHint: 'newt', username: 'renamed', name: 'Renamed' })
      await assert.rejects(
        store.changeBot(owner.id, bot.id, { token: token(8), title: 'x' }),
        refusal('bot_token_invalid'),
      )
      assert.deepEqual(await store.getBot(bot.id), bot)
      const { stateSinceMs, ...changed } = (await store.changeBot(owner.id, bot.id, { token: renewed })) ?? bot
      const { stateSinceMs: before, ...rest } = bot
      assert.deepEqual(changed, { ...rest, ...renewed, revision: 1 })
      assert.ok(stateSinceMs >= before)
      assert.deepEqual(await store.listChats(owner.id), [chat])
      assert.equal((await here.message(owner, id)).status, 'queued')
    })

    test('a token is sealed anew only in place of the one that was read', async (t) => {
      const here = await given(open, t)
      const { store } = here
      const { bot } = await ownBot(here)
      assert.equal(await store.resealBot(bot.id, { from: 'sealed 7', to: 'again' }), true)
      assert.equal(await store.resealBot(bot.id, { from: 'sealed 7', to: 'too late' }), false)
      assert.deepEqual(await store.getBot(bot.id), { ...bot, tokenSealed: 'again' })
    })

    test('whoever serves it hears of a revision with the next beat', async (t) => {
      const here = await given(open, t)
      const { store } = here
      const { bot, owner } = await ownBot(here)
      const seen = async () =>
        (await store.beat({ id: 'a', leaseMs: 3_600_000 })).owned.find(({ botId }) => botId === bot.id)
      const first = await seen()
      assert.deepEqual([first?.active, first?.revision], [true, 0])
      await store.changeBot(owner.id, bot.id, { echo: true })
      assert.deepEqual(await seen(), { ...first, revision: 1 })
      await store.changeBot(owner.id, bot.id, { active: false })
      assert.deepEqual(await seen(), { ...first, active: false, revision: 2 })
      await store.deleteBot(owner.id, bot.id, NOW)
      assert.equal(await seen(), undefined)
    })

    test('a state counts from its beginning, whatever its reason becomes', async (t) => {
      const here = await given(open, t)
      const { store } = here
      const { bot } = await ownBot(here)
      await store.setBotState(bot.id, 'starting', 'It waits for its turn.')
      assert.deepEqual(await store.getBot(bot.id), { ...bot, stateReason: 'It waits for its turn.' })
      await store.setBotState(bot.id, 'running', null)
      const running = await store.getBot(bot.id)
      assert.ok((running?.stateSinceMs ?? 0) >= bot.stateSinceMs)
    })

    test('of a revision that is no more, nothing is said', async (t) => {
      const here = await given(open, t)
      const { store } = here
      const { bot, owner } = await ownBot(here)
      await store.setBotState(bot.id, 'running', null, bot.revision)
      assert.equal((await store.getBot(bot.id))?.state, 'running')
      const changed = await store.changeBot(owner.id, bot.id, { token: token(7) })
      await store.setBotState(bot.id, 'rejected', 'Telegram says 401.', bot.revision)
      assert.deepEqual(await store.getBot(bot.id), changed)
    })
  })

  describe('a bot that is deleted', () => {
    test('ends what waits for it and what is on its way, and leaves the history', async (t) => {
      const here = await given(open, t)
      const { store, bot: shared, message } = here
      const { bot, owner } = await ownBot(here)
      const [delivered, sending, waiting] = [
        await here.accept(owner),
        await here.accept(owner),
        await here.accept(owner),
      ]
      await here.send(delivered.id, { event: 'deliver', telegramMessageId: 1 })
      await store.outbox.markSending(sending.id, NOW)
      assert.deepEqual(await store.deleteBot(owner.id, bot.id, NOW + 9), { failed: 1, lost: 1 })
      const history = await Promise.all([delivered, sending, waiting].map(({ id }) => message(owner, id)))
      assert.deepEqual(
        history.map(({ status, error }) => [status, error?.code]),
        [
          ['delivered', undefined],
          ['uncertain', 'outcome_unknown'],
          ['failed', 'bot_deleted'],
        ],
      )
      const attempt = {
        part: 1,
        startedAtMs: NOW,
        finishedAtMs: NOW,
        outcome: 'delivered',
        reason: null,
        waitMs: null,
      } as const
      await store.outbox.settle({
        messageId: sending.id,
        attempt,
        next: { event: 'deliver', telegramMessageId: 2 },
        fence: 1,
      })
      assert.equal((await message(owner, sending.id)).status, 'uncertain', 'a late answer changes nothing')
      assert.deepEqual(await store.resendMessage(owner.id, waiting.id, NOW), { result: 'chat_not_linked' })
      assert.deepEqual(await store.listBots(), [shared])
      assert.equal(await store.deleteBot(owner.id, bot.id, NOW), undefined)
    })

    test('takes its links with it, tells each account, and another chat becomes the default', async (t) => {
      const here = await given(open, t)
      const { store } = here
      const { bot, owner, chat, peer } = await ownBot(here)
      const kept = await here.link(owner, await here.peer())
      const bob = await here.user()
      const other = await linkedTo(here, bot, bob, 71)
      const { id } = await here.accept(bob)
      await store.createAccountCode({ hash: 'c', userId: owner.id, botId: bot.id, expiresAtMs: NOW + 9 })
      await store.deleteBot(owner.id, bot.id, NOW + 5)
      assert.deepEqual(await store.listChats(owner.id), [{ ...kept, isDefault: true }])
      assert.deepEqual(await store.listChats(bob.id), [])
      assert.equal((await here.message(bob, id)).error?.code, 'bot_deleted')
      assert.equal(await store.getPeer(peer.id), undefined)
      assert.equal(await store.takeAccountCode(bot.id, 'c', NOW, kept.peerId), undefined)
      for (const [user, gone] of [
        [owner, chat],
        [bob, other.chat],
      ] as const) {
        const changes = await store.changesSince(user.id, { afterSeq: 0, limit: 20, nowMs: NOW })
        const last = changes.flatMap((c) => (c.kind === 'account' ? [[c.type, c.atMs, c.data['chatId']]] : [])).at(-1)
        assert.deepEqual(last, ['chat.unlinked', NOW + 5, gone.id])
      }
    })

    test('can be added again, by anybody, with nothing of before', async (t) => {
      const here = await given(open, t)
      const { bot, owner } = await ownBot(here)
      await here.store.setUpdateOffset(bot.id, 77)
      await here.store.deleteBot(owner.id, bot.id, NOW)
      const bob = await here.user()
      const again = await here.store.addBot(newBot(bob.id, 7, { id: 'bot_new' }))
      assert.deepEqual([again.ownerId, again.updateOffset, again.revision], [bob.id, 0, 0])
      assert.deepEqual(await here.store.listChats(owner.id), [])
    })

    test('goes with its account, and what others had there ends', async (t) => {
      const here = await given(open, t)
      const { store, bot: shared } = here
      const { bot, owner } = await ownBot(here)
      await here.accept(owner)
      const bob = await here.user()
      await linkedTo(here, bot, bob, 71)
      const { id } = await here.accept(bob)
      assert.equal(await store.deleteUser(owner.id), true)
      assert.deepEqual(await store.listBots(), [shared])
      assert.deepEqual(await store.listChats(bob.id), [])
      const { status, error } = await here.message(bob, id)
      assert.deepEqual([status, error?.code], ['failed', 'bot_deleted'])
    })
  })
}
