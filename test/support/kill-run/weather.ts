import type { SandboxControl } from '../../../src/sandbox/control-types.ts'
import type { FaultAction, FaultRule } from '../../../src/sandbox/faults/fault-rule.ts'

/** Longer than the program waits for any answer: silence. */
const SILENCE_MS = 600_000

interface Fault {
  name: string
  action: FaultAction
  /** Of each call, from 0 to 1. */
  probability: number
}

/** About one call in seven goes wrong, at strength 1. */
const SENDING: readonly Fault[] = [
  { name: 'dropped before storing', action: { kind: 'drop_before' }, probability: 0.015 },
  { name: 'dropped after storing', action: { kind: 'drop_after' }, probability: 0.015 },
  { name: 'reset before storing', action: { kind: 'reset', when: 'before' }, probability: 0.01 },
  { name: 'reset after storing', action: { kind: 'reset', when: 'after' }, probability: 0.01 },
  { name: 'half an answer', action: { kind: 'partial' }, probability: 0.005 },
  { name: 'garbage', action: { kind: 'garbage', form: 'text' }, probability: 0.01 },
  { name: 'a truncated answer', action: { kind: 'garbage', form: 'truncated' }, probability: 0.005 },
  { name: 'an empty answer', action: { kind: 'garbage', form: 'empty' }, probability: 0.005 },
  { name: '500', action: { kind: 'http', entry: 'restart' }, probability: 0.01 },
  { name: 'HTML 502', action: { kind: 'html', status: 502 }, probability: 0.01 },
  { name: 'HTML 504', action: { kind: 'html', status: 504 }, probability: 0.005 },
  { name: '429 for a second', action: { kind: 'too_many_requests', retryAfterSeconds: 1 }, probability: 0.01 },
  {
    name: '429 for two seconds, in words',
    action: { kind: 'too_many_requests', retryAfterSeconds: 2, withoutParameters: true },
    probability: 0.005,
  },
  { name: 'silence before storing', action: { kind: 'delay', when: 'before', ms: SILENCE_MS }, probability: 0.004 },
  { name: 'silence after storing', action: { kind: 'delay', when: 'after', ms: SILENCE_MS }, probability: 0.004 },
  { name: 'a late answer', action: { kind: 'delay', when: 'after', ms: 300 }, probability: 0.02 },
  { name: 'a refusal of the text', action: { kind: 'http', entry: 'text_is_empty' }, probability: 0.005 },
]

/** After so many calls each of them struck for certain. */
export const CALLS_FOR_EACH_FAULT = 5 + 6 * SENDING.length

const LISTENING: readonly Fault[] = [
  { name: 'updates: HTML 502', action: { kind: 'html', status: 502 }, probability: 0.02 },
  { name: 'updates: dropped', action: { kind: 'drop_after' }, probability: 0.02 },
  { name: 'updates: twice', action: { kind: 'duplicate_update' }, probability: 0.1 },
]

/** Each fault strikes by chance, and the ones of sending twice for certain, one after the other, in the first `CALLS_FOR_EACH_FAULT` calls. */
export class BadWeather {
  readonly #control: SandboxControl
  readonly #names = new Map<number, string>()

  constructor(control: SandboxControl) {
    this.#control = control
  }

  /** `strength` multiplies the chance of each fault. */
  begin(strength: number): void {
    for (const [index, { name, action, probability }] of SENDING.entries()) {
      this.#add(name, { method: 'sendMessage', action, probability: probability * strength })
      this.#add(name, { method: 'sendMessage', action, nth: 5 + 6 * index, times: 2 })
    }
    for (const { name, action, probability } of LISTENING)
      this.#add(name, { method: 'getUpdates', action, probability })
  }

  /** Answers how often each fault struck. */
  end(): Map<string, number> {
    const struck = new Map<string, number>()
    for (const rule of this.#control.faults()) {
      const name = this.#names.get(rule.id) ?? '?'
      struck.set(name, (struck.get(name) ?? 0) + rule.struck)
    }
    this.#control.clearFaults()
    return struck
  }

  #add(name: string, rule: FaultRule): void {
    this.#names.set(this.#control.addFault(rule).id, name)
  }
}
