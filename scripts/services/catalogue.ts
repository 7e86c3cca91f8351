import { join } from 'node:path'
import { OwnPostgres } from './postgres.ts'
import type { LocalSettings } from './settings.ts'

/** In the order in which they are started, and the reverse of that in which they are stopped. */
export const SERVICE_NAMES = ['postgres', 'sandbox', 'api', 'bot'] as const
export type ServiceName = (typeof SERVICE_NAMES)[number]

/** Where the services that run already listen; those that are not there do not run. */
export type Ports = Partial<Record<ServiceName, number>>

export interface Service {
  name: ServiceName
  /** Those that have to be ready first. */
  needs: readonly ServiceName[]
  /** Where it listens: a port or 0, and the setting that says so. */
  listens: { port: number; host: string; setting: string }
  /** What has to be there before the first start. */
  prepare?: () => void
  /** The program and its arguments. */
  command: (port: number) => string[]
  /** Beside what `make` was given. */
  env: (ports: Ports) => Record<string, string>
  isReady: (port: number) => Promise<boolean>
  /** Where a person looks. */
  place: (port: number) => string
  stopSignal: NodeJS.Signals
  /** Then it is killed, in milliseconds. */
  stopPatienceMs: number
}

/** The bot of the sandbox, as in deploy/compose.yaml. Not a secret: whoever reaches the sandbox can do anything there. */
const SANDBOX_BOT = { username: 'postrider_bot', token: '4242:sandbox-bot-of-postrider' }

/** Above what the program itself takes for a hard stop. */
const STOP_MARGIN_MS = 10_000

/** The services of these settings; those that somebody else provides are not among them. */
export function servicesOf(settings: LocalSettings): Service[] {
  const { config, hasDatabase } = settings
  const postgres = hasDatabase ? undefined : postgresService(settings)
  const sandbox = config.telegramBotToken === null && config.sandbox === 'on' ? sandboxService(settings) : undefined
  const there = [postgres, sandbox].filter((service) => service !== undefined)
  const needs = there.map(({ name }) => name)
  return [...there, apiService(settings, needs), botService(settings, needs)]
}

/** Where the data of our own PostgreSQL is, whether it is used or not. */
export function ownPostgres({ folder }: LocalSettings): OwnPostgres {
  return new OwnPostgres(folder)
}

function postgresService(settings: LocalSettings): Service {
  const postgres = ownPostgres(settings)
  return {
    name: 'postgres',
    needs: [],
    listens: { port: settings.postgresPort, host: '127.0.0.1', setting: 'POSTGRES_PORT' },
    prepare: () => postgres.prepare(),
    command: (port) => postgres.command(port),
    env: () => ({}),
    isReady: (port) => postgres.isReady(port),
    place: (port) => `postgres://postrider@127.0.0.1:${port}/postrider (password in ${postgres.passwordFile})`,
    // "Fast": clients are cut off, what was committed is on disk. (PostgreSQL, Shutting Down the Server.)
    stopSignal: 'SIGINT',
    stopPatienceMs: 60_000,
  }
}

function sandboxService({ root, config, folder }: LocalSettings): Service {
  const { host, sandboxPorts } = config
  return {
    name: 'sandbox',
    needs: [],
    listens: { port: sandboxPorts[0], host, setting: 'SANDBOX_PORT' },
    command: (port) => {
      const where = ['--host', host, '--port', String(port)]
      // Not the world of `npm start`, whose bot has another token and whose chats are linked in another database.
      const world = ['--world', join(folder, 'sandbox.json')]
      return [...program(root, 'sandbox'), ...where, ...world, '--bot', `${SANDBOX_BOT.username}=${SANDBOX_BOT.token}`]
    },
    env: () => ({}),
    isReady: async (port) => (await statusOf(`${addressOf(host, port)}/_sandbox/state`)) === 200,
    place: (port) =>
      `${addressOf(host, port)}/_sandbox/ (the phone; not the real Telegram: set TELEGRAM_BOT_TOKEN for that)`,
    stopSignal: 'SIGTERM',
    stopPatienceMs: STOP_MARGIN_MS,
  }
}

function apiService(settings: LocalSettings, needs: readonly ServiceName[]): Service {
  const { root, config } = settings
  const { host, port } = config
  return {
    name: 'api',
    needs,
    listens: { port, host, setting: 'PORT' },
    command: () => program(root, 'api'),
    env: (ports) => ({ ...programEnvironment(settings, ports), PORT: String(ports.api ?? port) }),
    isReady: async (at) => (await statusOf(`${addressOf(host, at)}/health/ready`)) === 200,
    place: (at) => config.publicUrl ?? addressOf(host, at),
    stopSignal: 'SIGTERM',
    stopPatienceMs: config.drainTimeoutMs + STOP_MARGIN_MS,
  }
}

function botService(settings: LocalSettings, needs: readonly ServiceName[]): Service {
  const { root, config } = settings
  return {
    name: 'bot',
    needs,
    listens: { port: settings.botPort, host: config.host, setting: 'BOT_PORT' },
    command: () => program(root, 'bot'),
    env: (ports) => ({ ...programEnvironment(settings, ports), BOT_PORT: String(ports.bot ?? settings.botPort) }),
    isReady: async (port) => (await statusOf(`${addressOf(config.host, port)}/health/ready`)) === 200,
    place: (port) => `${addressOf(config.host, port)}/health/ready`,
    stopSignal: 'SIGTERM',
    stopPatienceMs: config.drainTimeoutMs + STOP_MARGIN_MS,
  }
}

function program(root: string, command: string): string[] {
  // Room for new objects, in MB: docs/operations.md.
  return [process.execPath, '--max-semi-space-size=8', join(root, 'src', 'main.ts'), command]
}

/** What `api` and `bot` have to know of the services that we provide. Everything else they read as ever. */
function programEnvironment(settings: LocalSettings, ports: Ports): Record<string, string> {
  return {
    ...(ports.postgres !== undefined && { DATABASE_URL: ownPostgres(settings).url(ports.postgres) }),
    ...(ports.sandbox !== undefined && {
      TELEGRAM_BOT_TOKEN: SANDBOX_BOT.token,
      TELEGRAM_API_ROOT: addressOf(settings.config.host, ports.sandbox),
    }),
  }
}

/** Where this machine reaches what listens there. */
function addressOf(host: string, port: number): string {
  const near = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host
  return `http://${near.includes(':') ? `[${near}]` : near}:${port}`
}

async function statusOf(url: string): Promise<number | undefined> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2000) })).status
  } catch {
    return undefined
  }
}
