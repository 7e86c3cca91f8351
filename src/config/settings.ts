import type { LogLevel } from '../domain/log.ts'
import { DIALECT_NAMES } from '../domain/dialects.ts'
import { BOT_STARTS_PER_MINUTE } from '../domain/start-pace.ts'
import {
  addresses,
  botToken,
  databaseUrl,
  duration,
  host,
  httpUrl,
  integer,
  logLevel,
  oneOf,
  type Parse,
  secretOf,
  someOf,
  text,
} from './parsers.ts'

export interface Setting<T> {
  /** The variable's name, then older names that are read when it is not set. */
  env: readonly [name: string, ...aliases: string[]]
  parse: Parse<T>
  /** Null: there may be no value; `fallback` says what happens then. */
  default: T | null
  /** The default in words, where a person needs more than the value. */
  fallback?: string
  /** One sentence for `docs/configuration.md` and `.env.example`, which are printed from this table. */
  about: string
  /** Never shown, not even in a complaint about it. */
  secret?: true
}

function setting<T>(
  parse: Parse<T>,
  rest: Omit<Setting<T>, 'parse' | 'default'> & { default: NoInfer<T> },
): Setting<T> {
  return { parse, ...rest }
}
function optional<T>(parse: Parse<T>, rest: Omit<Setting<T>, 'parse' | 'default'>): Setting<T | null> {
  return { parse, default: null, ...rest }
}

