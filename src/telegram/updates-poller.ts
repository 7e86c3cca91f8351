import type { Update } from '@grammyjs/types'
import type { Clock } from '../domain/clock.ts'
import { OwnershipLost } from '../domain/ownership.ts'
import type { Random } from '../domain/random.ts'
import { inWords } from '../domain/reasons.ts'
import { reasonOfNoBot } from './no-bot.ts'
import type { CallResult, TelegramClient } from './telegram-client.ts'
import { type TellStateDeps, tellState } from './tell-state.ts'
import { untilAborted } from './until-aborted.ts'
import { UpdateLanes, type UpdateLanesDeps } from './update-lanes.ts'
import { backOffMs, type Failed, stateAfter, type TroubleState } from './updates-trouble.ts'

export interface UpdatesPollerDeps extends TellStateDeps {
  bot: {
    id: string
    /** The next offset, as `saveOffset` left it; 0 when the bot never had an update. */
    updateOffset: number
  }
  client: Pick<TelegramClient, 'getUpdates' | 'getWebhookInfo'>
  /** Resolves when Telegram knows the token; with false when it is over before. */
  whenIn(): Promise<boolean>
  /** Kinds of update that Telegram shall give us; it remembers them. */
  allowedUpdates: readonly Exclude<keyof Update, 'update_id'>[]
  /**
   * Does what an update asks for and answers it. Must bear being given the same update again. With `leave` more of the same chat wait
   * already; then it should not wait for the answer to go out but hand it over, or one busy chat would hold up what Telegram gives us
   * of all others.
   */
  handle: UpdateLanesDeps['handle']
  saveOffset(offset: number): Promise<void>
  /** At a stop: these will be given again, because one before them is not handled, and need not be handled again. */
  noteHandled(updateIds: readonly number[]): Promise<void>
  /**
   * Asked before the first poll, and when a webhook keeps the updates from us. True when it is gone now: it was ours, set when updates came that way, or the bot's
   * owner wants to take over from whoever set it.
   */
  removeOwnWebhook(): Promise<boolean>
  clock: Clock
  random: Random
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

/**
 * A first poll that is open for longer, in milliseconds, is one that Telegram holds: it keeps a poll that looks like the one before it
 * for some 3 s, as after a bot was switched off and on (github.com/tdlib/telegram-bot-api, Client.cpp).
 */
const HELD_MS = 500

/** Milliseconds between polls while an update of some chat is still being handled: for so long a slow chat can hold up others. */
const PATIENCE_MS = 1000

/**
 * Asks Telegram for a bot's updates by long polling. What an update asks for is committed and answered first, then the offset is
 * saved, and only the poll after that confirms the update to Telegram: whatever happens in between, it comes again.
 */
export function createUpdatesPoller(deps: UpdatesPollerDeps): UpdatesPoller {
  const stopping = new AbortController()
  const lanes = new UpdateLanes(deps, deps.bot.updateOffset, stopping.signal)
  let saved = deps.bot.updateOffset
  const say = tellState(deps)
  let running: Promise<void> = Promise.resolve()
  let telling: Promise<void> = Promise.resolve()

  async function run(): Promise<void> {
    let failures = 0
    // The first poll comes back at once: it tells whether all is well.
    let patienceSeconds = 0
    // Telegram would refuse a poll beside a webhook, and whether this bot had one before is nowhere else to be learnt.
    await deps.removeOwnWebhook()
    while (!stopping.signal.aborted) {
      const beganMs = deps.clock.now()
      const isAllDone = lanes.isIdle && saved === lanes.offset
      const timeoutSeconds = isAllDone ? patienceSeconds : 0
      const isFirst = patienceSeconds === 0
      const polled = poll(timeoutSeconds)
      if (isFirst) void sayWhileHeld(polled)
      const result = await polled
      await telling
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

  /**
   * What a first poll tells when it comes back, another call tells while it is held: the token is good, and no webhook takes the
   * updates away. A poll that was refused meanwhile has its own word to say.
   */
  async function sayWhileHeld(polled: Promise<unknown>): Promise<void> {
    const over = new AbortController()
    const done = polled.finally(() => over.abort()).catch(() => undefined)
    if (!(await Promise.race([deps.whenIn(), done]))) return
    const isOver = AbortSignal.any([over.signal, stopping.signal])
    await deps.clock.sleep(HELD_MS, isOver)
    if (isOver.aborted) return
    const info = await deps.client.getWebhookInfo()
    if (info.ok && !info.value.url && !isOver.aborted) telling = say('running', null)
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
      // Whoever took the bot over goes on from the last one that was saved.
      if (error instanceof OwnershipLost) return
      deps.log.warn({ err: error, botId: deps.bot.id }, 'the update offset could not be saved; it is tried again')
    }
  }

  async function noteHandled(): Promise<void> {
    const ids = lanes.handledFrom(saved)
    if (ids.length === 0) return
    await deps.noteHandled(ids).catch((error: unknown) => {
      deps.log.warn({ err: error, botId: deps.bot.id }, 'some updates may be handled again after the next start')
    })
  }

  async function backOff(result: Failed, failures: number): Promise<void> {
    if (isAboutWebhook(result) && (await deps.removeOwnWebhook())) {
      return await deps.clock.sleep(PATIENCE_MS, stopping.signal)
    }
    const { failure } = result
    const { state, reason } = diagnose(result)
    await say(state, reason)
    const waitMs =
      failure.kind === 'throttled' ? failure.retryAfterSeconds * 1000 : backOffMs(state, failures, deps.random)
    await deps.clock.sleep(waitMs, stopping.signal)
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
      await Promise.race([running.then(() => lanes.idle()), untilAborted(hard)])
      const saving = save().then(noteHandled)
      if (!hard.aborted) await saving
    },
  }
}

function diagnose(result: Failed): { state: TroubleState; reason: string } {
  const isConflict = result.errorCode === 409
  if (isConflict)
    return { state: 'conflict', reason: inWords(isAboutWebhook(result) ? 'foreign_webhook' : 'polled_elsewhere') }
  return { state: stateAfter(result), reason: reasonOfNoBot(result) }
}

function isAboutWebhook({ errorCode, description }: Failed): boolean {
  return errorCode === 409 && /webhook/i.test(description)
}
