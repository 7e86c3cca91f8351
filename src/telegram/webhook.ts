import type { WebhookInfo } from '@grammyjs/types'
import type { Clock } from '../domain/clock.ts'
import type { Log } from '../domain/log.ts'
import type { Random } from '../domain/random.ts'
import { inWords } from '../domain/reasons.ts'
import { reasonOfNoBot } from './no-bot.ts'
import type { NewWebhook, TelegramClient } from './telegram-client.ts'
import { type TellStateDeps, tellState } from './tell-state.ts'
import { backOffMs, type Failed, stateAfter, type TroubleState } from './updates-trouble.ts'

export interface WebhookDeps extends TellStateDeps {
  bot: {
    id: string
    /** Up to where polling had handled updates; 0 when it never did. */
    updateOffset: number
  }
  client: Pick<TelegramClient, 'getUpdates' | 'getWebhookInfo' | 'setWebhook'>
  /** Asked when it starts: before, the address may not be known. `isOwn`: ours may take its place. */
  wanted: () => { url: string; isOwn: (url: string) => boolean } & Pick<NewWebhook, 'secretToken' | 'allowedUpdates'>
  clock: Clock
  random: Random
}

/** A part of the program that runs; the same shape as `Service` in `ops/`. */
export interface Webhook {
  readonly name: string
  start(): Promise<void>
  stop(): Promise<void>
}

/** Updates that Telegram posts to all our processes together at a time. Telegram's own default (Bot API, setWebhook). */
const MAX_CONNECTIONS = 40

/** Between two looks whether the webhook is still as it should be, in milliseconds. */
const LOOK_EVERY_MS = 60_000

/** An error that is older says nothing of now: Telegram tries again after two minutes at the latest (telegram-bot-api, WebhookActor.cpp). */
const ERROR_IS_NEWS_MS = 150_000

type Look =
  | { state: 'running' | 'unreachable'; reason: string | null; waitMs: number }
  /** How long to rest follows from how often it was so. */
  | { state: TroubleState; reason: string }
  | { state: 'throttled'; waitMs: number }

const FINE: Look = { state: 'running', reason: null, waitMs: LOOK_EVERY_MS }

/**
 * Sees to it that Telegram posts a bot's updates to us: sets the webhook where there is none or one of ours that is out of date, leaves
 * a right one alone, and touches no other program's. Looks again every minute, and says what Telegram says about its deliveries.
 *
 * Several processes may do so side by side. The webhook stays when they stop: updates wait at Telegram for 24 hours (Bot API, "Getting
 * updates"), and another process may still receive. It is removed when updates are polled again (`removeOwnWebhook`).
 */
export function createWebhook(deps: WebhookDeps): Webhook {
  const stopping = new AbortController()
  const { signal } = stopping
  const say = tellState(deps)

  async function run(): Promise<void> {
    const memory = { sinceMs: deps.clock.now(), wasRight: false }
    let failures = 0
    while (!signal.aborted) {
      const seen = await look(deps, memory, signal)
      if (signal.aborted) return
      if (seen.state !== 'throttled') await say(seen.state, seen.reason)
      failures = 'waitMs' in seen ? 0 : failures + 1
      const waitMs = 'waitMs' in seen ? seen.waitMs : backOffMs(seen.state, failures, deps.random)
      await deps.clock.sleep(waitMs, signal)
    }
  }

  return {
    name: `webhook of ${deps.bot.id}`,
    async start() {
      run().catch((error: unknown) => {
        deps.log.error({ err: error, botId: deps.bot.id }, 'looking after the webhook broke off')
      })
    },
    /** A call under way is not waited for: whatever becomes of it, the next start looks again. */
    async stop() {
      stopping.abort()
    },
  }
}

/** What one run knows: when it began, and whether the webhook was as it should be since then. */
interface Memory {
  readonly sinceMs: number
  wasRight: boolean
}

async function look(deps: WebhookDeps, memory: Memory, signal: AbortSignal): Promise<Look> {
  const info = await deps.client.getWebhookInfo()
  if (!info.ok) return trouble(info)
  const { url, isOwn, ...rest } = deps.wanted()
  const current = info.value
  if (current.url === url && isUpToDate(current, rest.allowedUpdates)) {
    memory.wasRight = true
    return judge(current, memory.sinceMs, deps.clock.now())
  }
  if (current.url && !isOwn(current.url))
    return { state: 'conflict', reason: inWords('foreign_webhook_at', { host: hostOf(current.url) }) }
  // Whoever starts later wins. Setting it back would be a quarrel without end.
  if (current.url && current.url !== url && memory.wasRight) return { state: 'conflict', reason: inWords('other_key') }
  if (!current.url) await confirmPolled(deps, signal)
  const set = await deps.client.setWebhook({ url, maxConnections: MAX_CONNECTIONS, ...rest })
  if (!set.ok) return trouble(set)
  memory.wasRight = true
  deps.log.info({ botId: deps.bot.id, host: hostOf(url) }, 'the webhook is set')
  return FINE
}

function isUpToDate(info: WebhookInfo, allowedUpdates: readonly string[]): boolean {
  const allowed = new Set<string>(info.allowed_updates)
  const isSame = allowed.size === allowedUpdates.length && allowedUpdates.every((kind) => allowed.has(kind))
  return isSame && info.max_connections === MAX_CONNECTIONS
}

/** What was handled by polling and not confirmed yet would be posted to us again. Without an answer that is what happens. */
async function confirmPolled({ bot, client, wanted }: WebhookDeps, signal: AbortSignal): Promise<void> {
  if (bot.updateOffset === 0) return
  const { allowedUpdates } = wanted()
  await client.getUpdates({ offset: bot.updateOffset, timeoutSeconds: 0, allowedUpdates }, signal)
}

/** Errors from before our start say nothing: there was nobody to answer. */
function judge(info: WebhookInfo, sinceMs: number, nowMs: number): Look {
  const { pending_update_count: waiting, last_error_date: seconds = 0, last_error_message: message } = info
  const isNews = seconds * 1000 > Math.max(sinceMs, nowMs - ERROR_IS_NEWS_MS)
  if (!isNews || waiting === 0) return FINE
  const count = { count: waiting }
  const reason = message
    ? inWords('updates_stuck_saying', { said: message, ...count })
    : inWords('updates_stuck', count)
  return { state: 'unreachable', reason, waitMs: LOOK_EVERY_MS }
}

/** The rest of a webhook's address may be a secret of its owner. */
function hostOf(url: string): string {
  return URL.parse(url)?.host ?? 'an unknown address'
}

function trouble(result: Failed): Look {
  const { failure, errorCode, description } = result
  // Two processes that start together: one of them has set it.
  if (failure.kind === 'throttled') return { state: 'throttled', waitMs: failure.retryAfterSeconds * 1000 }
  const reason = errorCode === 400 ? inWords('address_refused', { said: description }) : reasonOfNoBot(result)
  return { state: stateAfter(result), reason }
}

/** For whoever wants to poll, or to leave: removes the webhook if it is one of ours. True when it is gone. Updates that wait are kept. */
export async function removeOwnWebhook(deps: {
  bot: { id: string }
  client: Pick<TelegramClient, 'deleteWebhook' | 'getWebhookInfo'>
  isOwn: (url: string) => boolean
  log: Log
}): Promise<boolean> {
  const info = await deps.client.getWebhookInfo()
  if (!info.ok || !info.value.url || !deps.isOwn(info.value.url)) return false
  const removed = await deps.client.deleteWebhook()
  if (removed.ok) deps.log.info({ botId: deps.bot.id }, 'the webhook is removed')
  return removed.ok
}
