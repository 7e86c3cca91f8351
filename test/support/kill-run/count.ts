import { isDeepStrictEqual } from 'node:util'
import { MOST_CONCURRENCY } from '../../../src/delivery/dispatcher.ts'
import { faultsOfWishes, findUnwillingCompany } from './faults-of-wishes.ts'
import { findDisorder } from './order.ts'
import type { Post } from './load.ts'
import { bodyOf } from './wishes.ts'
import type { Account } from './people.ts'
import { readAttempts, readRecords, type WireAttempt, type WireRecord } from './records.ts'
import { type Arrival, type Call, countRequests, type TelegramSide } from './telegram-side.ts'

/** How the record of a message names a call that a kill cut off. */
const KILLED = 'The program stopped while the call was under way.'

/** And one that took too long, which may be this machine's fault, and nobody's who is tested here. */
const TOO_LATE = /^Telegram gave no answer in time/

export interface Count {
  accepted: number
  /** Of the accepted ones, by status. */
  byStatus: Map<string, number>
  byError: Map<string, number>
  /** Messages that stand in a chat more than once, and how often beyond the first. */
  duplicated: number
  extraArrivals: number
  marked: number
  calls: number
  told429: number
  /** Of these, those that no fault made: the program was faster than the sandbox allows. */
  tooFast: number
  unknownByKill: number
  unknownByFault: number
  mostInFlightAtKill: number
  /** Telegram messages in which several of ours travelled. */
  digests: number
  /** Of the calls that a kill cut off: the most messages that travelled in one. */
  mostTogetherAtKill: number
  /** Everything that broke a promise, in words. */
  broken: string[]
}

/** All that is known about one accepted post. */
interface Case {
  post: Post
  record: WireRecord | undefined
  arrivals: Arrival[]
  calls: Call[]
  attempts: WireAttempt[] | undefined
}

/** Compares what was promised, what the program says and what stands in the chats. */
export async function count(
  url: string,
  given: { posts: readonly Post[]; accounts: readonly Account[]; telegram: TelegramSide },
): Promise<Count> {
  const cases = await gather(url, given)
  const { telegram, posts } = given
  const byNumber = new Map(posts.map((post) => [post.number, post]))
  const cutOff = callsAtKills(cases.list)
  const mostInFlightAtKill = Math.max(0, ...cutOff.map((byCall) => byCall.size))
  const broken = [
    ...cases.records.strangers,
    ...cases.list.flatMap(faultsOf),
    ...Map.groupBy(telegram.arrivals, ({ chatId }) => chatId)
      .values()
      .flatMap((arrivals) => findDisorder(arrivals, byNumber)),
    ...telegram.arrivals.filter(({ number }) => !byNumber.has(number)).map(({ text }) => `nobody posted: ${text}`),
    ...findUnwillingCompany(telegram.arrivals, byNumber),
    ...findImpatience(cases.list, telegram.calls),
    ...(telegram.conflicts > 0 ? [`two read the updates at the same time: ${telegram.conflicts} answers 409`] : []),
    ...(mostInFlightAtKill > MOST_CONCURRENCY ? [`${mostInFlightAtKill} calls were in flight at one kill`] : []),
  ]
  const records = cases.list.flatMap(({ record }) => record ?? [])
  const unknown = attemptsOf(cases).filter(({ outcome }) => outcome === 'unknown')
  const extra = cases.list.map(extraArrivals)
  const told = telegram.calls.filter(({ closedUntilMs }) => closedUntilMs !== undefined)
  return {
    accepted: posts.length,
    byStatus: tally(records.map(({ status }) => status)),
    byError: tally(records.flatMap(({ error }) => error?.code ?? [])),
    duplicated: extra.filter((times) => times > 0).length,
    extraArrivals: extra.reduce((sum, times) => sum + times, 0),
    marked: records.filter(({ possibleDuplicate }) => possibleDuplicate).length,
    calls: countRequests(telegram.calls),
    told429: countRequests(told),
    tooFast: countRequests(told.filter(({ faulted }) => !faulted)),
    unknownByKill: unknown.filter(isByKill).length,
    unknownByFault: unknown.filter((attempt) => !isByKill(attempt)).length,
    mostInFlightAtKill,
    digests: Map.groupBy(telegram.arrivals, ({ key }) => key)
      .values()
      .reduce((sum, together) => sum + (new Set(together.map(({ number }) => number)).size > 1 ? 1 : 0), 0),
    mostTogetherAtKill: Math.max(0, ...cutOff.flatMap((byCall) => [...byCall.values()])),
    broken,
  }
}

