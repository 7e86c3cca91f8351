import type { TestContext } from 'node:test'
import { buildBotParts } from '../../src/bot-parts.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import type { Ending } from '../../src/delivery/bot-seat.ts'
import { BotSupervisor } from '../../src/delivery/bot-supervisor.ts'
import { Lease } from '../../src/delivery/lease.ts'
import type { Bot } from '../../src/domain/bot.ts'
import type { Clock } from '../../src/domain/clock.ts'
import { newId } from '../../src/domain/ids.ts'
import { NO_METRICS } from '../../src/domain/metrics.ts'
import { ALONE_TERMS, SHARED_TERMS } from '../../src/domain/ownership.ts'
import { startLimits } from '../../src/domain/start-pace.ts'
import { createSecrets } from '../../src/ops/secrets.ts'
import { createTokenSeals } from '../../src/ops/token-seals.ts'
import { systemClock } from '../../src/ops/system-clock.ts'
import type { BotView, RecordedRequest } from '../../src/sandbox/control-types.ts'
import type { SandboxOptions } from '../../src/sandbox/sandbox.ts'
import type { BotChange, BotToken, MessageWithAttempts, Store } from '../../src/store/store.ts'
import { createBotApiClient } from '../../src/telegram/bot-api-client.ts'
import { Entrance } from '../../src/telegram/entrance.ts'
import type { Shared } from '../../src/wiring.ts'
import { quietLog } from './delivery.ts'
import { testSandbox } from './sandbox.ts'
import { seededRandom } from './seeded-random.ts'
import { testStore } from './test-store.ts'
import { until } from './until.ts'

/** A bot of an account, and a person who linked a chat through it. */
export interface OwnBot {
  id: string
  view: BotView
  userId: string
  chatId: string
  peerId: number
  telegramChatId: number
}

const SECRET_KEY = 'a secret key of these tests'
const HEADING = 'Ann, I got a message from you:\n'

interface Given {
  /** Of the process that serves bots. */
  store?: Store
  /** Of whoever changes bots and posts messages; the same when absent. */
  api?: Store
  clock?: Clock
  sandbox?: Partial<SandboxOptions>
  env?: Record<string, string>
  startsPerMinute?: number
}

/**
 * Bots of accounts, a real database and a real sandbox, and between them everything that works for bots, as a process has it. What an
 * account does to its bots is done as the use cases do it: the change is committed, then whoever serves the bot is told.
 */
