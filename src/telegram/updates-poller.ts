import type { Update } from '@grammyjs/types'
import type { BotState } from '../domain/bot.ts'
import type { Clock } from '../domain/clock.ts'
import type { Log } from '../domain/log.ts'
import type { Random } from '../domain/random.ts'
import type { CallResult, TelegramClient } from './telegram-client.ts'
import { UpdateLanes } from './update-lanes.ts'

export interface UpdatesPollerDeps {
  bot: {
    id: string
    /** The next offset, as `saveOffset` left it; 0 when the bot never had an update. */
    updateOffset: number
  }
  client: Pick<TelegramClient, 'getUpdates'>
  /** Kinds of update that Telegram shall give us; it remembers them. */
  allowedUpdates: readonly Exclude<keyof Update, 'update_id'>[]
  /**
   * Does what an update asks for and answers it. Must bear being given the same update again. `isBehind`: more of the same chat wait
   * already; then it should not wait for the answer to go out, or one busy chat would hold up what Telegram gives us of all others.
   */
  handle(update: Update, isBehind: boolean): Promise<void>
  saveOffset(offset: number): Promise<void>
  /** Called when it changes. */
  saveState(state: BotState, reason: string | null): Promise<void>
  clock: Clock
  random: Random
  log: Log
}

/** A part of the program that runs; the same shape as `Service` in `ops/`. */
export interface UpdatesPoller {
  readonly name: string
  start(): Promise<void>
  stop(hard: AbortSignal): Promise<void>
}

/** Seconds that Telegram holds a poll without news; it allows 50 (github.com/tdlib/telegram-bot-api, Client.cpp). */
const LONG_POLL_SECONDS = 30

/** Seconds of the first poll after trouble: long enough to meet another poller again, short enough to tell soon that it is over. */
const CAREFUL_POLL_SECONDS = 5

/** Milliseconds between polls while an update of some chat is still being handled: for so long a slow chat can hold up others. */
const PATIENCE_MS = 1000

/** First and longest wait in milliseconds after failed polls; it doubles in between. */
const BACK_OFF_MS = {
  unreachable: { first: 1000, longest: 60_000 },
  // Each poll of ours cuts off the other program's, so there is no hurry.
  conflict: { first: 5000, longest: 120_000 },
  rejected: { first: 10_000, longest: 300_000 },
} as const

/**
 * Asks Telegram for a bot's updates by long polling. What an update asks for is committed and answered first, then the offset is
 * saved, and only the poll after that confirms the update to Telegram: whatever happens in between, it comes again.
 */
export function createUpdatesPoller(deps: UpdatesPollerDeps): UpdatesPoller {
  const stopping = new AbortController()
  const lanes = new UpdateLanes(deps, deps.bot.updateOffset, stopping.signal)
  let saved = deps.bot.updateOffset
  let said: string | undefined
  let running: Promise<void> = Promise.resolve()

  async function run(): Promise<void> {
    let failures = 0
    // The first poll comes back at once: it tells whether all is well.
    let patienceSeconds = 0
    while (!stopping.signal.aborted) {
      const beganMs = deps.clock.now()
      const isAllDone = lanes.isIdle && saved === lanes.offset
      const timeoutSeconds = isAllDone ? patienceSeconds : 0
      const result = await poll(timeoutSeconds)
      if (stopping.signal.aborted) return
      if (result.ok) {
        failures = 0
        await say('running', null)
        const isFresh = lanes.take(result.value) > 0
        // An answer without news that came at once (an update is still open, or a server does not know long polling) would come
        // at once again.
        const isHasty = deps.clock.now() - beganMs < PATIENCE_MS && (timeoutSeconds > 0 || !isAllDone)
        if (isFresh || isHasty) await settle(isFresh)
        await save()
        patienceSeconds = LONG_POLL_SECONDS
      } else {
        patienceSeconds = CAREFUL_POLL_SECONDS
        failures += 1
        await backOff(result, failures)
      }
    }
  }

  function poll(timeoutSeconds: number): Promise<CallResult<Update[]>> {
    const { allowedUpdates } = deps
    return deps.client.getUpdates({ offset: saved, timeoutSeconds, allowedUpdates }, stopping.signal)
  }

  /** Waits until everything is handled, but not for ever. */
  async function settle(isFresh: boolean): Promise<void> {
    const enough = new AbortController()
    const patience = deps.clock.sleep(PATIENCE_MS, AbortSignal.any([enough.signal, stopping.signal]))
    await (isFresh ? Promise.race([lanes.idle(), patience]) : patience)
    enough.abort()
  }

  async function save(): Promise<void> {
    const { offset } = lanes
    if (offset === saved) return
    try {
      await deps.saveOffset(offset)
      saved = offset
    } catch (error) {
      deps.log.warn({ err: error, botId: deps.bot.id }, 'the update offset could not be saved; it is tried again')
    }
  }

  async function backOff(result: CallResult<never> & { ok: false }, failures: number): Promise<void> {
    const { state, reason } = diagnose(result)
    await say(state, reason)
    await deps.clock.sleep(waitMs(result, state, failures, deps.random), stopping.signal)
  }

  async function say(state: BotState, reason: string | null): Promise<void> {
    const news = `${state} ${reason}`
    if (news === said) return
    said = news
    const what = { botId: deps.bot.id, state, reason }
    if (state === 'running') deps.log.info(what, 'the bot receives updates')
    else deps.log.warn(what, 'the bot does not receive updates')
    try {
      await deps.saveState(state, reason)
    } catch (error) {
      said = undefined
      deps.log.warn({ ...what, err: error }, 'the state of the bot could not be saved')
    }
  }

  return {
    name: `updates of ${deps.bot.id}`,
    async start() {
      running = run().catch((error: unknown) => {
        deps.log.error({ err: error, botId: deps.bot.id }, 'asking for updates broke off')
      })
    },
    async stop(hard) {
      stopping.abort()
      await Promise.race([running.then(() => lanes.idle()), aborted(hard)])
      if (!hard.aborted) await save()
    },
  }
}

type TroubleState = keyof typeof BACK_OFF_MS

function diagnose(result: CallResult<never> & { ok: false }): { state: TroubleState; reason: string } {
  const { failure, errorCode, description } = result
  if (errorCode === 409) return { state: 'conflict', reason: /webhook/i.test(description) ? WEBHOOK : OTHER_POLLER }
  if (errorCode === 401 || errorCode === 404 || failure.kind === 'bot_rejected') {
    return { state: 'rejected', reason: failure.reason }
  }
  return { state: 'unreachable', reason: failure.reason }
}
const OTHER_POLLER =
  'Another program asks Telegram for the updates of this bot, too, so each gets only some of them. Stop the other one. Sending goes on.'
const WEBHOOK =
  'A webhook is set for this bot, so Telegram gives its updates only there. Remove it with deleteWebhook. Sending goes on.'

/** With jitter of up to a half, so that many bots do not come back at the same moment. */
function waitMs(
  { failure }: CallResult<never> & { ok: false },
  state: TroubleState,
  failures: number,
  random: Random,
): number {
  if (failure.kind === 'throttled') return failure.retryAfterSeconds * 1000
  const { first, longest } = BACK_OFF_MS[state]
  return Math.round(Math.min(longest, first * 2 ** (failures - 1)) * (1 - random.unit() / 2))
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
