import type { Settings } from './settings.ts'

/** The empty one is the scheme's own: 443 of https. (Bot API, setWebhook.) */
const PORTS = ['', '443', '80', '88', '8443']

const TELEGRAM = 'api.telegram.org'

/**
 * Why Telegram could not post updates to us with these settings, as a sentence for whoever makes them; undefined when nothing speaks
 * against it. The sandbox and a Bot API server of one's own (`--local`) call any address, the sandbox on this machine even without one
 * being set. What only Telegram can know, such as whether it reaches the host, it says when the webhook is set.
 */
export function webhookProblem(settings: Settings): string | undefined {
  const { telegramUpdates, publicUrl, telegramBotToken, telegramApiRoot } = settings
  if (telegramUpdates !== 'webhook' || telegramBotToken === null) return undefined
  if (publicUrl === null) {
    return 'TELEGRAM_UPDATES is webhook, which needs PUBLIC_URL: the https address under which Telegram reaches this program; or set it to polling'
  }
  if (new URL(telegramApiRoot).hostname !== TELEGRAM) return undefined
  const { protocol, port, hostname } = new URL(publicUrl)
  if (protocol !== 'https:') {
    return 'PUBLIC_URL must begin with https:// when TELEGRAM_UPDATES is webhook: Telegram calls nothing else'
  }
  if (!PORTS.includes(port)) {
    return 'PUBLIC_URL must have port 443, 80, 88 or 8443 when TELEGRAM_UPDATES is webhook: Telegram calls no other'
  }
  if (isOfThisMachine(hostname)) {
    return 'PUBLIC_URL must be an address on the internet when TELEGRAM_UPDATES is webhook: Telegram cannot call this machine by its own name for itself'
  }
  return undefined
}

function isOfThisMachine(hostname: string): boolean {
  return /^(localhost|.*\.localhost|127\..*|\[::1\])$/.test(hostname)
}
