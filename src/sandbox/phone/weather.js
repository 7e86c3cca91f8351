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
  /** How often the sandbox was asked, and the first of these questions whose answer may still be shown. */
  #asked = 0
  #oldest = 0
  /** Presses are taken to the sandbox one after the other, and nothing is asked before it has them. */
  #presses = Promise.resolve()
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

  /** Shows what is on. An answer from before the last press, or before what is already shown, comes too late. */
  async refresh() {
    let presses
    do {
      presses = this.#presses
      await presses
    } while (presses !== this.#presses)
    const question = ++this.#asked
    const faults = await control('faults')
    if (question < this.#oldest) return
    this.#oldest = question
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
      change: () => this.#press(kind, box.checked),
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
  #press(kind, on) {
    this.#oldest = this.#asked + 1
    this.#presses = this.#presses.then(() => this.#switch(kind, on)).catch(this.#report)
    void this.refresh().catch(this.#report)
  }

  /** @param {typeof WEATHER[number]} kind @param {boolean} on */
  async #switch(kind, on) {
    const faults = await control('faults')
    const same = faults.filter((fault) => !fault.spent && isSame(fault, kind.rule))
    if (on && same.length === 0) await control('addFault', kind.rule)
    if (!on) for (const { id } of same) await control('removeFault', { id })
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
