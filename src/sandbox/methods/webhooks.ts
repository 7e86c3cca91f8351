import type { WebhookInfo } from '@grammyjs/types'
import { refusal, tooManyRequests } from '../refusal.ts'
import { webhookAddressFault } from '../updates/webhook-address.ts'
import type { BotData, WebhookData } from '../world/data.ts'
import { Described, type Method, type MethodCall } from './method-call.ts'
import { keepAllowedUpdates } from './updates.ts'

/** Two settings of a URL within this are too many (Bot API server). */
const PAUSE_MS = 1_000
/** Bot API, setWebhook. */
const DEFAULT_CONNECTIONS = 40
const MOST_CLOUD_CONNECTIONS = 100
const MOST_LOCAL_CONNECTIONS = 100_000
const MOST_SECRET = 256

/** Bot API, setWebhook. */
export const setWebhook: Method<'setWebhook'> = async (call) => {
  const { bot, environment, parameters } = call
  const url = parameters.text('url').trim()
  if (url === '') return remove(call)
  const secret = readSecret(parameters.text('secret_token'))
  environment.polls.end(bot.id, 'set_webhook')
  if (!environment.webhooks.maySet(bot.id, PAUSE_MS)) throw tooManyRequests(1)
  const ipAddress = parameters.text('ip_address')
  const fault = await webhookAddressFault(url, ipAddress, environment.rules.cloud)
  if (fault !== undefined) throw fault
  const webhook = readWebhook(call, url, secret)
  // What is set already goes on as it is: a delivery under way is not begun anew (Bot API server).
  const same = isSame(bot.webhook, webhook) && !parameters.flag('drop_pending_updates')
  keepAllowedUpdates(bot, parameters.text('allowed_updates'))
  if (!same) {
    dropIfAsked(call)
    bot.webhook = webhook
    environment.webhooks.start(bot)
  }
  environment.world.changes.emit({ kind: 'bot', bot: bot.id })
  return new Described(true, same ? 'Webhook is already set' : 'Webhook was set')
}

/** Bot API, deleteWebhook. */
export const deleteWebhook: Method<'deleteWebhook'> = (call) => remove(call)

/** Bot API, getWebhookInfo. */
export const getWebhookInfo: Method<'getWebhookInfo'> = ({ bot, environment }) => {
  return webhookInfo(bot, environment.updates.pending(bot).length)
}

/** The state of a bot's webhook; without one an empty `url` and how much waits. */
export function webhookInfo(bot: BotData, pending: number): WebhookInfo {
  const { webhook } = bot
  return {
    url: webhook?.url ?? '',
    has_custom_certificate: webhook?.certificate !== undefined,
    pending_update_count: pending,
    ...(webhook?.ipAddress !== undefined && { ip_address: webhook.ipAddress }),
    ...(webhook?.lastErrorAtMs !== undefined && { last_error_date: Math.floor(webhook.lastErrorAtMs / 1000) }),
    ...(webhook?.lastErrorMessage !== undefined && { last_error_message: webhook.lastErrorMessage }),
    ...(webhook !== undefined && { max_connections: webhook.maxConnections }),
    ...(bot.updates.allowed !== undefined && { allowed_updates: bot.updates.allowed }),
  }
}

function remove(call: MethodCall): Described<true> {
  const { bot, environment } = call
  dropIfAsked(call)
  const had = bot.webhook !== undefined
  delete bot.webhook
  environment.webhooks.stop(bot.id)
  environment.world.changes.emit({ kind: 'bot', bot: bot.id })
  return new Described(true, had ? 'Webhook was deleted' : 'Webhook is already deleted')
}

function dropIfAsked(call: MethodCall): void {
  if (call.parameters.flag('drop_pending_updates')) call.environment.updates.clear(call.bot)
}

function readSecret(secret: string): string {
  if (secret.length > MOST_SECRET) throw refusal('secret_token_too_long')
  if (!/^[A-Za-z0-9_-]*$/.test(secret)) throw refusal('secret_token_characters')
  return secret
}

function readWebhook(call: MethodCall, url: string, secret: string): WebhookData {
  const { parameters } = call
  const most = call.environment.rules.cloud ? MOST_CLOUD_CONNECTIONS : MOST_LOCAL_CONNECTIONS
  const certificate = parameters.file('certificate')
  const ipAddress = parameters.text('ip_address')
  return {
    url,
    maxConnections: parameters.integer('max_connections', DEFAULT_CONNECTIONS, 1, most),
    ...(ipAddress !== '' && { ipAddress }),
    ...(certificate !== undefined && { certificate: certificate.bytes.toString('utf8') }),
    ...(secret !== '' && { secretToken: secret }),
  }
}

/** One with a certificate of its own is always set anew (Bot API server). */
function isSame(now: WebhookData | undefined, next: WebhookData): boolean {
  if (now === undefined || now.certificate !== undefined || next.certificate !== undefined) return false
  const parts = ['url', 'secretToken', 'maxConnections', 'ipAddress'] as const
  return parts.every((part) => now[part] === next[part])
}
