import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Role } from './cli/house.ts'
import { type Config, publicUrlOf } from './config/load-config.ts'
import { findPreviousKey, loadSecretKey } from './config/secret-key.ts'
import { buildBotParts } from './bot-parts.ts'
import { activityWriter } from './delivery/activity-writer.ts'
import { BotSupervisor } from './delivery/bot-supervisor.ts'
import { Departures } from './delivery/departures.ts'
import { expiry } from './delivery/expiry.ts'
import { housekeeping } from './delivery/housekeeping.ts'
import { Lease } from './delivery/lease.ts'
import { type SayByOwner, sayByOwner } from './delivery/say-by-owner.ts'
import { ActivityCounter } from './domain/activity.ts'
import { TelegramContact } from './domain/telegram-contact.ts'
import type { Bot } from './domain/bot.ts'
import type { Clock } from './domain/clock.ts'
import { newId } from './domain/ids.ts'
import type { Log } from './domain/log.ts'
import { ALONE_TERMS, SHARED_TERMS } from './domain/ownership.ts'
import { startLimits } from './domain/start-pace.ts'
import type { Random } from './domain/random.ts'
import type { TokenSeals } from './domain/secrets.ts'
import { buildHealthServer } from './http/health-server.ts'
import { buildServer } from './http/server.ts'
import { HttpService } from './http-service.ts'
import { lockDatabase, prepareDataDir } from './ops/data-dir.ts'
import { markClock } from './ops/machine-boot.ts'
import { eventLoopDelay } from './ops/event-loop-delay.ts'
import { quietAboutStore } from './ops/quiet-log.ts'
import { Lifecycle, type Service } from './ops/lifecycle.ts'
import { createMetrics, type Metrics } from './ops/metrics.ts'
import { openStore } from './open-store.ts'
import { PostedBots } from './posted-bots.ts'
import { createSecrets } from './ops/secrets.ts'
import { systemClock } from './ops/system-clock.ts'
import { systemRandom } from './ops/system-random.ts'
import { createTokenSeals } from './ops/token-seals.ts'
import type { Store } from './store/store.ts'
import { askBot, askInTime } from './telegram/ask-bot.ts'
import {
  connect,
  findSharedBot,
  FIRST_CALL_TIMEOUT_MS,
  isTokenOf,
  openSandbox,
  realTelegram,
  type SandboxWithBot,
  type TelegramSide,
} from './telegram-side.ts'
import { Entrance } from './telegram/entrance.ts'
import type { TelegramClient } from './telegram/telegram-client.ts'
import { resealBotTokens } from './usecases/reseal-bot-tokens.ts'
import { type Shared, serverDeps } from './wiring.ts'

/** The whole program as a value: tests run it in their own process, `main.ts` in one of its own. */
export interface App {
  /** Resolves when it answers requests and delivers. */
  start(): Promise<void>
  /** Resolves when what was under way is done, or was cut after `DRAIN_TIMEOUT`. */
  stop(): Promise<void>
  /** Ends a stop's patience. */
  cutShort(): void
  readonly role: Role
  /** Where people reach it; known after the start, and undefined where nothing listens. */
  readonly url: string | undefined
  /** Where this machine reaches it: the same, unless there is a `PUBLIC_URL`. */
  readonly localUrl: string | undefined
  /** People find their account page there. */
  readonly hasPage: boolean
  readonly bot: { username: string }
  /** The local Telegram; undefined when it is the real one. */
  readonly sandbox: { url: string; phoneUrl: string } | undefined
}

type Parts = Pick<Shared, 'config' | 'log' | 'clock' | 'random'> & { role: Role }

/** As much as SQLite's log has before it is copied into the file, so that the copy always fits. */
const DISK_RESERVE_BYTES = 32 * 2 ** 20

/** Where `scripts/build-page.ts` puts the account page. Without it the program is what it is, to programs. */
const PAGE_FOLDER = join(import.meta.dirname, '../web/dist')

/** Somebody who starts everything by hand is told at once that Telegram does not answer; services come up without it. */
const OR_KNOWN = { up: 'never', api: 'unasked', bot: 'unanswered' } as const

/**
 * Opens the database and finds the bot; delivers nothing before `start`.
 *
 * @throws OperatorError when the data folder, the database, the token or Telegram stand in the way.
 */
export async function createApp(
  config: Config,
  given: { log: Log; role?: Role; clock?: Clock; random?: Random },
): Promise<App> {
  const clock = given.clock ?? systemClock
  const log = quietAboutStore(given.log, clock)
  const parts: Parts = { config, role: 'up', random: systemRandom, ...given, clock, log }
  prepareDataDir(config)
  const opening = new AsyncDisposableStack()
  opening.defer(() => log.end())
  try {
    return assemble(parts, await open(parts, opening))
  } catch (error) {
    await opening.disposeAsync()
    throw error
  }
}

