import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { User } from '../../src/domain/account.ts'
import type { TelegramChat } from '../../src/domain/chat.ts'
import { Refusal } from '../../src/domain/refusals.ts'
import { type Linking, startLinking, TTL_MS, telegramChat } from '../support/linking.ts'

/** Accounts and chats by their number: two private chats and two groups, so that they meet all the time. */
const USERS = ['ann', 'bob', 'cid']
const CHATS = [telegramChat(1), telegramChat(2), telegramChat(-3, 'group'), telegramChat(-4, 'group')]

type Step =
  | { do: 'make code'; user: number }
  | { do: 'redeem'; chat: number; pick: number }
  /** The code that put a question, once more in its chat. */
  | { do: 'redeem again'; pick: number }
  | { do: 'offer code'; chat: number }
  | { do: 'claim'; user: number; pick: number }
  /** In another chat than the question's, when `chat` says so. */
  | { do: 'answer'; chat: number | null; pick: number; how: 'move' | 'keep' }
  | { do: 'unlink'; user: number; chat: number }
  | { do: 'send'; user: number; chat: number | null }
  | { do: 'block and return'; chat: number }
  | { do: 'become a supergroup'; chat: number }
  | { do: 'let time pass'; minutes: number }

const user = fc.nat({ max: USERS.length - 1 })
const chat = fc.nat({ max: CHATS.length - 1 })
const pick = fc.nat({ max: 3 })
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('make code' as const), user }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('redeem' as const), chat, pick }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('redeem again' as const), pick: fc.nat({ max: 1 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('offer code' as const), chat }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('claim' as const), user, pick }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('answer' as const),
      chat: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, chat),
      pick: fc.nat({ max: 1 }),
      how: fc.constantFrom('move', 'move', 'keep'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('unlink' as const), user, chat }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('send' as const), user, chat: fc.option(chat) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('block and return' as const), chat }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('become a supergroup' as const), chat }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('let time pass' as const), minutes: fc.nat({ max: 16 }) }) },
)

/** Two accounts that prove themselves in one private chat, one after the other: by single steps it seldom comes to a question. */
const contest = fc.record({ one: user, other: user, chat: fc.nat({ max: 1 }) }).map(({ one, other, chat }): Step[] => [
  { do: 'make code', user: one },
  { do: 'redeem', chat, pick: 0 },
  { do: 'make code', user: other },
  { do: 'redeem', chat, pick: 0 },
])
const stretch = fc.oneof({ weight: 6, arbitrary: fc.tuple(anyStep) }, { weight: 1, arbitrary: contest })
const anySteps = fc.array(stretch, { minLength: 30, maxLength: 60, size: 'max' }).map((stretches) => stretches.flat())

interface AccountCode {
  code: string
  user: number
  expiresAtMs: number
  used: boolean
}

interface Question {
  /** The code that put it. */
  by: AccountCode
  secret: string
  chat: number
  from: number
  to: number
  expiresAtMs: number
  open: boolean
}

/** What must be true by the contract alone, kept beside the real thing. */
class World {
  readonly house: Linking
  readonly users: User[]
  readonly chats = CHATS.map((chat): TelegramChat => chat)
  /** Who sends to which chat, as `user chat`. */
  readonly links = new Set<string>()
  /** Which link each message waits for, in the order of acceptance. */
  waiting: { id: string; link: string }[] = []
  moves = 0
  readonly accountCodes: AccountCode[] = []
  readonly chatCodes: { code: string; chat: number; expiresAtMs: number; used: boolean }[] = []
  readonly questions: Question[] = []
  repeated = 0

  constructor(house: Linking, users: User[]) {
    this.house = house
    this.users = users
  }

  static async start(house: Linking): Promise<World> {
    const users: User[] = []
    for (const login of USERS) users.push(await house.person(login))
    return new World(house, users)
  }

  ownersOf(chat: number): number[] {
    return USERS.flatMap((_, user) => (this.links.has(`${user} ${chat}`) ? [user] : []))
  }

  /** Those that a button still answers. */
  openQuestions(chat: number): Question[] {
    const [owner] = this.ownersOf(chat)
    return this.questions.filter(
      (question) =>
        question.chat === chat && question.open && question.from === owner && this.nowMs < question.expiresAtMs,
    )
  }

  voidChatCodes(chat: number): void {
    for (const code of this.chatCodes) if (code.chat === chat) code.used = true
  }

  unlink(user: number, chat: number): void {
    this.links.delete(`${user} ${chat}`)
    this.waiting = this.waiting.filter(({ link }) => link !== `${user} ${chat}`)
  }

