import type { Clock } from '../../domain/clock.ts'
import type { RecordedRequest } from '../control-types.ts'
import type { Environment } from '../environment.ts'
import { afterMethod, beforeMethod, bendUpdates, type Delivery, type Hangup } from '../faults/apply-faults.ts'
import type { FaultAction } from '../faults/fault-rule.ts'
import type { FaultRules, FaultSubject } from '../faults/fault-rules.ts'
import { findMethod } from '../methods/method-table.ts'
import type { MethodCall } from '../methods/method-call.ts'
import type { Parameters } from '../parameters/parameters.ts'
import type { Recorder } from '../recorder.ts'
import { Refusal, refusal } from '../refusal.ts'
import type { SkewedClock } from '../skewed-clock.ts'
import type { BotData } from '../world/data.ts'
import { type Answer, failure, failureOf, success } from './answer.ts'
import { type BotPath, isTokenShaped, readBotPath, redactPath } from './bot-path.ts'

/** After logOut the server says so for a moment, then it no longer knows the bot. */
const LOGGED_OUT_MS = 10_000

/** What a request says before its parameters. */
export interface RequestHead {
  httpMethod: string
  path: string
  contentType: string | undefined
  userAgent: string | undefined
  clientAddress: string
}

/** What the server needs to answer the Bot API. */
export interface BotApi {
  production: Environment
  test: Environment
  clock: SkewedClock
  faults: FaultRules
  recorder: Recorder
}

/** Answers one request of the Bot API, with all that can go wrong on the way. */
export async function answerBotApi(
  api: BotApi,
  head: RequestHead,
  parameters: Parameters,
  signal: AbortSignal,
): Promise<Delivery> {
  const path = readBotPath(head.path)
  const environment = path?.test === true ? api.test : api.production
  const written = path?.method === '' ? parameters.text('method') : (path?.method ?? '')
  const found = findMethod(written)
  const bot = path === undefined ? undefined : findBot(environment, path.token)
  const record = beginRecord(api, head, parameters, { test: path?.test === true, bot, method: found?.name ?? written })
  const subject = { bot, method: found?.name ?? written, chatId: parameters.text('chat_id') }
  const struck = api.faults.strike(subject, 'call')
  const [first] = struck
  if (first !== undefined) record.fault = first.id
  const actions = struck.map(({ action }) => action)
  actOnWorld(api, environment, bot, actions)
  const run = async (): Promise<Answer> => {
    const known = assertKnown(environment, path, bot, head.clientAddress)
    if (found === undefined) throw refusal('method_not_found')
    const call = callOf(environment, known, parameters, signal, actions)
    const result = await runMethod(found.method, call, record)
    return success(record.method === 'getUpdates' ? strikeUpdates(api, subject, record, result) : result)
  }
  const delivery = await withFaults(actions, run, api.clock, signal)
  endRecord(api, record, delivery)
  return delivery
}

function findBot(environment: Environment, token: string): BotData | undefined {
  const bot = environment.world.bots.get(Number(token.split(':')[0]))
  return bot !== undefined && `${bot.id}:${bot.secret}` === token ? bot : undefined
}

/** The path's shape, then the token's, then whether an address shows too many new tokens, then whose token it is. */
function assertKnown(
  environment: Environment,
  path: BotPath | undefined,
  bot: BotData | undefined,
  clientAddress: string,
): BotData {
  if (path === undefined) throw refusal('not_found')
  if (!isTokenShaped(path.token)) throw refusal(environment.rules.cloud ? 'not_found' : 'invalid_token')
  const now = environment.world.clock.now()
  if (bot === undefined || !environment.launches.has(bot.id)) {
    const waitSeconds = environment.rates.firstSeenToken(clientAddress, environment.steadyClock.now())
    if (waitSeconds > 0)
      throw new Refusal(429, `Too Many Requests: retry after ${waitSeconds}`, { retry_after: waitSeconds })
  }
  if (bot === undefined) throw refusal('unauthorized')
  if (bot.loggedOutAtMs !== undefined) {
    throw refusal(now - bot.loggedOutAtMs < LOGGED_OUT_MS ? 'logged_out' : 'unauthorized')
  }
  if (!environment.launches.has(bot.id)) environment.launches.set(bot.id, now)
  return bot
}