/** Whatever is opened is put on the stack at once, so that a failure on the way leaves nothing open. */
async function open(parts: Parts, resources: AsyncDisposableStack): Promise<Opened> {
  const { config, role } = parts
  const side = role === 'up' ? undefined : realTelegram(config)
  const { database } = config
  if (database.engine === 'sqlite') {
    const lock = lockDatabase(database.file)
    resources.defer(() => lock.release())
  }
  const activity = new ActivityCounter(() => parts.clock.now())
  const metrics = countingBoth(createMetrics(parts.clock), activity)
  const store = await openStore(config, {
    clock: parts.clock,
    onGroupCommit: metrics.intake.committed,
    onMigrationWait: (sentence) => parts.log.warn({}, sentence),
    reserveBytes: DISK_RESERVE_BYTES,
  })
  resources.defer(() => store.close())
  await store.migrate()
  if (database.engine === 'sqlite') await followClock(parts, store)
  const secretKey = loadSecretKey(config, parts.random)
  const previousKey = findPreviousKey(config)
  const seals = createTokenSeals({ secretKey, previousKey })
  await resealBotTokens({ store, seals, log: parts.log, hasPreviousKey: previousKey !== null })
  const sandbox = role === 'up' ? await openSandbox(parts) : undefined
  if (sandbox) resources.defer(() => sandbox.stop())
  const telegram = side ?? (sandbox ? { apiRoot: sandbox.url, token: sandbox.token } : realTelegram(config))
  const from = { ...telegram, isSandbox: sandbox !== undefined }
  const bot = await findSharedBot(parts, store, from, { orKnown: OR_KNOWN[role] })
  metrics.watchBacklog(() => backlogOfEachBot(store))
  return {
    store,
    telegram,
    bot,
    sandbox,
    resources,
    metrics,
    activity,
    contact: new TelegramContact(() => parts.clock.now()),
    secretKey,
    seals,
    alone: database.engine === 'sqlite',
  }
}

/** Each call counts for Prometheus and for what operators see. */
function countingBoth(metrics: Metrics, activity: ActivityCounter): Metrics {
  return { ...metrics, intake: activity.intake(metrics.intake), delivery: activity.delivery(metrics.delivery) }
}

/** Elsewhere several machines share the database, and no mark of one says anything of another's clock. */
async function followClock({ clock, log }: Parts, store: Store): Promise<void> {
  const mark = markClock(clock)
  const jumpMs = mark === undefined ? 0 : await store.markClock(mark)
  if (jumpMs !== 0)
    log.warn({ byMs: jumpMs }, "the machine's clock was set since the last start; waits were moved along")
}

/** Also of those for whom nothing waits: a number that is not there cannot be told from one that nobody measures. */
async function backlogOfEachBot(store: Store): Promise<{ botId: string; waiting: number; oldestMs: number | null }[]> {
  const [bots, backlogs] = await Promise.all([store.listBots(), store.backlog()])
  const known = new Map(backlogs.map((backlog) => [backlog.botId, backlog]))
  return bots.map(({ id }) => known.get(id) ?? { botId: id, waiting: 0, oldestMs: null })
}

interface Opened {
  store: Store
  telegram: TelegramSide
  bot: Bot
  sandbox: SandboxWithBot | undefined
  resources: AsyncDisposableStack
  metrics: Metrics
  activity: ActivityCounter
  contact: TelegramContact
  secretKey: string
  seals: TokenSeals
  /** No other process can be on this database. */
  alone: boolean
}

function assemble(parts: Parts, opened: Opened): App {
  const { config, role } = parts
  const entrance = entranceOf(parts, opened)
  const shared = share(parts, opened, entrance)
  const port = (): number => http?.port ?? 0
  const connections = connectionsOf(shared, opened)
  const bots = role === 'api' ? undefined : superviseBots(shared, opened, { port, entrance, ...connections })
  const webhook = role !== 'bot' && config.telegramUpdates === 'webhook'
  const say = sayByOwner({
    ...shared,
    alone: opened.alone,
    here: (botId, said) => bots?.supervisor.say(botId, said),
  })
  const posted = webhook ? new PostedBots({ shared, ...connections, say }) : undefined
  const http = listen(shared, opened, { role, bots, posted, say })
  const { store, bot, sandbox, metrics } = opened
  const lifecycle = new Lifecycle(
    [
      closing(opened.resources),
      // Ends late, so that it knows of everything that ended before.
      activityWriter({ ...shared, counter: opened.activity, processId: newId('prc', shared) }),
      eventLoopDelay({ clock: parts.clock, observe: metrics.eventLoopDelayed }),
      // First, so that nothing has left when its port is taken.
      ...(http ? [http] : []),
      ...(bots ? [housekeeping(shared), expiry({ ...shared, store, metrics: metrics.delivery }), bots.supervisor] : []),
      ...(posted ? [posted] : []),
      ...(http ? [stopsFirst(http)] : []),
    ],
    config.drainTimeoutMs,
  )
  return {
    start: () => lifecycle.start(),
    stop: () => lifecycle.stop(),
    cutShort: () => lifecycle.cutShort(),
    role,
    get url() {
      return http && publicUrlOf(role === 'bot' ? { ...config, publicUrl: null } : config, http.port)
    },
    get localUrl() {
      return http && publicUrlOf({ ...config, publicUrl: null }, http.port)
    },
    hasPage: findPage() !== null,
    bot: { username: bot.username },
    sandbox: sandbox && { url: sandbox.url, phoneUrl: sandbox.phoneUrl },
  }
}