/** A minute, an hour and a day in milliseconds. */
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Every setting, in the order in which a person meets them. A variable `X` may also be given as `X_FILE`, the file that holds it. */
export const SETTINGS = {
  telegramBotToken: optional(botToken, {
    env: ['TELEGRAM_BOT_TOKEN', 'TG_TOKEN', 'BOT_TOKEN'],
    secret: true,
    fallback: 'none: the Telegram sandbox stands in',
    about: 'Token of the bot that carries the messages, from @BotFather.',
  }),
  sandbox: setting(oneOf(['on', 'off']), {
    env: ['SANDBOX'],
    default: 'on',
    about: 'Without a bot token: `on` starts the local Telegram sandbox, `off` refuses to start.',
  }),
  sandboxPort: optional(integer(0, 65_535), {
    env: ['SANDBOX_PORT'],
    fallback: 'the one after `PORT`, or a free one where that is taken',
    about: 'TCP port of the sandbox and its phone page; 0 picks a free one.',
  }),
  host: setting(host, {
    env: ['HOST'],
    default: '127.0.0.1',
    about: 'Address that HTTP listens on; `0.0.0.0` is every IPv4 address of the machine.',
  }),
  port: setting(integer(0, 65_535), {
    env: ['PORT'],
    default: 8000,
    about: 'TCP port that HTTP listens on; 0 picks a free one.',
  }),
  botPort: optional(integer(0, 65_535), {
    env: ['BOT_PORT'],
    fallback: 'none: it does not listen',
    about:
      'TCP port on which `postrider bot` answers `/health/live`, `/health/ready` and `/metrics`; 0 picks a free one.',
  }),
  publicUrl: optional(httpUrl, {
    env: ['PUBLIC_URL'],
    fallback: '`http://HOST:PORT`',
    about:
      'Address under which people reach it, for links, cookies and the webhook; cookies are `Secure` when it is https.',
  }),
  dataDir: setting(text, {
    env: ['DATA_DIR'],
    default: './data',
    about: 'Folder of the embedded database and the generated secret.',
  }),
  databaseUrl: optional(databaseUrl, {
    env: ['DATABASE_URL'],
    // It may hold a password.
    secret: true,
    fallback: '`sqlite:`, the file `postrider.db` in `DATA_DIR`',
    about:
      'Where data is kept: `sqlite:PATH` for one process, or `postgres://user:password@host:port/database` for any number (PostgreSQL 15 or newer; `?sslmode=` may be `disable`, `require`, `verify-ca` or `verify-full`).',
  }),
  databasePoolSize: setting(integer(2, 1000), {
    env: ['DATABASE_POOL_SIZE'],
    default: 10,
    about:
      'PostgreSQL: connections that each process may have, besides one on which processes tell each other what is new.',
  }),
  databaseConnectTimeoutMs: setting(duration('100ms', '1m'), {
    env: ['DATABASE_CONNECT_TIMEOUT'],
    default: 5000,
    about: 'PostgreSQL: how long a connection may take to be made, or to become free.',
  }),
  databaseStatementTimeoutMs: setting(duration('100ms', '10m'), {
    env: ['DATABASE_STATEMENT_TIMEOUT'],
    default: 10_000,
    about:
      'PostgreSQL: how long one statement may take, its wait for others included. Not for moving house, whose statements take as long as they take; and one of a migration may take an hour, after at most 5 minutes of waiting for another process that migrates.',
  }),
  databaseLockTimeoutMs: setting(duration('100ms', '10m'), {
    env: ['DATABASE_LOCK_TIMEOUT'],
    default: 5000,
    about:
      'PostgreSQL: how long one statement may wait for the work of others; those of migrations and of moving house, too.',
  }),
  databaseIdleTransactionTimeoutMs: setting(duration('100ms', '10m'), {
    env: ['DATABASE_IDLE_TRANSACTION_TIMEOUT'],
    // Before the bots of a process that hangs can be somebody else's: the lease less a beat (`SHARED_TERMS`).
    default: 4000,
    about:
      'PostgreSQL: how long a process that hangs may hold up the others in the middle of a transaction; less than `DATABASE_LOCK_TIMEOUT`.',
  }),
  secretKey: optional(secretOf(16, 'leave it out and one is made and kept in DATA_DIR'), {
    env: ['SECRET_KEY'],
    secret: true,
    fallback: 'made at the first start and kept in `DATA_DIR/secret.key`',
    about:
      'At least 16 characters (32 random ones are better) that sign access tokens and codes and encrypt bot tokens; a new one ends every session and open code (see `SECRET_KEY_PREVIOUS`).',
  }),
  previousSecretKey: optional(secretOf(16, 'it is the SECRET_KEY of before; leave it out when that has not changed'), {
    env: ['SECRET_KEY_PREVIOUS'],
    secret: true,
    fallback: 'the file `DATA_DIR/secret.key.previous`, where there is one',
    about:
      'The key that was `SECRET_KEY` before, while it is being changed: opens the bot tokens that were encrypted under it, and the start encrypts them anew.',
  }),
  dialects: setting(someOf(DIALECT_NAMES), {
    env: ['DIALECTS'],
    default: DIALECT_NAMES,
    fallback: 'all of them',
    about:
      'Interfaces of other systems that are spoken beside `/v1` (`docs/dialects.md`), with commas between; `off` is none.',
  }),
  trustedProxies: setting(addresses, {
    env: ['TRUSTED_PROXIES'],
    default: [],
    fallback: 'none',
    about:
      'Addresses or networks (`10.0.0.0/8`), with commas between, of the reverse proxies whose `X-Forwarded-For` says who asks; guesses at passwords are counted by that address.',
  }),
  registration: setting(oneOf(['open', 'closed']), {
    env: ['REGISTRATION'],
    default: 'open',
    about:
      'Who may register: everybody, or nobody but those whom an operator adds with `postrider user add`. The first account of all is an operator.',
  }),
  accessTokenTtlMs: setting(duration('1s', '365d'), {
    env: ['ACCESS_TOKEN_TTL'],
    default: DAY,
    about: 'Life of a log-in: of its access token and its cookie.',
  }),
  linkCodeTtlMs: setting(duration('1s', '7d'), {
    env: ['LINK_CODE_TTL'],
    default: 15 * MINUTE,
    about: 'Life of a one-time code that links a chat.',
  }),
  maxBotsPerUser: setting(integer(0, 10_000), {
    env: ['MAX_BOTS_PER_USER'],
    default: 5,
    about: 'Bots of their own that a person may have, inactive ones included.',
  }),
  queueLimit: setting(integer(0, 1_000_000_000), {
    env: ['QUEUE_LIMIT'],
    default: 10_000,
    about: 'Waiting messages per account before new ones are refused with `queue_full`; 0 is no limit.',
  }),
  privateChatBurst: setting(integer(1, 5), {
    env: ['PRIVATE_CHAT_BURST'],
    default: 1,
    about:
      'Messages that may go into one private chat within a second after a pause. At 1 there is no burst: one a second, as Telegram asks; more risks that it asks to wait.',
  }),
  sendAttempts: setting(integer(1, 1000), {
    env: ['SEND_ATTEMPTS'],
    default: 12,
    about: 'Calls to Telegram that may fail before a message has failed; being told to wait does not count.',
  }),
  sendTimeoutMs: setting(duration('100ms', '10m'), {
    env: ['SEND_TIMEOUT'],
    default: MINUTE,
    about: 'How long one call to Telegram may take.',
  }),
  drainTimeoutMs: setting(duration('0s', '10m'), {
    env: ['DRAIN_TIMEOUT'],
    default: 10_000,
    about:
      'How long a stop may take. Calls under way are cut a tenth of it (at most a second) earlier, which is for writing down what was cut.',
  }),
  botStartsPerMinute: setting(integer(0, 100_000), {
    env: ['BOT_STARTS_PER_MINUTE'],
    default: BOT_STARTS_PER_MINUTE,
    about:
      'Bots that this process lets begin in a minute, because Telegram takes only 20 new ones a minute and 600 an hour from one address; 0 is no limit, as for a Bot API server of your own.',
  }),
  telegramApiRoot: setting(httpUrl, {
    env: ['TELEGRAM_API_ROOT'],
    default: 'https://api.telegram.org',
    about: 'Address of the Bot API: Telegram, a Bot API server of your own, a proxy or the sandbox.',
  }),
  telegramUpdates: setting(oneOf(['polling', 'webhook']), {
    env: ['TELEGRAM_UPDATES'],
    default: 'polling',
    about:
      'How updates come in: `polling` asks Telegram for them, `webhook` has Telegram post them to `PUBLIC_URL`, which must then be https on port 443, 80, 88 or 8443.',
  }),
  logLevel: setting<LogLevel>(logLevel, {
    env: ['LOG_LEVEL'],
    default: 'info',
    about: '`debug`, `info`, `warn`, `error` or `silent`.',
  }),
  logFormat: setting(oneOf(['auto', 'pretty', 'json']), {
    env: ['LOG_FORMAT'],
    default: 'auto',
    about: '`pretty` for people, `json` for machines, `auto` for pretty on a terminal and JSON otherwise.',
  }),
} as const

export type SettingKey = keyof typeof SETTINGS

/** What each variable said, before anything is derived from it. */
export type Settings = { readonly [K in SettingKey]: (typeof SETTINGS)[K] extends Setting<infer T> ? T : never }

/** What `postrider send` reads, beside its options and its own file. They are not settings of the server. */
export const CLIENT_SETTINGS = [
  { env: 'POSTRIDER_URL', about: 'Address of the server, such as `http://127.0.0.1:8000`.' },
  { env: 'POSTRIDER_TOKEN', about: 'API token with the scope `send` (and `read` for `--wait`).' },
  { env: 'XDG_CONFIG_HOME', about: 'Where `postrider/config.json` is kept; `~/.config` when not set.' },
  { env: 'NO_COLOR', about: 'When set, nothing is coloured.' },
] as const
