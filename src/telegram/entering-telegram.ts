import type { Clock } from '../domain/clock.ts'
import type { Failure, SendResult } from '../domain/failure.ts'
import { inWords } from '../domain/reasons.ts'
import type { Entrance, EntranceUrgency, Knock, Turn } from './entrance.ts'
import type { CallResult, TelegramClient } from './telegram-client.ts'
import { untilAborted } from './until-aborted.ts'

export interface EnteringTelegramDeps {
  client: TelegramClient
  entrance: Entrance
  token: string
  urgency: EntranceUrgency
  /** Telegram answered to this token before. */
  isMet: boolean
  clock: Clock
  /** Ends every wait; whoever waited hears of a call that was never made. */
  over: AbortSignal
  /** Told when the bot has to wait before it may begin, in plain words. Must not throw. */
  onWait: (reason: string) => void
  /** Told once when Telegram answers to a token that was not met before. Must not throw. */
  onMet: () => void
}

export interface EnteringTelegram {
  client: TelegramClient
  /**
   * `client.sendText` for a message that is marked as being sent by now. It must not stand in a row: should the program be killed there,
   * it would count as one that may have arrived. While the token is refused, it hears so at once, and whoever asks whether the token
   * works takes the turn.
   */
  sendMarked: TelegramClient['sendText']
  /** Somebody waits for this bot. */
  hurry: () => void
  /** Resolves when Telegram knows the token; with false when it is over before. */
  whenIn: () => Promise<boolean>
}

const REASON = inWords('stopped_before_turn')
const FAILURE: Failure = { kind: 'temporary', reason: REASON }
const NOT_MADE: CallResult<never> & { ok: false } = { ok: false, failure: FAILURE, errorCode: 0, description: REASON }

/**
 * The client of a bot whose first call waits for its turn at the entrance, with all others behind it. When Telegram answers it with 429,
 * it is made again after the time that Telegram names, and nobody hears of it: it was not carried out.
 */