/** One for all that shows tokens to Telegram, because it counts them by address. */
function entranceOf({ config, clock }: Parts, { sandbox }: Opened): Entrance {
  return new Entrance({ clock, limits: startLimits(config.botStartsPerMinute), isNew: sandbox !== undefined })
}

function share(parts: Parts, { store, metrics, telegram, secretKey, seals }: Opened, entrance: Entrance): Shared {
  const timeoutMs = Math.min(parts.config.sendTimeoutMs, FIRST_CALL_TIMEOUT_MS)
  return {
    ...parts,
    store,
    seals,
    askBot: askInTime(entrance, (token) => askBot({ apiRoot: telegram.apiRoot, token, timeoutMs })),
    secrets: createSecrets(secretKey),
    wake: (about) => store.signal({ kind: 'wake', ...about }),
    lookAgain: (about) => store.signal({ kind: 'look_again', ...about }),
    failed: (...ended) => metrics.delivery.failed(...ended),
    secretKey,
  }
}

/** How a bot is reached at Telegram. */
interface Connections {
  tokenOf: (bot: Bot) => string | undefined
  connect: (token: string) => TelegramClient
}

/** Those that were the shared one before have no token any more; they are not active, so nobody asks for them. */
function connectionsOf({ config, seals }: Shared, { telegram, contact }: Opened): Connections {
  return {
    tokenOf: (bot) => (isTokenOf(telegram.token, bot) ? telegram.token : ownToken(bot, seals)),
    connect: (token) => connect({ ...telegram, token }, config, contact),
  }
}

interface Bots {
  supervisor: BotSupervisor
  lease: Lease
}

function superviseBots(
  shared: Shared,
  { alone, metrics }: Opened,
  reach: Connections & { port: () => number; entrance: Entrance },
): Bots {
  const { clock, log, store } = shared
  const terms = alone ? ALONE_TERMS : SHARED_TERMS
  const lease = new Lease({ clock, terms })
  const build = buildBotParts({ shared, lease, metrics: metrics.delivery, ...reach })
  const processId = newId('prc', shared)
  return {
    lease,
    supervisor: new BotSupervisor({ processId, store, terms, alone, lease, build, clock, log, served: metrics.served }),
  }
}

function ownToken({ tokenSealed, telegramBotId }: Bot, seals: TokenSeals): string | undefined {
  return tokenSealed === null ? undefined : seals.open(tokenSealed, telegramBotId)
}

function listen(
  shared: Shared,
  { store, metrics, sandbox, telegram, contact }: Opened,
  { role, bots, posted, say }: { role: Role; bots: Bots | undefined; posted: PostedBots | undefined; say: SayByOwner },
): HttpService | undefined {
  const { config, clock, log } = shared
  const health = { whyNotReady: () => whyNotReady(store, bots?.lease), metrics: metrics.print }
  if (role === 'bot') {
    const { botPort: port } = config
    const build = () => buildHealthServer({ health, log })
    return port === null ? undefined : new HttpService({ ...config, port, setting: 'BOT_PORT' }, clock, build)
  }
  const outside = {
    health,
    say,
    telegramUpdates: posted?.http ?? null,
    intake: metrics.intake,
    outbox: bots === undefined ? store.outbox : departuresOf(store, bots.supervisor),
    phoneUrl: sandbox?.phoneUrl ?? null,
    installation: {
      startedAtMs: clock.now(),
      isSandbox: sandbox !== undefined,
      apiHost: new URL(telegram.apiRoot).host,
    },
    contact,
    pageFolder: findPage(),
    phones: sandbox?.phones ?? null,
  }
  return new HttpService(config, clock, () => buildServer(serverDeps(shared, outside)))
}

function departuresOf({ outbox }: Store, supervisor: BotSupervisor): Departures {
  return new Departures({ outbox, book: (botId, place) => supervisor.book(botId, place) })
}

function findPage(): string | null {
  return existsSync(join(PAGE_FOLDER, 'index.html')) ? PAGE_FOLDER : null
}

async function whyNotReady(store: Store, lease: Lease | undefined): Promise<string[]> {
  const isThere = await store.ping().then(
    () => true,
    () => false,
  )
  if (!isThere) return ['database']
  return lease === undefined || lease.isGood ? [] : ['bots']
}

// What runs and is no part of a folder of its own.

/** Last in the order, and so the first to stop: nothing new comes in while the others finish. */
function stopsFirst(service: Service): Service {
  return { name: `${service.name}, to stop first`, start: async () => undefined, stop: (hard) => service.stop(hard) }
}

/** Closes, last of all, what was opened first of all. */
function closing(resources: AsyncDisposableStack): Service {
  return { name: 'resources', start: async () => undefined, stop: () => resources.disposeAsync() }
}