async function gather(
  url: string,
  { posts, accounts, telegram }: { posts: readonly Post[]; accounts: readonly Account[]; telegram: TelegramSide },
): Promise<{ list: Case[]; records: { strangers: string[] } }> {
  const records = new Map<string, WireRecord>()
  for (const account of accounts) for (const record of await readRecords(url, account)) records.set(record.id, record)
  const arrivals = Map.groupBy(telegram.arrivals, ({ number }) => number)
  const calls = Map.groupBy(telegram.calls, ({ number }) => number)
  const list: Case[] = posts.map((post) => ({
    post,
    record: records.get(post.id),
    arrivals: arrivals.get(post.number) ?? [],
    calls: calls.get(post.number) ?? [],
    attempts: undefined,
  }))
  // In order, a few at a time: the machine is not ours alone.
  const worth = list.filter(isWorthALook)
  const worker = async (): Promise<void> => {
    for (let one = worth.pop(); one; one = worth.pop()) {
      one.attempts = await readAttempts(url, one.post.chat.account, one.post.id)
    }
  }
  await Promise.all([worker(), worker(), worker(), worker()])
  const ids = new Set(posts.map(({ id }) => id))
  const strangers = [...records.values()].filter(({ id }) => !ids.has(id))
  return { list, records: { strangers: strangers.map(({ id, text }) => `nobody got a 202 for ${id}: ${text}`) } }
}

/** Where one call, answered at once, is not the whole story. */
function isWorthALook({ post, record, arrivals, calls }: Case): boolean {
  if (record === undefined) return false
  if (record.status !== 'delivered' || post.wishes.expiresAtMs !== null) return true
  return record.possibleDuplicate || record.attemptCount !== 1 || arrivals.length !== 1 || calls.length !== 1
}

/**
 * Of each kill the calls that it cut off, with how many messages each carried: those that travelled together were in one call, which is
 * known by its chat and its beginning.
 */
function callsAtKills(cases: readonly Case[]): Map<string, number>[] {
  const cutOff = cases.flatMap(({ attempts, post }) =>
    (attempts ?? []).filter(isByKill).map(({ startedAt, finishedAt }) => ({
      kill: finishedAt,
      call: `${post.chat.telegramId} ${startedAt}`,
    })),
  )
  const byKill = Map.groupBy(cutOff, ({ kill }) => kill).values()
  return Array.from(byKill, (lost) => tally(lost.map(({ call }) => call)))
}

function attemptsOf({ list }: { list: readonly Case[] }): WireAttempt[] {
  return list.flatMap(({ attempts }) => attempts ?? [])
}

function isByKill({ reason }: WireAttempt): boolean {
  return reason === KILLED
}

/** How often it stands there beyond the first time, over all its parts. */
function extraArrivals({ arrivals }: Case): number {
  return arrivals.length - new Set(arrivals.map(({ text }) => text)).size
}

function faultsOf(one: Case): string[] {
  const { post, record } = one
  if (record === undefined) return [`post ${post.number} (${post.id}) was accepted and is lost`]
  return [
    ...faultsOfEnd(one, record),
    ...faultsOfArrivals(one, record),
    ...faultsOfAttempts(one, record),
    ...faultsOfWishes(one, record, Date.now()),
  ].map((fault) => `post ${post.number} (${post.id}, ${record.status}) ${fault}`)
}

function faultsOfEnd({ post, arrivals }: Case, record: WireRecord): string[] {
  const { status, error, possibleDuplicate } = record
  if (!isAsPosted(post, record)) return ['is not what was posted']
  switch (status) {
    case 'delivered':
      return error === null ? faultsOfDelivery(post, arrivals, record) : ['has an error']
    case 'failed':
    case 'uncertain': {
      const isExplained = error !== null && error.code !== '' && error.detail.length > 10
      const mayStandThere = possibleDuplicate || status === 'uncertain' || post.text.length > 3000
      return [
        ...(isExplained ? [] : ['is not explained']),
        ...(arrivals.length > 0 && !mayStandThere ? ['stands in the chat all the same'] : []),
      ]
    }
    case 'expired':
      return []
    default:
      return ['has no end']
  }
}

function isAsPosted({ text, chat, wishes }: Post, record: WireRecord): boolean {
  const { priority, delivery, digest, expiresAt } = record
  const kept = { text: record.text, chatId: record.chatId, priority, delivery, digest, expiresAt }
  return isDeepStrictEqual(kept, { text, chatId: chat.id, ...bodyOf(wishes) })
}

