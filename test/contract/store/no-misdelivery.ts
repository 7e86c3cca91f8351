import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Store } from '../../../src/store/store.ts'
import { attempt, type Given, given, NOW, type OpenStore } from './given.ts'

const USERS = 3
const PEERS = 4

const user = fc.nat({ max: USERS - 1 })
const peer = fc.nat({ max: PEERS - 1 })
const pick = fc.nat({ max: 30 })

/** What people, the dispatcher and Telegram may do to each other's plans. */
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('link' as const), user, peer }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('unlink' as const), user, pick }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('move' as const), user, peer }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('enqueue' as const), user, pick }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('mark' as const), pick }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      pick,
      event: fc.constantFrom('deliver', 'part', 'retry'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('recover' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('resend' as const), user, pick }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('migrate' as const), peer, pick: peer }) },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** What the store must be in agreement with: who has linked which Telegram chat, and for which one each message was accepted. */
class Model {
  readonly links = new Map<string, { userId: string; telegramChatId: number }>()
  readonly acceptedFor = new Map<string, { userId: string; telegramChatId: number }>()
  readonly all: string[] = []
  readonly sending: string[] = []
}

export function describeNoMisdelivery(open: OpenStore): void {
  test('no waiting message is ever handed out for a chat that its sender has not linked', async (t) => {
    const here = await given(open, t)
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
        const world = await World.create(here, ++run)
        for (const one of steps) {
          await world.perform(one)
          await world.check()
        }
        await world.leave()
      }),
      { numRuns: 60 },
    )
  })
}

class World {
  readonly #here: Given
  readonly #store: Store
  readonly #users: string[]
  readonly #telegramChats: number[]
  readonly #model = new Model()
  readonly #run: number
  #count = 0

  private constructor(here: Given, run: number, users: string[], telegramChats: number[]) {
    this.#here = here
    this.#store = here.store
    this.#run = run
    this.#users = users
    this.#telegramChats = telegramChats
  }

  static async create(here: Given, run: number): Promise<World> {
    const users: string[] = []
    for (let i = 0; i < USERS; i++) users.push((await here.user()).id)
    // Two private chats, then groups.
    const chats = Array.from({ length: PEERS }, (_, i) => (i < 2 ? 1 : -1) * (run * 1000 + i))
    for (const [i, telegramChatId] of chats.entries()) await (i < 2 ? here.peer : here.group)({ telegramChatId })
    return new World(here, run, users, chats)
  }

  async leave(): Promise<void> {
    for (const id of this.#users) await this.#store.deleteUser(id)
  }

  async perform(one: Step): Promise<void> {
    switch (one.do) {
      case 'link':
        return await this.#link(one.user, one.peer, false)
      case 'move':
        return await this.#link(one.user, one.peer, true)
      case 'unlink':
        return await this.#unlink(one.user, one.pick)
      case 'enqueue':
        return await this.#enqueue(one.user, one.pick)
      case 'mark':
        return await this.#mark(one.pick)
      case 'settle':
        return await this.#settle(one.pick, one.event)
      case 'recover':
        await this.#store.outbox.recover(this.#here.bot.id, NOW)
        this.#model.sending.length = 0
        return
      case 'resend': {
        const id = choose(this.#model.all, one.pick)
        if (id !== undefined) await this.#store.resendMessage(this.#userId(one.user), id, NOW)
        return
      }
      case 'migrate':
        return await this.#migrate(one.peer, one.pick)
    }
  }

  /** The promise itself. */
  async check(): Promise<void> {
    for (const telegramChatId of this.#telegramChats) {
      const found = await this.#store.findPeer(this.#here.bot.id, telegramChatId)
      if (!found) continue
      for (const out of await this.#store.outbox.waiting(found.id, 1000)) {
        const link = this.#model.links.get(out.chatId)
        assert.equal(out.telegramChatId, telegramChatId)
        assert.deepEqual(link, { userId: out.userId, telegramChatId })
        assert.deepEqual(this.#model.acceptedFor.get(out.id), { userId: out.userId, telegramChatId })
      }
    }
  }

  async #link(userIndex: number, peerIndex: number, move: boolean): Promise<void> {
    const userId = this.#userId(userIndex)
    const telegramChatId = this.#telegramChats[peerIndex] ?? 0
    const found = await this.#store.findPeer(this.#here.bot.id, telegramChatId)
    if (!found) return
    const id = `cht_${this.#run}_${++this.#count}`
    const isPrivate = peerIndex < 2
    const [other] = await this.#store.chatsOfPeer(found.id)
    if (isPrivate && other && other.user.id !== userId && !move) return
    const chat = await this.#store.transaction(async (records) => {
      if (isPrivate && other && other.user.id !== userId) {
        await records.unlinkChat(other.user.id, other.chat.id, { nowMs: NOW, movedTo: 'x' })
      }
      return await records.linkChat({ id, userId, peerId: found.id, nowMs: NOW })
    })
    if (isPrivate && other && other.user.id !== userId) this.#model.links.delete(other.chat.id)
    this.#model.links.set(chat.id, { userId, telegramChatId })
  }

