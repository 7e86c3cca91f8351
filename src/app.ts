import { type Config, publicUrlOf } from './config/load-config.ts'
import { loadSecretKey } from './config/secret-key.ts'
import { introduceBot } from './conversation/commands.ts'
import { createConversation } from './conversation/conversation.ts'
import { Dispatcher } from './delivery/dispatcher.ts'
import { expiry } from './delivery/expiry.ts'
import { housekeeping } from './delivery/housekeeping.ts'
import { Pacer } from './delivery/pacer.ts'
import { Replies } from './delivery/replies.ts'
import type { Bot } from './domain/bot.ts'
import type { Clock } from './domain/clock.ts'
import { newId } from './domain/ids.ts'
import type { Log } from './domain/log.ts'
import { OperatorError } from './domain/operator-error.ts'
import { documentedLimits } from './domain/pacing.ts'
import type { Random } from './domain/random.ts'
import { DEFAULT_RETRY_POLICY } from './domain/retry-policy.ts'
import { buildServer } from './http/server.ts'
import { HttpService, listenError } from './http-service.ts'
import { lockDatabase, prepareDataDir } from './ops/data-dir.ts'
import { eventLoopDelay } from './ops/event-loop-delay.ts'
import { Lifecycle, type Service } from './ops/lifecycle.ts'
import { createMetrics, type Metrics } from './ops/metrics.ts'
import { openStore } from './open-store.ts'
import { createSecrets } from './ops/secrets.ts'
import { systemClock } from './ops/system-clock.ts'
import { systemRandom } from './ops/system-random.ts'
import { type Sandbox, startSandbox } from './sandbox/sandbox.ts'
import type { Store } from './store/store.ts'
import type { Wake } from './domain/signal.ts'
import { createBotApiClient } from './telegram/bot-api-client.ts'
import { whyNoBot } from './telegram/no-bot.ts'
import type { TelegramClient } from './telegram/telegram-client.ts'
import { pollUpdates, receiveUpdates } from './telegram-updates.ts'
import { conversationDeps, type Shared, serverDeps } from './wiring.ts'

/** The whole program as a value: tests run it in their own process, `main.ts` in one of its own. */
export interface App {
  /** Resolves when it answers requests and delivers. */
  start(): Promise<void>
  /** Resolves when what was under way is done, or was cut after `DRAIN_TIMEOUT`. */
  stop(): Promise<void>
  /** Ends a stop's patience. */
  cutShort(): void
  /** Where people reach it; known after the start. */
  readonly url: string
  /** Where this machine reaches it: the same, unless there is a `PUBLIC_URL`. */
  readonly localUrl: string
  readonly bot: { username: string }
  /** The local Telegram; undefined when it is the real one. */
  readonly sandbox: { url: string; phoneUrl: string } | undefined
}

type Parts = Pick<Shared, 'config' | 'log' | 'clock' | 'random'>

/** As much as SQLite's log has before it is copied into the file, so that the copy always fits. */
const DISK_RESERVE_BYTES = 32 * 2 ** 20

/** How long the first question to Telegram may take, in milliseconds. Somebody sits before the screen. */
const FIRST_CALL_TIMEOUT_MS = 10_000

/**
 * Opens the database and finds the bot; delivers nothing before `start`.
 *
 * @throws OperatorError when the data folder, the database, the token or Telegram stand in the way.
 */
export async function createApp(config: Config, given: { log: Log; clock?: Clock; random?: Random }): Promise<App> {
  const parts: Parts = { config, clock: systemClock, random: systemRandom, ...given }
  prepareDataDir(config)
  const opening = new AsyncDisposableStack()
  try {
    return assemble(parts, await open(parts, opening))
  } catch (error) {
    await opening.disposeAsync()
    throw error
  }
}