  get nowMs(): number {
    return this.house.clock.now()
  }

  userOf(user: number): User {
    return must(this.users[user])
  }

  chatOf(chat: number): TelegramChat {
    return must(this.chats[chat])
  }

  async chatId(user: number, chat: number): Promise<string | undefined> {
    const chats = await this.house.listChats(this.userOf(user).id)
    return chats.find(({ telegramChatId }) => telegramChatId === this.chatOf(chat).telegramChatId)?.id
  }
}

/** Does the step in reality, and in the model what the contract says of it. */
async function take(world: World, step: Step): Promise<void> {
  const { house, nowMs } = world
  const botId = house.bot.id
  switch (step.do) {
    case 'make code': {
      const { code, expiresAtMs } = await house.createLinkCode({ userId: world.userOf(step.user).id })
      world.accountCodes.push({ code, user: step.user, expiresAtMs, used: false })
      return
    }
    case 'redeem': {
      const known = choose(world.accountCodes, step.pick)
      return known && redeem(world, step.chat, known)
    }
    case 'redeem again': {
      const question = world.questions.at(-1 - step.pick)
      return question && redeem(world, question.chat, question.by)
    }
    case 'offer code': {
      const { code, expiresAtMs } = await house.offerChatCode({ botId, chat: world.chatOf(step.chat) })
      world.chatCodes.push({ code, chat: step.chat, expiresAtMs, used: false })
      return
    }
    case 'claim': {
      const known = choose(world.chatCodes, step.pick)
      if (!known) return
      const claimed = await house
        .claimChat({ user: world.userOf(step.user), code: known.code, address: '::1' })
        .catch((error: unknown) => {
          assert.ok(error instanceof Refusal)
          return error.code
        })
      if (claimed === 'too_many_requests') return
      const isGood = !known.used && nowMs < known.expiresAtMs
      if (isGood) world.voidChatCodes(known.chat)
      const isFree = known.chat >= 2 || world.ownersOf(known.chat).every((owner) => owner === step.user)
      if (!isGood || !isFree) return assert.equal(claimed, 'link_code_invalid')
      assert.ok(typeof claimed === 'object')
      world.links.add(`${step.user} ${known.chat}`)
      return
    }
    case 'answer': {
      const question = world.questions.at(-1 - step.pick)
      if (!question) return
      const chat = step.chat ?? question.chat
      const asked = { botId, chat: world.chatOf(chat), secret: question.secret, answer: step.how }
      const outcome = await house.confirmMove(asked)
      if (!world.openQuestions(chat).includes(question)) return assert.equal(outcome.result, 'closed')
      question.open = false
      if (step.how === 'keep') return assert.equal(outcome.result, 'kept')
      assert.equal(outcome.result, 'moved')
      world.unlink(question.from, question.chat)
      world.links.add(`${question.to} ${question.chat}`)
      world.voidChatCodes(question.chat)
      world.moves += 1
      return
    }
    case 'unlink': {
      const chatId = await world.chatId(step.user, step.chat)
      assert.equal(chatId !== undefined, world.links.has(`${step.user} ${step.chat}`))
      if (chatId === undefined) return
      assert.ok(await house.unlinkChat({ userId: world.userOf(step.user).id, chatId }))
      return world.unlink(step.user, step.chat)
    }
    case 'send': {
      const userId = world.userOf(step.user).id
      const chatId = step.chat === null ? undefined : ((await world.chatId(step.user, step.chat)) ?? 'cht_none')
      const message = await house.send(userId, 'text', chatId).catch((error: unknown) => {
        assert.ok(error instanceof Refusal)
        return undefined
      })
      const own = USERS.flatMap((_, at) => CHATS.map((_, chat) => `${at} ${chat}`)).filter(
        (link) => link.startsWith(`${step.user} `) && world.links.has(link),
      )
      const mayGo = step.chat === null ? own.length > 0 : own.includes(`${step.user} ${step.chat}`)
      assert.equal(message !== undefined, mayGo)
      if (!message) return
      const { telegramChatId } = must(await house.store.getChat(userId, message.chatId))
      const to = world.chats.findIndex((chat) => chat.telegramChatId === telegramChatId)
      assert.ok(own.includes(`${step.user} ${to}`) && (step.chat === null || step.chat === to))
      world.waiting.push({ id: message.id, link: `${step.user} ${to}` })
      return
    }
    case 'block and return': {
      const { telegramChatId } = world.chatOf(step.chat)
      await house.noteChatStatus({ botId, telegramChatId, status: 'blocked', reason: 'blocked' })
      await house.noteChatStatus({ botId, telegramChatId, status: 'active', reason: null })
      world.waiting = world.waiting.filter(({ link }) => !link.endsWith(` ${step.chat}`))
      return
    }
    case 'become a supergroup': {
      const { telegramChatId, type, title } = world.chatOf(step.chat)
      if (type !== 'group') return
      const to = telegramChat(telegramChatId - 1_000_000_000_000, 'supergroup', title ?? '')
      await house.noteMigration({ botId, fromTelegramChatId: telegramChatId, to })
      await house.noteMigration({ botId, fromTelegramChatId: telegramChatId, to })
      world.chats[step.chat] = to
      return
    }
    case 'let time pass':
      house.clock.advance((step.minutes * TTL_MS) / 15)
  }
}

