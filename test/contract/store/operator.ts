import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { NewBot } from '../../../src/store/store.ts'
import { given, NOW, type OpenStore } from './given.ts'

function ownBot(userId: string, id: string, over: Partial<NewBot> = {}): NewBot {
  const token = { telegramBotId: 7, username: 'own_bot', name: 'Own', tokenSealed: 'sealed', tokenHint: 'wxyz' }
  const settings = { title: null, active: true, echo: false, takeOver: false }
  return { id, userId, ...token, ...settings, nowMs: NOW, limit: 5, ...over }
}

export function describeOperator(open: OpenStore): void {
  describe('what operators see', () => {
    test('everything is counted, whosever it is', async (t) => {
      const { store, user, linkedUser } = await given(open, t)
      assert.deepEqual(await store.census(), { users: 0, bots: 1, chats: 0 })
      await linkedUser()
      await linkedUser()
      await store.addBot(ownBot((await user()).id, 'bot_own'))
      assert.deepEqual(await store.census(), { users: 3, bots: 2, chats: 2 })
    })

    test('each account is listed with its own bots, chats and waiting messages', async (t) => {
      const { store, user, linkedUser, group, link, accept, send } = await given(open, t)
      const [ann, bob] = [await linkedUser(), await user()]
      await link(ann.user, await group())
      await store.addBot(ownBot(bob.id, 'bot_own'))
      for (const _ of [1, 2, 3]) await accept(ann.user)
      await send((await accept(ann.user)).id, { event: 'deliver', telegramMessageId: 1 })
      assert.deepEqual(await store.listUsersWithCounts({ limit: 5 }), [
        { user: ann.user, bots: 0, chats: 2, waiting: 3 },
        { user: bob, bots: 1, chats: 0, waiting: 0 },
      ])
    })

    test('accounts are listed by login, page after page', async (t) => {
      const { store, user } = await given(open, t)
      for (const login of ['dora', 'Bob', 'anna', 'Carl']) await user({ login })
      const logins = async (page: { limit: number; afterLogin?: string }) =>
        (await store.listUsersWithCounts(page)).map(({ user: { login } }) => login)
      assert.deepEqual(await logins({ limit: 3 }), ['anna', 'Bob', 'Carl'])
      assert.deepEqual(await logins({ limit: 3, afterLogin: 'Carl' }), ['dora'])
    })

    const people = [
      { login: 'Ann.Lee', name: 'Анна Мария' },
      { login: 'bob_50', name: '100% Bob' },
      { login: 'boba50', name: 'МАРИЯ' },
      { login: 'wow', name: 'Wow!_' },
    ]
    const searches: Record<string, string[]> = {
      ANN: ['Ann.Lee'],
      'n.l': ['Ann.Lee'],
      'анна м': ['Ann.Lee'],
      мария: ['Ann.Lee', 'boba50'],
      b_5: ['bob_50'],
      '0% b': ['bob_50'],
      '%': ['bob_50'],
      '!': ['wow'],
      'w!_': ['wow'],
      "' or 1=1 --": [],
      '\\': [],
      zz: [],
    }
    test('an account is found by a part of its login or name, and every sign means itself', async (t) => {
      const { store, user } = await given(open, t)
      for (const person of people) await user(person)
      for (const [search, expected] of Object.entries(searches)) {
        const found = await store.listUsersWithCounts({ limit: 9, search })
        assert.deepEqual(
          found.map(({ user: { login } }) => login),
          expected,
          search,
        )
      }
    })

    test('every bot is listed with the login of its owner', async (t) => {
      const { store, bot, user } = await given(open, t)
      const ann = await user({ login: 'Ann' })
      const own = await store.addBot(ownBot(ann.id, 'bot_own'))
      assert.deepEqual(await store.listBotsWithOwners(), [
        { bot, ownerLogin: null },
        { bot: own, ownerLogin: 'Ann' },
      ])
    })

    test('the processes that are alive are listed with the active bots that they serve', async (t) => {
      const { store, user } = await given(open, t)
      await store.addBot(ownBot((await user()).id, 'bot_own'))
      assert.deepEqual(await store.listProcesses(), [])
      await store.beat({ id: 'prc_1', leaseMs: 60_000 })
      await store.beat({ id: 'prc_dead', leaseMs: 0 })
      assert.deepEqual(await store.listProcesses(), [{ id: 'prc_1', bots: 2 }])
      await store.endProcess('prc_1')
      assert.deepEqual(await store.listProcesses(), [])
    })

    test('a database says how much room it takes', async (t) => {
      const { store } = await given(open, t)
      const bytes = await store.sizeBytes()
      assert.ok(Number.isSafeInteger(bytes) && bytes > 10_000, String(bytes))
    })
  })
}
