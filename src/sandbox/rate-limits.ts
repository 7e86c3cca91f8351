import type { Random } from '../domain/random.ts'
import type { RatesConfiguration } from './control-types.ts'
import { Cooldowns } from './rate-cooldowns.ts'
import { FirstSeenTokens } from './rate-first-seen.ts'
import { Buckets, type RateRule } from './rate-gcra.ts'

export interface RateOptions extends RatesConfiguration {
  profile: NonNullable<RatesConfiguration['profile']>
  random: Random
}

export interface RateRequest {
  botId: number
  /** Absent for messages that are named without a chat (inline messages). */
  chatId: number | undefined
  chatKind: 'private' | 'group' | 'channel'
  /** Sends, copies and forwards count as `send`; edits have a bucket of their own, in groups. */
  kind: 'send' | 'edit'
  /** Messages that the request makes: the items of an album, the ids of a copy; see `weightOf` for one text. */
  weight: number
  /** `allow_paid_broadcast`. */
  paid?: boolean
  nowMs: number
}

export type RateDecision =
  /** `delayMs` is more than 0 only where waits are absorbed: the message is stored and answered after it. */
  | { allowed: true; delayMs: number }
  /** `violation`: the request came inside a running cooldown. */
  | { allowed: false; retryAfterSeconds: number; violation: boolean }

export interface RateCounters {
  /** Messages that passed, by weight. */
  sent: number
  edited: number
  /** Requests that got a 429. */
  refused: number
  /** Of these, requests that were made inside a running cooldown. */
  violations: number
  /** Requests whose wait was absorbed. */
  absorbed: number
  /** Price of the paid messages beyond the free 30 in their second, in Stars. */
  stars: number
  cooldowns: { scope: 'chat' | 'bot'; chatId?: number; deadlineMs: number }[]
}

/** Sources: Telegram bots FAQ, "My bot is hitting limits"; the bursts and the edits are what libraries observed. */
const CHAT: RateRule = { intervalMs: 1000, burst: 5 }
const STRICT_PRIVATE: RateRule = { intervalMs: 1000, burst: 1 }
const GROUP: RateRule = { intervalMs: 3000, burst: 20 }
const BOT: RateRule = { intervalMs: 1000 / 30, burst: 30 }
const PAID: RateRule = { intervalMs: 1, burst: 1000 }

/** Free messages in a second of a paid broadcast, and the price in Stars of each one above (Bot API, `allow_paid_broadcast`). */
const FREE_PER_SECOND = 30
const TENTHS_OF_STAR = 1

/** TDLib waits silently for a bot's query until the waits of its chat's chain exceed this (`NetQueryCreator`). */
const ABSORBED_MS = 8000

const CAP_SECONDS = { documented: 60, strict: 3600 } as const
const LONG_TEXT = 500

interface Charge {
  key: string
  rule: RateRule
  scope: 'chat' | 'bot'
}

/** Waits that were absorbed one behind the other. */
interface Chain {
  releaseMs: number
  waitedMs: number
}

interface Tally {
  sent: number
  edited: number
  refused: number
  violations: number
  absorbed: number
  starTenths: number
  second: number
  inSecond: number
}

/**
 * How fast bots may write. A model: Telegram's own limits are not public (see docs/sandbox.md). Time is an argument, in
 * milliseconds; a refused request takes nothing.
 */
export class RateLimits {
  #options: RateOptions
  readonly #buckets = new Buckets()
  readonly #cooldowns = new Cooldowns()
  readonly #firstSeen = new FirstSeenTokens()
  readonly #chains = new Map<string, Chain>()
  readonly #tallies = new Map<number, Tally>()
  #latestMs = 0

  constructor(options: RateOptions) {
    this.#options = options
  }