async function redeem(world: World, chat: number, known: AccountCode): Promise<void> {
  const { house, nowMs } = world
  const outcome = await house.linkChat({ botId: house.bot.id, chat: world.chatOf(chat), code: known.code })
  if (outcome.result === 'wait') return
  const isGood = !known.used && nowMs < known.expiresAtMs
  if (isGood) known.used = true
  const owners = world.ownersOf(chat)
  if (owners.includes(known.user) && (isGood || outcome.result === 'already_linked')) return
  if (!isGood) {
    const again = world.openQuestions(chat).find(({ by }) => by === known)
    if (!again) return assert.equal(outcome.result, 'code_invalid')
    assert.ok(outcome.result === 'asks')
    assert.equal(outcome.secret, again.secret)
    world.repeated += 1
    return
  }
  const [from] = chat < 2 ? owners : []
  if (from === undefined) {
    assert.equal(outcome.result, 'linked')
    world.links.add(`${known.user} ${chat}`)
    if (chat < 2) world.voidChatCodes(chat)
    return
  }
  assert.ok(outcome.result === 'asks')
  assert.deepEqual([outcome.fromName, outcome.toName], [USERS[from], USERS[known.user]])
  const { secret, expiresAtMs } = outcome
  world.questions.push({ by: known, secret, chat, from, to: known.user, expiresAtMs, open: true })
}

/** Compares every link and every waiting message with what must be. */
async function check({ house, chats, links, waiting }: World): Promise<void> {
  for (const [number, { telegramChatId }] of chats.entries()) {
    const real = await house.findLinks({ botId: house.bot.id, telegramChatId })
    const owners = real.links.map(({ user }) => `${USERS.indexOf(user.login)} ${number}`)
    assert.deepEqual(owners.sort(), [...links].filter((link) => link.endsWith(` ${number}`)).sort())
    const queue = real.peer ? await house.store.outbox.waiting(real.peer.id, 1000) : []
    const expected = waiting.filter(({ link }) => link.endsWith(` ${number}`)).map(({ id }) => id)
    assert.deepEqual(
      queue.map(({ id }) => id),
      expected,
    )
    for (const message of queue) {
      assert.equal(message.telegramChatId, telegramChatId)
      const link = real.links.find(({ chat }) => chat.id === message.chatId)
      assert.equal(link?.user.id, message.userId)
    }
  }
}

/** One that was not used rather than one that was, the newest rather than an old one. */
function choose<T extends { used: boolean }>(codes: readonly T[], pick: number): T | undefined {
  const newestFirst = codes.toReversed()
  return [...newestFirst.filter(({ used }) => !used), ...newestFirst.filter(({ used }) => used)][pick]
}

function must<T>(value: T | undefined): T {
  assert.ok(value !== undefined)
  return value
}

test('no account ever gets a link that it did not prove, and messages go only to links in force', async () => {
  const seen = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(anySteps, async (steps) => {
      const after: (() => void | Promise<void>)[] = []
      try {
        const world = await World.start(await startLinking({ after: (work) => void after.unshift(work) }))
        for (const step of steps) {
          await take(world, step)
          await check(world)
        }
        seen.set('links', (seen.get('links') ?? 0) + world.links.size)
        seen.set('questions', (seen.get('questions') ?? 0) + world.questions.length)
        seen.set('questions put again', (seen.get('questions put again') ?? 0) + world.repeated)
        seen.set('moves', (seen.get('moves') ?? 0) + world.moves)
        seen.set('messages', (seen.get('messages') ?? 0) + world.waiting.length)
      } finally {
        for (const work of after) await work()
      }
    }),
    { numRuns: 25 },
  )
  // Without these, the property would hold of a world in which nothing happens.
  for (const what of ['links', 'questions', 'questions put again', 'moves', 'messages'])
    assert.ok((seen.get(what) ?? 0) > 0, `no ${what} at all`)
})
