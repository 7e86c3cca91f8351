const SECOND_MS = 1000
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

/** A length of time as people say it: `0.42 sec`, `12 sec`, `3 min 5 sec`, `2 hr 10 min`, `4 days 3 hr`. Two units at most. */
export function durationText(ms: number, language: string): string {
  const say = (value: number, unit: string, digits = 0): string => formatOf(language, unit, digits).format(value)
  if (ms < SECOND_MS) return say(Math.max(0.01, ms / SECOND_MS), 'second', 2)
  if (ms < 10 * SECOND_MS) return say(ms / SECOND_MS, 'second', 1)
  const [, big, small] = PAIRS.find(([fromMs]) => ms >= fromMs) ?? PAIRS[PAIRS.length - 1] ?? []
  if (!big || !small) return say(ms / SECOND_MS, 'second')
  const rounded = Math.round(ms / small.ms) * small.ms
  const many = Math.floor(rounded / big.ms)
  const rest = Math.round((rounded - many * big.ms) / small.ms)
  return [many > 0 && say(many, big.unit), rest > 0 && say(rest, small.unit)].filter(Boolean).join(' ')
}

/** Making one costs more than using it a thousand times. */
const formats = new Map<string, Intl.NumberFormat>()

function formatOf(language: string, unit: string, digits: number): Intl.NumberFormat {
  const key = `${language} ${unit} ${digits}`
  const options = { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: digits } as const
  const made = formats.get(key) ?? new Intl.NumberFormat(language, options)
  formats.set(key, made)
  return made
}

type Unit = { ms: number; unit: string }
const DAY: Unit = { ms: DAY_MS, unit: 'day' }
const HOUR: Unit = { ms: HOUR_MS, unit: 'hour' }
const MINUTE: Unit = { ms: MINUTE_MS, unit: 'minute' }
const SECOND: Unit = { ms: SECOND_MS, unit: 'second' }
const PAIRS: readonly (readonly [fromMs: number, big: Unit, small: Unit])[] = [
  [DAY_MS, DAY, HOUR],
  [HOUR_MS, HOUR, MINUTE],
  [10 * SECOND_MS, MINUTE, SECOND],
]