  async #unlink(userIndex: number, pick: number): Promise<void> {
    const userId = this.#userId(userIndex)
    const chat = choose(await this.#store.listChats(userId), pick)
    if (!chat) return
    await this.#store.unlinkChat(userId, chat.id, { nowMs: NOW })
    this.#model.links.delete(chat.id)
  }

  async #enqueue(userIndex: number, pick: number): Promise<void> {
    const userId = this.#userId(userIndex)
    // Any chat at all, also somebody else's, or the default.
    const chatId = pick % 3 === 0 ? undefined : choose([...this.#model.links.keys()], pick)
    const id = `msg_${this.#run}_${++this.#count}`
    const input = { id, userId, text: id, silent: false, nowMs: NOW, queueLimit: 0 }
    const result = await this.#store.outbox
      .enqueue({ ...input, ...(chatId !== undefined && { chatId }) })
      .catch(() => undefined)
    if (!result) return
    const link = this.#model.links.get(result.message.chatId)
    assert.equal(link?.userId, userId)
    this.#model.acceptedFor.set(id, { userId, telegramChatId: link?.telegramChatId ?? 0 })
    this.#model.all.push(id)
  }

  async #mark(pick: number): Promise<void> {
    const id = choose(this.#model.all, pick)
    if (id === undefined || !(await this.#store.outbox.markSending(id, NOW))) return
    const owner = this.#model.acceptedFor.get(id)
    const links = [...this.#model.links.values()]
    assert.ok(links.some((l) => l.userId === owner?.userId && l.telegramChatId === owner.telegramChatId))
    this.#model.sending.push(id)
  }

  async #settle(pick: number, event: 'deliver' | 'part' | 'retry'): Promise<void> {
    const id = choose(this.#model.sending, pick)
    if (id === undefined) return
    const next =
      event === 'retry'
        ? ({ event, nextAttemptAtMs: NOW, countsAsAttempt: true, possibleDuplicate: false } as const)
        : ({ event, telegramMessageId: 1 } as const)
    await this.#store.outbox.settle({ messageId: id, attempt: attempt(), next })
    this.#model.sending.splice(this.#model.sending.indexOf(id), 1)
  }

  /** One group becomes the other: links and messages of both are now for the second. */
  async #migrate(fromIndex: number, toIndex: number): Promise<void> {
    if (fromIndex < 2 || toIndex < 2 || fromIndex === toIndex) return
    const [from = 0, to = 0] = [this.#telegramChats[fromIndex], this.#telegramChats[toIndex]]
    const chat = { telegramChatId: to, type: 'supergroup', title: 'Team', username: null } as const
    await this.#store.migratePeer(this.#here.bot.id, from, chat)
    for (const owner of this.#model.acceptedFor.values()) if (owner.telegramChatId === from) owner.telegramChatId = to
    this.#model.links.clear()
    for (const userId of this.#users) {
      for (const { id, telegramChatId } of await this.#store.listChats(userId)) {
        this.#model.links.set(id, { userId, telegramChatId })
      }
    }
  }

  #userId(index: number): string {
    return this.#users[index] ?? ''
  }
}

function choose<T>(list: readonly T[], pick: number): T | undefined {
  return list[pick % Math.max(1, list.length)]
}