  check(request: RateRequest): RateDecision {
    this.#latestMs = Math.max(this.#latestMs, request.nowMs)
    const charges = this.#chargesOf(request)
    const cooldownMs = this.#cooldownMs(request)
    const waits = charges.map((charge) => ({
      charge,
      ms: this.#buckets.waitMs(charge.key, charge.rule, request.weight, request.nowMs),
    }))
    const waitMs = Math.max(cooldownMs, ...waits.map(({ ms }) => ms))
    if (this.#options.profile === 'off' || waitMs <= 0) return this.#pass(request, charges, 0)
    if (this.#absorbs(request, waitMs)) return this.#pass(request, charges, waitMs)
    if (cooldownMs > 0) return this.#violation(request)
    const overflowed = waits.some(({ charge, ms }) => charge.scope === 'bot' && ms > 0)
    return this.#refuse(request, overflowed ? 'bot' : this.#scopeOfCooldown(request), waitMs)
  }

  /** What one text weighs: 1, or 2 where long texts count twice. `length` in Unicode code points. */
  weightOf(length: number): number {
    return this.#options.longTextWeight === true && length > LONG_TEXT ? 2 : 1
  }

  /** Seconds that an address must wait before it may show another new token; 0 lets this one in. */
  firstSeenToken(clientAddress: string, nowMs: number): number {
    return this.#options.profile === 'off' ? 0 : this.#firstSeen.admit(clientAddress, nowMs)
  }

  /** `nowMs` tells which cooldowns still run; by default the time of the latest request. */
  counters(botId: number, nowMs = this.#latestMs): RateCounters {
    const { sent, edited, refused, violations, absorbed, starTenths } = this.#tally(botId)
    const cooldowns = this.#cooldowns.running(`${botId} `, nowMs).map(({ scope, deadlineMs }) => {
      const chat = scope.split(' ')[1] ?? ''
      return chat === ''
        ? { scope: 'bot' as const, deadlineMs }
        : { scope: 'chat' as const, chatId: Number(chat), deadlineMs }
    })
    return { sent, edited, refused, violations, absorbed, stars: starTenths / 10, cooldowns }
  }

  /** Forgets all traffic; the options stay. */
  reset(): void {
    this.#buckets.clear()
    this.#cooldowns.clear()
    this.#firstSeen.clear()
    this.#chains.clear()
    this.#tallies.clear()
  }

  configure(options: Partial<RateOptions>): void {
    this.#options = { ...this.#options, ...options }
  }

  #chargesOf(request: RateRequest): Charge[] {
    const { botId, chatId, chatKind, kind } = request
    const isGroup = chatKind === 'group' || (chatKind === 'channel' && this.#options.channelLimit !== false)
    const chat = chatScope(request)
    const group: Charge = { key: `group-${kind} ${chat}`, rule: GROUP, scope: 'chat' }
    if (kind === 'edit') return isGroup && chatId !== undefined ? [group] : []
    const bot: Charge = request.paid
      ? { key: `paid ${botId}`, rule: PAID, scope: 'bot' }
      : { key: `bot ${botId}`, rule: BOT, scope: 'bot' }
    if (chatId === undefined || (chatKind === 'channel' && !isGroup)) return [bot]
    const isStrict = this.#options.profile === 'strict' && chatKind === 'private'
    const own: Charge = { key: `chat ${chat}`, rule: isStrict ? STRICT_PRIVATE : CHAT, scope: 'chat' }
    return isGroup ? [own, group, bot] : [own, bot]
  }

  #cooldownMs(request: RateRequest): number {
    return Math.max(...scopesOf(request).map((scope) => this.#cooldowns.remainingMs(scope, request.nowMs)))
  }

  #scopeOfCooldown(request: RateRequest): 'chat' | 'bot' {
    const { scope = 'chat', random } = this.#options
    if (request.chatId === undefined) return 'bot'
    if (scope !== 'random') return scope
    return random.unit() < 0.5 ? 'chat' : 'bot'
  }