/** Whatever is opened is put on the stack at once, so that a failure on the way leaves nothing open. */
async function open(parts: Parts, resources: AsyncDisposableStack): Promise<Opened> {
  const { config } = parts
  const { database } = config
  if (database.engine === 'sqlite') {
    const lock = lockDatabase(database.file)
    resources.defer(() => lock.release())
  }
  const metrics = createMetrics(parts.clock)
  const store = await openStore(config, {
    clock: parts.clock,
    onGroupCommit: metrics.intake.committed,
    reserveBytes: DISK_RESERVE_BYTES,
  })
  resources.defer(() => store.close())
  await store.migrate()
  const sandbox = await openSandbox(parts)
  if (sandbox) resources.defer(() => sandbox.stop())
  const telegram = openTelegram(config, sandbox)
  resources.defer(() => telegram.close())
  const bot = await findSharedBot(parts, store, telegram, sandbox)
  metrics.watchBacklog(() => backlogOfEachBot(store))
  return { store, telegram, bot, sandbox, resources, metrics }
}

/** Also of those for whom nothing waits: a number that is not there cannot be told from one that nobody measures. */
async function backlogOfEachBot(store: Store): Promise<{ botId: string; waiting: number; oldestMs: number | null }[]> {
  const [bots, backlogs] = await Promise.all([store.listBots(), store.backlog()])
  const known = new Map(backlogs.map((backlog) => [backlog.botId, backlog]))
  return bots.map(({ id }) => known.get(id) ?? { botId: id, waiting: 0, oldestMs: null })
}

interface Opened {
  store: Store
  telegram: TelegramClient
  bot: Bot
  sandbox: SandboxWithBot | undefined
  resources: AsyncDisposableStack
  metrics: Metrics
}

function assemble(parts: Parts, { store, telegram, bot, sandbox, resources, metrics }: Opened): App {
  const { config, log, clock, random } = parts
  const secretKey = loadSecretKey(config, random)
  const secrets = createSecrets(secretKey)
  const pacer = new Pacer({ clock, limits: documentedLimits(config.privateChatBurst) })
  const ofBot = { botId: bot.id, store, telegram, pacer, clock, random, log, metrics: metrics.delivery }
  const policy = { ...DEFAULT_RETRY_POLICY, maxAttempts: config.sendAttempts }
  const dispatcher = new Dispatcher({ ...ofBot, policy })
  const replies = new Replies(ofBot)
  store.onSignal((signal) => {
    if (signal.botId !== bot.id) return false
    if (signal.kind === 'wake') dispatcher.wake(signal.peerId, signal.priority)
    if (signal.kind === 'look_again') dispatcher.lookAgain(signal.peerId)
    return true
  })
  store.onMissed(() => dispatcher.lookAround())
  const wake = (about: Wake): void => store.signal({ kind: 'wake', ...about })
  const lookAgain = (about: Wake): void => store.signal({ kind: 'look_again', ...about })
  const failed: Shared['failed'] = (...ended) => metrics.delivery.failed(...ended)
  const shared: Shared = { ...parts, store, secrets, wake, lookAgain, failed, secretKey }
  const conversation = createConversation(conversationDeps(shared, { bot, telegram, replies }))
  const ofUpdates = { ...shared, bot, telegram, conversation, port: () => http.port }
  const posted = config.telegramUpdates === 'webhook' ? receiveUpdates(ofUpdates) : undefined
  const http = new HttpService(config, clock, () =>
    buildServer(
      serverDeps(shared, {
        bot,
        replies,
        telegramUpdates: posted?.http ?? null,
        metrics: metrics.print,
        intake: metrics.intake,
        phoneUrl: sandbox?.phoneUrl ?? null,
      }),
    ),
  )
  const lifecycle = new Lifecycle(
    [
      opened(resources),
      eventLoopDelay({ clock, observe: metrics.eventLoopDelayed }),
      housekeeping({ store, clock, log }),
      expiry({ store, clock, log, metrics: metrics.delivery }),
      replies,
      dispatcher,
      ...(posted ? [posted.handler] : []),
      http,
      posted?.webhook ?? pollUpdates(ofUpdates),
      introduction(telegram, log),
    ],
    config.drainTimeoutMs,
  )
  return {
    start: () => lifecycle.start(),
    stop: () => lifecycle.stop(),
    cutShort: () => lifecycle.cutShort(),
    get url() {
      return publicUrlOf(config, http.port)
    },
    get localUrl() {
      return publicUrlOf({ ...config, publicUrl: null }, http.port)
    },
    bot: { username: bot.username },
    sandbox: sandbox && { url: sandbox.url, phoneUrl: sandbox.phoneUrl },
  }
}