function faultsOfDelivery(post: Post, arrivals: readonly Arrival[], { telegramMessageId }: WireRecord): string[] {
  const parts = [...new Set(arrivals.map(({ text }) => text))]
  const whole = `${post.chat.account.heading}\n${post.text}`
  // Where a long text is cut, white space may go.
  const isWhole = parts.join('') === whole || withoutSpace(parts.join('')) === withoutSpace(whole)
  const isNamed = arrivals.some(({ messageId }) => messageId === telegramMessageId)
  return [
    ...(isWhole
      ? []
      : [`does not stand in the chat as it was posted: ${JSON.stringify(parts.join('|').slice(0, 500))}`]),
    ...(isNamed ? [] : [`is not the Telegram message ${telegramMessageId}`]),
  ]
}

function withoutSpace(text: string): string {
  return text.replaceAll(/\s/gu, '')
}

function faultsOfArrivals(one: Case, { possibleDuplicate }: WireRecord): string[] {
  const { arrivals, post, attempts } = one
  const extra = extraArrivals(one)
  const unknown = attempts?.filter(({ outcome }) => outcome === 'unknown').length ?? 0
  return [
    ...arrivals.filter(({ chatId }) => chatId !== post.chat.telegramId).map(({ chatId }) => `stands in chat ${chatId}`),
    ...(extra > 0 && !possibleDuplicate ? [`stands there ${extra + 1} times, and is not marked`] : []),
    ...(extra > unknown ? [`stands there ${extra} times too often, with ${unknown} unknown outcomes`] : []),
    ...(possibleDuplicate && unknown === 0 ? ['is marked, without an unknown outcome'] : []),
  ]
}

/** Each call of ours that the sandbox saw must be on record. */
function faultsOfAttempts({ post, attempts, calls, arrivals }: Case, { possibleDuplicate }: WireRecord): string[] {
  if (attempts === undefined) return []
  const unexplained = attempts.filter((attempt) => {
    return attempt.outcome === 'unknown' && !isByKill(attempt) && !TOO_LATE.test(attempt.reason ?? '')
  }).length
  const faulted = calls.filter((call) => call.faulted).length
  const may = attempts.filter(({ outcome }) => outcome === 'delivered' || outcome === 'unknown').length
  return [
    ...(calls.length > attempts.length ? [`was sent ${calls.length} times, with ${attempts.length} on record`] : []),
    ...(unexplained > faulted ? [`had ${unexplained} unknown outcomes by ${faulted} faults`] : []),
    ...(arrivals.length > may ? [`stands there ${arrivals.length} times, which ${may} attempts explain`] : []),
    ...(attempts.some(({ outcome }) => outcome === 'unknown') &&
    !possibleDuplicate &&
    post.wishes.delivery === 'at_least_once'
      ? ['had an unknown outcome, and is not marked']
      : []),
  ]
}

/**
 * A 429 that is on record was known to the program: nothing may go to that chat before its time, kill or no kill. (One that a kill cut
 * off on its way is unknown to it.)
 */
function findImpatience(cases: readonly Case[], calls: readonly Call[]): string[] {
  const byChat = Map.groupBy(calls, ({ chatId }) => chatId)
  return cases.flatMap((one) => {
    const known = one.calls.filter((call) => call.closedUntilMs !== undefined && isOnRecord(call, one.attempts ?? []))
    return known.flatMap((told) => {
      const early = byChat.get(told.chatId)?.filter(({ arrivedAtMs }) => {
        return arrivedAtMs > told.answeredAtMs && arrivedAtMs < (told.closedUntilMs ?? 0)
      })
      return (early ?? []).map(({ number, arrivedAtMs }) => {
        return `post ${number} was sent ${(told.closedUntilMs ?? 0) - arrivedAtMs} ms too early after a 429`
      })
    })
  })
}

function isOnRecord({ arrivedAtMs, answeredAtMs }: Call, attempts: readonly WireAttempt[]): boolean {
  return attempts.some(({ outcome, startedAt, finishedAt }) => {
    return outcome === 'throttled' && Date.parse(startedAt) <= arrivedAtMs && answeredAtMs <= Date.parse(finishedAt)
  })
}

function tally(words: readonly string[]): Map<string, number> {
  const counted = new Map<string, number>()
  for (const word of words) counted.set(word, (counted.get(word) ?? 0) + 1)
  return counted
}