function callOf(
  environment: Environment,
  bot: BotData,
  parameters: Parameters,
  signal: AbortSignal,
  actions: readonly FaultAction[],
): MethodCall {
  const album = actions.find((action) => action.kind === 'album_partial')
  const albumFault =
    album === undefined ? undefined : { stored: album.stored, retryAfterSeconds: album.retryAfterSeconds ?? 8 }
  return { environment, bot, parameters, signal, albumFault, outcome: { stored: [], violation: false } }
}

async function runMethod(
  method: (call: MethodCall) => unknown,
  call: MethodCall,
  record: RecordedRequest,
): Promise<unknown> {
  try {
    return await method(call)
  } finally {
    record.stored = call.outcome.stored
    record.violation = call.outcome.violation
  }
}

/** Twice, or backwards: what faults make of updates that go out. */
function strikeUpdates(api: BotApi, subject: FaultSubject, record: RecordedRequest, result: unknown): unknown {
  if (!Array.isArray(result) || result.length === 0) return result
  const struck = api.faults.strike(subject, 'updates')
  const [first] = struck
  if (first !== undefined) record.fault ??= first.id
  return bendUpdates(
    struck.map(({ action }) => action),
    result,
  )
}

async function withFaults(
  actions: readonly FaultAction[],
  run: () => Promise<Answer>,
  clock: Clock,
  signal: AbortSignal,
): Promise<Delivery> {
  for (const action of actions) {
    const ended: Answer | Hangup | undefined = await beforeMethod(action, clock, signal)
    if (ended === 'close' || ended === 'reset') return { answer: failure(500, 'hung up'), hangup: ended }
    if (ended !== undefined) return { answer: ended }
  }
  let delivery: Delivery = { answer: await run().catch(failureOf) }
  for (const action of actions) delivery = await afterMethod(action, delivery, clock, signal)
  return delivery
}

function actOnWorld(
  api: BotApi,
  environment: Environment,
  bot: BotData | undefined,
  actions: readonly FaultAction[],
): void {
  for (const action of actions) {
    if (action.kind === 'clock_skip') api.clock.skip(action.ms)
    if (action.kind === 'update_id_jump' && bot !== undefined) {
      bot.updates.nextId += action.by
      environment.world.changes.emit({ kind: 'bot', bot: bot.id })
    }
  }
}

function beginRecord(
  api: BotApi,
  head: RequestHead,
  parameters: Parameters,
  known: { test: boolean; bot: BotData | undefined; method: string },
): RecordedRequest {
  const chatId = parameters.text('chat_id')
  return api.recorder.begin({
    arrivedAtMs: api.clock.now(),
    test: known.test,
    ...(known.bot !== undefined && { bot: known.bot.id }),
    method: known.method,
    path: redactPath(head.path),
    httpMethod: head.httpMethod,
    ...(head.contentType !== undefined && { contentType: head.contentType }),
    ...(head.userAgent !== undefined && { userAgent: head.userAgent }),
    ...(chatId !== '' && { chatId }),
    parameters: parameters.describe(),
  })
}

function endRecord(api: BotApi, record: RecordedRequest, delivery: Delivery): void {
  const { answer, hangup } = delivery
  record.answeredAtMs = api.clock.now()
  if (hangup === undefined) record.status = answer.status
  if (hangup === undefined && answer.description !== undefined) record.description = answer.description
  if (answer.retryAfterSeconds !== undefined) record.retryAfterSeconds = answer.retryAfterSeconds
  const environment = record.test ? api.test : api.production
  environment.world.changes.emit({
    kind: 'request',
    ...(record.bot !== undefined && { bot: record.bot }),
    ...(/^-?\d{1,15}$/.test(record.chatId ?? '') && { chatId: Number(record.chatId) }),
  })
}