// What stands outside: the sandbox or Telegram, and the bot there.

interface SandboxWithBot extends Pick<Sandbox, 'stop' | 'url'> {
  token: string
  phoneUrl: string
}

async function openSandbox(parts: Parts): Promise<SandboxWithBot | undefined> {
  const { config } = parts
  if (config.telegramBotToken !== null) return undefined
  if (config.sandbox === 'off') {
    throw new OperatorError(
      'There is no bot token and SANDBOX=off: set TELEGRAM_BOT_TOKEN to the token that @BotFather gave, or leave SANDBOX on.',
    )
  }
  const sandbox = await startOnFirstFreePort(parts, config.sandboxPorts)
  const { token } = sandbox.control.createBot({ username: 'postrider_bot', name: 'Postrider' })
  return { url: sandbox.url, stop: () => sandbox.stop(), token, phoneUrl: `${sandbox.url}/_sandbox/` }
}

async function startOnFirstFreePort(parts: Parts, [port, ...others]: Config['sandboxPorts']): Promise<Sandbox> {
  const { clock, random } = parts
  const { host, dataDir } = parts.config
  try {
    return await startSandbox({ clock, random, host, port, worldFile: `${dataDir}/sandbox.json` })
  } catch (error) {
    const [next, ...rest] = others
    if (next !== undefined && (error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
      return startOnFirstFreePort(parts, [next, ...rest])
    }
    throw listenError(error, { host, port, setting: 'SANDBOX_PORT' })
  }
}

function openTelegram(config: Config, sandbox: SandboxWithBot | undefined): TelegramClient {
  const apiRoot = sandbox?.url ?? config.telegramApiRoot
  return createBotApiClient({
    apiRoot,
    token: sandbox?.token ?? config.telegramBotToken ?? '',
    timeoutMs: config.sendTimeoutMs,
  })
}

async function findSharedBot(
  parts: Parts,
  store: Store,
  telegram: TelegramClient,
  sandbox: SandboxWithBot | undefined,
): Promise<Bot> {
  const me = await telegram.getMe(AbortSignal.timeout(FIRST_CALL_TIMEOUT_MS))
  if (!me.ok)
    throw sandbox ? new Error(`The sandbox does not know its own bot: ${me.description}`) : noBot(parts.config, me)
  const { id, username, first_name: name } = me.value
  return store.saveSharedBot({ id: newId('bot', parts), telegramBotId: id, username, name })
}

function noBot(config: Config, answer: Parameters<typeof whyNoBot>[0]): OperatorError {
  const root = config.telegramApiRoot
  if (answer.failure.kind === 'bot_rejected') {
    return new OperatorError(
      `Telegram at ${root} does not accept the bot token (${answer.errorCode}): copy it again from @BotFather into TELEGRAM_BOT_TOKEN.`,
    )
  }
  const advice =
    answer.failure.kind === 'throttled'
      ? 'start again after that'
      : 'check the network and TELEGRAM_API_ROOT, then start again'
  return new OperatorError(`Telegram at ${root} ${whyNoBot(answer)}: ${advice}.`)
}

// What runs and is no part of a folder of its own.

/** Closes, last of all, what was opened first of all. */
function opened(resources: AsyncDisposableStack): Service {
  return { name: 'resources', start: async () => undefined, stop: () => resources.disposeAsync() }
}

/** The menu and the descriptions are set beside the work. Nothing waits for them, not even a stop: the next start sets them again. */
function introduction(telegram: TelegramClient, log: Log): Service {
  let stopped = false
  return {
    name: 'introduction',
    start: async () => {
      void introduceBot(telegram).then((problems) => {
        if (problems.length > 0 && !stopped)
          log.warn({ problems }, 'the menu or the descriptions of the bot could not be set')
      })
    },
    stop: async () => {
      stopped = true
    },
  }
}