  #absorbs(request: RateRequest, waitMs: number): boolean {
    if (this.#options.absorb !== true) return false
    const { waitedMs, addedMs } = this.#chainAfter(request, waitMs)
    return waitedMs + addedMs <= ABSORBED_MS
  }

  #chainAfter(request: RateRequest, waitMs: number): { waitedMs: number; addedMs: number } {
    const { nowMs } = request
    const chain = this.#chains.get(chatScope(request))
    const isRunning = chain !== undefined && chain.releaseMs > nowMs
    const addedMs = isRunning ? Math.max(0, nowMs + waitMs - chain.releaseMs) : waitMs
    return { waitedMs: isRunning ? chain.waitedMs : 0, addedMs }
  }

  #pass(request: RateRequest, charges: readonly Charge[], waitMs: number): RateDecision {
    const { botId, kind, weight, nowMs } = request
    const tally = this.#tally(botId)
    const delayMs = waitMs > 0 ? this.#delay(request, waitMs, tally) : 0
    for (const { key, rule } of charges) this.#buckets.charge(key, rule, weight, nowMs)
    if (kind === 'edit') tally.edited += weight
    else tally.sent += weight
    if (kind === 'send') this.#countSecond(tally, request)
    return { allowed: true, delayMs }
  }

  #delay(request: RateRequest, waitMs: number, tally: Tally): number {
    const { waitedMs, addedMs } = this.#chainAfter(request, waitMs)
    const releaseMs = Math.max(request.nowMs + waitMs, this.#chains.get(chatScope(request))?.releaseMs ?? 0)
    this.#chains.set(chatScope(request), { releaseMs, waitedMs: waitedMs + addedMs })
    tally.absorbed += 1
    return Math.ceil(releaseMs - request.nowMs)
  }

  #countSecond(tally: Tally, { weight, paid, nowMs }: RateRequest): void {
    const second = Math.floor(nowMs / 1000)
    if (tally.second !== second) Object.assign(tally, { second, inSecond: 0 })
    const free = Math.max(0, FREE_PER_SECOND - tally.inSecond)
    tally.inSecond += weight
    if (paid === true) tally.starTenths += Math.max(0, weight - free) * TENTHS_OF_STAR
  }

  #violation(request: RateRequest): RateDecision {
    const { nowMs, botId } = request
    const tally = this.#tally(botId)
    tally.violations += 1
    tally.refused += 1
    if (this.#options.penalty !== false) {
      const cap = this.#options.profile === 'strict' ? CAP_SECONDS.strict : CAP_SECONDS.documented
      for (const scope of scopesOf(request)) {
        if (this.#cooldowns.remainingMs(scope, nowMs) > 0) this.#cooldowns.violate(scope, cap, nowMs)
      }
    }
    return { allowed: false, retryAfterSeconds: wholeSeconds(this.#cooldownMs(request)), violation: true }
  }

  #refuse(request: RateRequest, scope: 'chat' | 'bot', waitMs: number): RateDecision {
    const retryAfterSeconds = wholeSeconds(waitMs)
    this.#tally(request.botId).refused += 1
    const key = scope === 'bot' ? botScope(request) : chatScope(request)
    this.#cooldowns.open(key, retryAfterSeconds, request.nowMs)
    return { allowed: false, retryAfterSeconds, violation: false }
  }

  #tally(botId: number): Tally {
    const known = this.#tallies.get(botId)
    if (known) return known
    const fresh = { sent: 0, edited: 0, refused: 0, violations: 0, absorbed: 0, starTenths: 0, second: -1, inSecond: 0 }
    this.#tallies.set(botId, fresh)
    return fresh
  }
}

function wholeSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000))
}

function botScope(request: RateRequest): string {
  return `${request.botId} `
}

function chatScope(request: RateRequest): string {
  return `${request.botId} ${request.chatId ?? ''}`
}

function scopesOf(request: RateRequest): string[] {
  return request.chatId === undefined ? [botScope(request)] : [botScope(request), chatScope(request)]
}
