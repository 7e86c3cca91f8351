import type { Config } from '../config/load-config.ts'
import type { Clock } from '../domain/clock.ts'
import { type Finding, fail, ok, warn } from './finding.ts'
import type { House } from './house.ts'

const REACH_TIMEOUT_MS = 10_000
/** Certificates, and tokens with an expiry, begin to fail when a clock is off by more. */
const CLOCK_SKEW_MS = 60_000

export async function checkTelegram(config: Config, house: House): Promise<Finding[]> {
  const token = config.telegramBotToken
  if (token === null) {
    return [
      config.sandbox === 'on'
        ? warn(
            'bot token',
            'There is none: the sandbox stands in for Telegram. Set TELEGRAM_BOT_TOKEN for the real one.',
          )
        : fail(
            'bot token',
            'There is none, and SANDBOX=off forbids the sandbox: set TELEGRAM_BOT_TOKEN to the token from @BotFather.',
          ),
    ]
  }
  const reach = await reachTelegram(config, house.clock)
  if (!reach.some(({ state }) => state !== 'fail')) return reach
  const bot = await house.askBot(config, token)
  if (bot.ok) return [...reach, ok('bot token', `It is the bot @${bot.username} (${bot.name}).`)]
  const advice = bot.rejected ? 'Get the token from @BotFather again and set TELEGRAM_BOT_TOKEN.' : 'Try again later.'
  return [...reach, fail('bot token', `${sentence(bot.reason)} ${advice}`)]
}

async function reachTelegram({ telegramApiRoot }: Config, clock: Clock): Promise<Finding[]> {
  try {
    const response = await fetch(telegramApiRoot, {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(REACH_TIMEOUT_MS),
    })
    const theirsMs = Date.parse(response.headers.get('date') ?? '')
    return [ok('telegram', `${telegramApiRoot} can be reached.`), checkClock(clock.now() - theirsMs)]
  } catch (error) {
    const cause = (error as { cause?: NodeJS.ErrnoException }).cause
    return [
      fail(
        'telegram',
        `${telegramApiRoot} cannot be reached (${cause?.code ?? (error as Error).name}): check the network and the firewall, or set TELEGRAM_API_ROOT to a proxy.`,
      ),
    ]
  }
}

function checkClock(aheadMs: number): Finding {
  if (Number.isNaN(aheadMs))
    return warn('clock', 'Telegram did not say what time it is, so the clock was not compared.')
  const seconds = Math.round(Math.abs(aheadMs) / 1000)
  return Math.abs(aheadMs) < CLOCK_SKEW_MS
    ? ok('clock', "It agrees with Telegram's.")
    : warn(
        'clock',
        `It is ${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} Telegram's: set it by NTP, for expiry times depend on it.`,
      )
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}
