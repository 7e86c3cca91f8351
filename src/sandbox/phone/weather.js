/** @import { FaultRule, FaultRuleView } from '../faults/fault-rule.ts' */
import { control } from './api.js'
import { el } from './dom.js'
import { texts } from './texts.js'

/** Bad weather that one can switch on, to see what a program makes of it. */
/** @type {{ name: string, about: string, rule: FaultRule }[]} */
const WEATHER = [
  { ...texts.weather.down, rule: { action: { kind: 'html', status: 502 } } },
  {
    ...texts.weather.tooMany,
    rule: { method: 'sendMessage', action: { kind: 'too_many_requests', retryAfterSeconds: 5 } },
  },
  { ...texts.weather.slow, rule: { method: 'sendMessage', action: { kind: 'delay', when: 'before', ms: 5000 } } },
  { ...texts.weather.lost, rule: { method: 'sendMessage', action: { kind: 'drop_after' } } },
]

/** The switches for faults. They show what is on in the sandbox, whoever switched it on. */
export class Weather {
  /** @type {FaultRuleView[]} */
  #faults = []
  #report
  element = el('div', { class: 'weather' })

  /** @param {(error: unknown) => void} report */
  constructor(report) {
    this.#report = report
    this.element.append(...WEATHER.map((kind, index) => this.#row(kind, index)))
  }

  /** What is switched on, by name. A fault that has no switch here is one of its kind. */
  get names() {
    const known = WEATHER.filter((kind) => this.#ruleOf(kind)).map(({ name }) => name)
    const others = this.#faults.filter((fault) => !WEATHER.some((kind) => isSame(fault, kind.rule)))
    return [...known, ...new Set(others.map(({ action }) => texts.faults[action.kind]))]
  }

  /** After so many milliseconds one may be over without a word. */
  get isOverAfterMs() {
    const lengths = this.#faults.flatMap(({ afterMs = 0, forMs }) => (forMs === undefined ? [] : [afterMs + forMs]))
    return lengths.length === 0 ? undefined : Math.min(...lengths)
  }

  async refresh() {
    const faults = await control('faults')
    this.#faults = faults.filter(({ spent }) => !spent)
    for (const [index, kind] of WEATHER.entries()) {
      const rule = this.#ruleOf(kind)
      const box = this.element.querySelector(`#weather-${index}`)
      if (box instanceof HTMLInputElement) box.checked = rule !== undefined
      const note = this.element.querySelector(`#weather-${index}-about`)
      if (note) note.textContent = rule ? texts.soFar(kind.about, rule.struck) : kind.about
    }
  }

  /** @param {typeof WEATHER[number]} kind @param {number} index */
  #row(kind, index) {
    const id = `weather-${index}`
    const box = el('input', {
      type: 'checkbox',
      role: 'switch',
      id,
      'aria-describedby': `${id}-about`,
      change: () => void this.#switch(kind, box.checked).catch(this.#report),
    })
    return el(
      'div',
      { class: 'switch' },
      box,
      el('label', { for: id }, kind.name),
      el('p', { id: `${id}-about` }, kind.about),
    )
  }

  /** @param {typeof WEATHER[number]} kind @param {boolean} on */
  async #switch(kind, on) {
    const known = this.#ruleOf(kind)
    if (on && !known) await control('addFault', kind.rule)
    if (!on && known) await control('removeFault', { id: known.id })
    await this.refresh()
  }

  /** @param {typeof WEATHER[number]} kind */
  #ruleOf(kind) {
    return this.#faults.find((fault) => isSame(fault, kind.rule))
  }
}

/** @param {FaultRule} fault @param {FaultRule} rule */
function isSame({ action, method, times, nth }, rule) {
  const isLasting = times === undefined && nth === undefined
  return isLasting && action.kind === rule.action.kind && (method ?? '') === (rule.method ?? '')
}
