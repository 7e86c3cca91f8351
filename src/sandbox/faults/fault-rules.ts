import type { Clock } from '../../domain/clock.ts'
import type { Random } from '../../domain/random.ts'
import type { FaultAction, FaultRule, FaultRuleView } from './fault-rule.ts'

/** The call that a rule may match. */
export interface FaultSubject {
  bot: { id: number; username: string } | undefined
  method: string
  chatId: string
}

interface HeldRule {
  view: Omit<FaultRuleView, 'spent'>
  startsAtMs: number
  endsAtMs: number
}

/** The fault rules in force, oldest first. */
export class FaultRules {
  readonly #clock: Clock
  readonly #random: Random
  #rules: HeldRule[] = []
  #lastId = 0
  #onUsedUp = (): void => undefined

  constructor(clock: Clock, random: Random) {
    this.#clock = clock
    this.#random = random
  }

  /** Called when a rule has struck for the last time. */
  whenUsedUp(listener: () => void): void {
    this.#onUsedUp = listener
  }

  add(rule: FaultRule): FaultRuleView {
    this.#lastId += 1
    const view = { ...rule, id: this.#lastId, matched: 0, struck: 0 }
    const startsAtMs = this.#clock.now() + (rule.afterMs ?? 0)
    const endsAtMs = rule.forMs === undefined ? Number.POSITIVE_INFINITY : startsAtMs + rule.forMs
    this.#rules.push({ view, startsAtMs, endsAtMs })
    return { ...view, spent: false }
  }

  list(): FaultRuleView[] {
    const now = this.#clock.now()
    return this.#rules.map(({ view, endsAtMs }) => ({
      ...view,
      spent: now >= endsAtMs || view.struck >= timesOf(view),
    }))
  }

  remove(id: number): void {
    this.#rules = this.#rules.filter(({ view }) => view.id !== id)
  }

  clear(): void {
    this.#rules = []
  }

  /**
   * Every rule that strikes, counted: rules for the call as it comes in, or those for updates once there are updates to go
   * out, so that an empty poll uses up none.
   */
  strike(subject: FaultSubject, what: 'call' | 'updates'): { id: number; action: FaultAction }[] {
    return this.#rules.flatMap((rule) => {
      const { action, id } = rule.view
      const isForUpdates = action.kind === 'duplicate_update' || action.kind === 'reorder_updates'
      return isForUpdates === (what === 'updates') && this.#strikes(rule, subject) ? [{ id, action }] : []
    })
  }

  #strikes({ view, startsAtMs, endsAtMs }: HeldRule, subject: FaultSubject): boolean {
    const now = this.#clock.now()
    if (now < startsAtMs || now >= endsAtMs || !matches(view, subject)) return false
    view.matched += 1
    if (view.nth !== undefined && view.matched < view.nth) return false
    if (view.struck >= timesOf(view)) return false
    if (view.probability !== undefined && this.#random.unit() >= view.probability) return false
    view.struck += 1
    if (view.struck >= timesOf(view)) this.#onUsedUp()
    return true
  }
}

function timesOf({ times, nth }: FaultRule): number {
  return times ?? (nth === undefined ? Number.POSITIVE_INFINITY : 1)
}

function matches(rule: FaultRule, { bot, method, chatId }: FaultSubject): boolean {
  if (rule.bot !== undefined && !isBot(rule.bot, bot)) return false
  if (rule.method !== undefined && rule.method.toLowerCase() !== method.toLowerCase()) return false
  return rule.chatId === undefined || String(rule.chatId) === chatId
}

function isBot(reference: number | string, bot: FaultSubject['bot']): boolean {
  if (bot === undefined) return false
  return (
    String(reference).replace(/^@/, '').toLowerCase() === bot.username.toLowerCase() || Number(reference) === bot.id
  )
}
