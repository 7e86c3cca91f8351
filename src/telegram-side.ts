import type { Config } from './config/load-config.ts'
import type { Bot } from './domain/bot.ts'
import type { Clock } from './domain/clock.ts'
import { newId } from './domain/ids.ts'
import { OperatorError } from './domain/operator-error.ts'
import type { Random } from './domain/random.ts'
import type { TelegramContact } from './domain/telegram-contact.ts'
import { listenError } from './http-service.ts'
import { AccountPhones } from './sandbox/account-phones.ts'
import { type Sandbox, startSandbox } from './sandbox/sandbox.ts'
import type { Store } from './store/store.ts'
import { createBotApiClient } from './telegram/bot-api-client.ts'
import { whyNoBot } from './telegram/no-bot.ts'
import type { TelegramClient } from './telegram/telegram-client.ts'

// What stands outside: the sandbox or Telegram, and the shared bot there.

/** How long the first question to Telegram may take, in milliseconds. Somebody sits before the screen. */
export const FIRST_CALL_TIMEOUT_MS = 10_000

interface Parts {
  config: Config
  clock: Clock
  random: Random
}

export interface SandboxWithBot extends Pick<Sandbox, 'stop' | 'url'> {
  token: string
  phoneUrl: string
  /** One for each account. */
  phones: AccountPhones
}

/** Where Telegram is, and what the shared bot says to it. */
export interface TelegramSide {
  apiRoot: string
  token: string
}

/** The local Telegram, where there is no token for the real one. */
export async function openSandbox(parts: Parts): Promise<SandboxWithBot | undefined> {
  const { config } = parts
  if (config.telegramBotToken !== null) return undefined
  if (config.sandbox === 'off') {
    throw new OperatorError(
      'There is no bot token and SANDBOX=off: set TELEGRAM_BOT_TOKEN to the token that @BotFather gave, or leave SANDBOX on.',
    )
  }
  const sandbox = await startOnFirstFreePort(parts, config.sandboxPorts)
  const { token, username } = sandbox.control.createBot({ username: 'postrider_bot', name: 'Postrider' })
  const phones = new AccountPhones({ control: sandbox.control, clock: parts.clock, bot: username })
  return { url: sandbox.url, stop: () => sandbox.stop(), token, phoneUrl: `${sandbox.url}/_sandbox/`, phones }
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

/**
 * Several processes share one Telegram, and a sandbox inside of one of them would be nobody else's.
 *
 * @throws OperatorError without a token.
 */
export function realTelegram({ telegramApiRoot: apiRoot, telegramBotToken: token }: Config): TelegramSide {
  if (token !== null) return { apiRoot, token }
  throw new OperatorError(
    'Separate processes need a bot: set TELEGRAM_BOT_TOKEN to the token from @BotFather, or start `postrider sandbox --port 8081`, make a bot there, and set TELEGRAM_API_ROOT to its address as well.',
  )
}

/** `contact`: hears whether Telegram answers. */
export function connect(
  { apiRoot, token }: TelegramSide,
  { sendTimeoutMs: timeoutMs }: Config,
  contact?: TelegramContact,
): TelegramClient {
  return createBotApiClient({ apiRoot, token, timeoutMs, contact })
}

/**
 * Asks Telegram who the shared bot is, and remembers it. One that is known from before need not be asked (`orKnown: 'unasked'`: the HTTP
 * API answers whether Telegram does or not), or is believed in when Telegram does not answer (`'unanswered'`: it will in time).
 *
 * @throws OperatorError when Telegram does not answer, or not with a bot.
 */
export async function findSharedBot(
  parts: Parts,
  store: Store,
  side: TelegramSide & { isSandbox: boolean },
  { orKnown = 'never' }: { orKnown?: 'never' | 'unasked' | 'unanswered' } = {},
): Promise<Bot> {
  const known = orKnown === 'never' ? undefined : await knownBot(store, side.token)
  if (known !== undefined && orKnown === 'unasked') return known
  const me = await askWho(parts, side)
  if (!me.ok) {
    if (known !== undefined && me.failure.kind !== 'bot_rejected') return known
    if (side.isSandbox) throw new Error(`The sandbox does not know its own bot: ${me.description}`)
    throw noBot(parts.config, me)
  }
  const { id, username, first_name: name } = me.value
  return await store.saveSharedBot({ id: newId('bot', parts), telegramBotId: id, username, name })
}

async function askWho({ config }: Parts, side: TelegramSide): ReturnType<TelegramClient['getMe']> {
  const telegram = connect(side, config)
  try {
    return await telegram.getMe(AbortSignal.timeout(FIRST_CALL_TIMEOUT_MS))
  } finally {
    await telegram.close()
  }
}

/** The number before the colon of a token is the bot's id. */
async function knownBot(store: Store, token: string): Promise<Bot | undefined> {
  const bots = await store.listBots()
  return bots.find((bot) => bot.ownerId === null && bot.active && isTokenOf(token, bot))
}

export function isTokenOf(token: string, bot: Bot): boolean {
  return token.split(':')[0] === String(bot.telegramBotId)
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