export async function ownBots(t: TestContext, given: Given = {}) {
  const { clock = systemClock, env = {}, startsPerMinute = 0 } = given
  const store = given.store ?? (await testStore(t))
  const api = given.api ?? store
  const random = seededRandom(11)
  const sandbox = await testSandbox(t, { profile: 'off', clock, ...given.sandbox })
  const { control } = sandbox
  const log = quietLog()
  const seals = createTokenSeals({ secretKey: SECRET_KEY, previousKey: null })
  const tokenOf = ({ tokenSealed, telegramBotId }: Bot) =>
    tokenSealed === null ? undefined : seals.open(tokenSealed, telegramBotId)
  /** What an account gives of a bot, after Telegram was asked who it is. */
  const tokenOfView = ({ id, username, name, token }: BotView): BotToken => {
    return { telegramBotId: id, username, name, tokenSealed: seals.seal(token, id), tokenHint: token.slice(-4) }
  }
  const shared = (of: Store): Shared => ({
    config: loadConfig(env),
    log,
    clock,
    random,
    store: of,
    secrets: createSecrets(SECRET_KEY),
    wake: (wake) => of.signal({ kind: 'wake', ...wake }),
    lookAgain: (wake) => of.signal({ kind: 'look_again', ...wake }),
    failed: () => undefined,
    secretKey: SECRET_KEY,
    seals,
    askBot: async () => ({ result: 'refused' }) as never,
  })
  const connect = (token: string) => createBotApiClient({ apiRoot: sandbox.url, token, timeoutMs: 60_000 })
  const ended = new Map<string, number>()
  let supervisor: BotSupervisor | undefined

  async function start(processId = newId('prc', { clock, random })): Promise<BotSupervisor> {
    const terms = given.api === undefined ? ALONE_TERMS : SHARED_TERMS
    const lease = new Lease({ clock, terms })
    const entrance = new Entrance({ clock, limits: startLimits(startsPerMinute) })
    const deps = { shared: shared(store), lease, metrics: NO_METRICS, port: () => 0, tokenOf, connect, entrance }
    const build = buildBotParts(deps)
    const alone = given.api === undefined
    supervisor = new BotSupervisor({
      processId,
      store,
      terms,
      alone,
      lease,
      clock,
      log,
      async build(claim, ...rest) {
        const parts = await build(claim, ...rest)
        const stop = async (ending: Ending): Promise<void> => {
          await parts?.stop(ending)
          ended.set(claim.botId, (ended.get(claim.botId) ?? 0) + 1)
        }
        return parts && { ...parts, stop }
      },
    })
    await supervisor.start()
    return supervisor
  }

  async function end(): Promise<void> {
    const ending = supervisor
    supervisor = undefined
    await ending?.stop(AbortSignal.timeout(5000))
  }
  t.after(end)

  let made = 0
  async function add(over: Partial<Pick<Bot, 'active' | 'echo' | 'takeOver'>> = {}): Promise<OwnBot> {
    const number = ++made
    const view = control.createBot({ username: `own_${number}_bot` })
    const userId = newId('usr', { clock, random })
    const login = `user_${number}`
    await api.createUser({ id: userId, login, passwordHash: 'x', name: 'Ann', locale: 'en', nowMs: clock.now() })
    const id = newId('bot', { clock, random })
    const wishes = { active: true, echo: false, takeOver: false, title: null, limit: 5, nowMs: clock.now(), ...over }
    await api.addBot({ id, userId, ...tokenOfView(view), ...wishes })
    api.signal({ kind: 'bot_changed', botId: id })
    return { id, view, userId, ...(await person(id, view, userId)) }
  }

  async function person(botId: string, view: BotView, userId: string) {
    const user = control.createUser({ firstName: 'Ann' })
    control.start({ user: user.id, bot: view.id })
    const place = { telegramChatId: user.id, type: 'private', title: null, username: null } as const
    const peer = await api.savePeer(botId, place)
    const chatId = newId('cht', { clock, random })
    await api.linkChat({ id: chatId, userId, peerId: peer.id, nowMs: clock.now() })
    return { chatId, peerId: peer.id, telegramChatId: user.id }
  }

  async function post({ userId, chatId }: OwnBot, text: string): Promise<string> {
    const id = newId('msg', { clock, random })
    const input = { id, userId, chatId, text, silent: false, nowMs: clock.now(), queueLimit: 0 }
    const accepted = await api.outbox.enqueue(input)
    if (!accepted.replayed) api.signal({ kind: 'wake', ...accepted.wake })
    return id
  }

  async function change({ id, userId }: OwnBot, changes: BotChange): Promise<void> {
    await api.changeBot(userId, id, changes)
    api.signal({ kind: 'bot_changed', botId: id })
  }

  async function read({ id }: OwnBot): Promise<Bot> {
    const bot = await api.getBot(id)
    if (bot === undefined) throw new Error(`there is no ${id}`)
    return bot
  }

  async function message({ userId }: OwnBot, id: string): Promise<MessageWithAttempts> {
    const found = await api.getMessage(userId, id, clock.now())
    if (found === undefined) throw new Error('no such message')
    return found
  }

  const requests = ({ view }: OwnBot): RecordedRequest[] => control.requests({ bot: view.id })
  const open = (bot: OwnBot) => requests(bot).filter(({ answeredAtMs }) => answeredAtMs === undefined)

  return {
    store,
    api,
    sandbox,
    control,
    log,
    shared,
    tokenOf,
    tokenOfView,
    connect,
    start,
    end,
    add,
    post,
    change,
    read,
    message,
    requests,
    /** Requests that nobody has answered yet, such as a long poll. */
    open,
    /** How often everything that worked for this bot has ended. */
    timesEnded: ({ id }: OwnBot) => ended.get(id) ?? 0,
    polls: (bot: OwnBot) =>
      until(`${bot.view.username} polls`, () => open(bot).some(({ method }) => method === 'getUpdates')),
    isInState: (bot: OwnBot, state: Bot['state']) =>
      until(`${bot.view.username} is ${state}`, async () => {
        const now = await read(bot)
        return now.state === state && now
      }),
    /** Messages that arrived, in order, without the heading. */
    arrived: ({ view, telegramChatId }: OwnBot) =>
      control
        .deliveries({ bot: view.id, chat: telegramChatId })
        .flatMap(({ text }) => (text.startsWith(HEADING) ? [text.slice(HEADING.length)] : [])),
    /** Everything that the bot said there, its answers included. */
    said: ({ view, telegramChatId }: OwnBot) =>
      control.deliveries({ bot: view.id, chat: telegramChatId }).map(({ text }) => text),
    conflicts: () => control.requests().filter(({ status }) => status === 409),
    refusals: () => control.requests().filter(({ status }) => status === 429),
  }
}

export type OwnBots = Awaited<ReturnType<typeof ownBots>>