export function enteringTelegram(deps: EnteringTelegramDeps): EnteringTelegram {
  const { client, entrance, token, clock, over, onWait, onMet } = deps
  const knock: Knock = { urgency: deps.urgency, isMet: deps.isMet }
  const isIn = Promise.withResolvers<boolean>()
  let isMetKnown = deps.isMet
  let knocking: Promise<unknown> | undefined
  let refusal: Failure | undefined
  if (entrance.knows(token)) isIn.resolve(true)
  over.addEventListener('abort', () => isIn.resolve(false), { once: true })

  async function calling<R extends Answer>(call: () => Promise<R>, notMade: R, signal = over): Promise<R> {
    const enough = signal === over ? over : AbortSignal.any([over, signal])
    // Whoever is known may finish what is under way, also when it is over.
    while (!entrance.knows(token)) {
      if (enough.aborted) return notMade
      const answer = knocking === undefined ? await asFirst(call, enough) : undefined
      if (answer !== undefined) return answer
      await Promise.race([knocking, untilAborted(enough)])
    }
    return heard(await call())
  }

  /** Undefined when it was not made, or has to be made again. */
  function asFirst<R extends Answer>(call: () => Promise<R>, enough: AbortSignal): Promise<R | undefined> {
    const first = tryToEnter(call, enough).finally(() => {
      knocking = undefined
    })
    knocking = first.catch(() => undefined)
    return first
  }

  async function tryToEnter<R extends Answer>(call: () => Promise<R>, enough: AbortSignal): Promise<R | undefined> {
    let isAtOnce = false
    const coming = entrance.turn(knock, enough).then((turn) => {
      isAtOnce = true
      return turn
    })
    await Promise.resolve()
    // Those met before wait for a moment at most.
    if (!isAtOnce && knock.urgency !== 'late' && !entrance.trusts(knock)) onWait(inWords('waits_to_begin'))
    const turn = await coming
    if (turn === undefined) return undefined
    const { answer, retryAfterSeconds } = await inTurn(turn, call)
    if (retryAfterSeconds === undefined) return answer
    onWait(inWords('told_to_begin_later', { seconds: retryAfterSeconds }))
    await clock.sleep(retryAfterSeconds * 1000, enough)
    return undefined
  }

  async function inTurn<R extends Answer>(turn: Turn, call: () => Promise<R>) {
    let retryAfterSeconds: number | undefined
    try {
      const answer = heard(await call())
      if (!answer.ok && answer.failure.kind === 'throttled') retryAfterSeconds = answer.failure.retryAfterSeconds
      if (retryAfterSeconds !== undefined) entrance.throttled(token, retryAfterSeconds * 1000)
      return { answer, retryAfterSeconds }
    } finally {
      if (turn === 'met') entrance.met(retryAfterSeconds !== undefined)
    }
  }

  function heard<R extends Answer>(answer: R): R {
    const word = wordOf(answer)
    if (word === 'refused') {
      entrance.refused(token, knock)
      refusal = answer.ok ? undefined : answer.failure
    } else if (word === 'taken') {
      entrance.entered(token)
      refusal = undefined
      if (!isMetKnown) onMet()
      isMetKnown = true
      isIn.resolve(true)
    }
    return answer
  }

  async function sendText(...[message, signal]: Parameters<TelegramClient['sendText']>): Promise<SendResult> {
    return await calling<SendResult>(() => client.sendText(message, signal), { ok: false, failure: FAILURE }, signal)
  }

  return {
    hurry: () => {
      if (knock.urgency === 'normal') knock.urgency = 'soon'
    },
    whenIn: () => isIn.promise,
    async sendMarked(message, signal) {
      if (refusal !== undefined && !entrance.knows(token)) return { ok: false, failure: refusal }
      return await sendText(message, signal)
    },
    client: {
      sendText,
      editText: (message) => calling(() => client.editText(message), NOT_MADE),
      answerCallback: (...given) => calling(() => client.answerCallback(...given), NOT_MADE),
      getMe: (signal) => calling(() => client.getMe(signal), NOT_MADE, signal),
      getUpdates: (input, signal) => calling(() => client.getUpdates(input, signal), NOT_MADE, signal),
      getWebhookInfo: () => calling(() => client.getWebhookInfo(), NOT_MADE),
      setWebhook: (webhook) => calling(() => client.setWebhook(webhook), NOT_MADE),
      deleteWebhook: () => calling(() => client.deleteWebhook(), NOT_MADE),
      getChatAdministrators: (chatId) => calling(() => client.getChatAdministrators(chatId), NOT_MADE),
      getCommands: (languageCode) => calling(() => client.getCommands(languageCode), NOT_MADE),
      getDescription: (languageCode) => calling(() => client.getDescription(languageCode), NOT_MADE),
      getShortDescription: (languageCode) => calling(() => client.getShortDescription(languageCode), NOT_MADE),
      setCommands: (...given) => calling(() => client.setCommands(...given), NOT_MADE),
      setDescription: (...given) => calling(() => client.setDescription(...given), NOT_MADE),
      setShortDescription: (...given) => calling(() => client.setShortDescription(...given), NOT_MADE),
      close: () => client.close(),
    },
  }
}

type Answer = SendResult | CallResult<unknown>

/** What an answer says about the token. Nothing at all when there was none, or when a server on the way had trouble. */
function wordOf(answer: Answer): 'taken' | 'refused' | undefined {
  if (answer.ok) return 'taken'
  const { kind } = answer.failure
  if (kind === 'bot_rejected') return 'refused'
  if (kind === 'throttled') return undefined
  const wasAnswered = 'errorCode' in answer && answer.errorCode >= 400 && answer.errorCode < 500
  return wasAnswered || (kind !== 'temporary' && kind !== 'unknown') ? 'taken' : undefined
}
