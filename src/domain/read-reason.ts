import { REASON_CODES, REASONS, type ReasonCode } from './reasons.ts'
import { ARRIVAL } from './wording-of-failures.ts'

/** A reason for programs: which of our sentences it is, and what was filled into it. */
export interface Cause {
  code: ReasonCode
  values: Readonly<Record<string, string>>
}

/** What stands around the sentence of a reason where more is said than that; what is inside of it is the first group. */
const AROUND = [
  /^We gave up after (?:one attempt|\d+ attempts)\. (.+)$/su,
  /^It may have arrived\. (.+)$/su,
  /^It may have arrived, and is not to be sent twice\. (.+)$/su,
  /^(.+) What comes later arrives again once the person lets the bot back in\.$/su,
  ...Object.values(ARRIVAL).map((told) => new RegExp(`^(.+) ${RegExp.escape(told)}$`, 'su')),
]
/** The sentence within is without its full stop. */
const UNREACHABLE = /^Telegram cannot be reached \((.+)\)\.$/su

const NUMBERS: ReadonlySet<string> = new Set(['seconds', 'status', 'count'])
const FIXED: ReadonlyMap<string, ReasonCode> = new Map(REASON_CODES.map((code) => [REASONS[code], code]))
const SHAPES = REASON_CODES.filter((code) => REASONS[code].includes('{')).map((code) => ({
  code,
  shape: shapeOf(REASONS[code]),
}))

/** Which reason a stored sentence tells, alone or within a longer one. Null for one that this version never writes. */
export function readReason(sentence: string): Cause | null {
  const whole = readWhole(sentence)
  if (whole) return whole
  const within = UNREACHABLE.exec(sentence)?.[1]
  if (within !== undefined) return readReason(`${within}.`)
  for (const around of AROUND) {
    const inner = around.exec(sentence)?.[1]
    if (inner !== undefined) return readReason(inner)
  }
  return null
}

function readWhole(sentence: string): Cause | null {
  const fixed = FIXED.get(sentence)
  if (fixed) return { code: fixed, values: {} }
  for (const { code, shape } of SHAPES) {
    const found = shape.exec(sentence)
    if (found) return { code, values: { ...found.groups } }
  }
  return null
}

function shapeOf(text: string): RegExp {
  const parts = text.split(/\{(\w+)\}/)
  const pattern = parts.map((part, index) => (index % 2 === 0 ? RegExp.escape(part) : blank(part))).join('')
  return new RegExp(`^${pattern}$`, 'su')
}

function blank(name: string): string {
  return `(?<${name}>${NUMBERS.has(name) ? '\\d+' : '.+'})`
}
