import type { Random } from '../../../src/domain/random.ts'

const WORDS = ['backup', 'pump', 'cellar', 'ready', 'готово', 'über', '😀', 'disk', '<b>', '_is_', 'done.', 'again?']

/** One in so many is longer than one Telegram message, which has 4096 characters at most (Bot API, sendMessage). */
const LONG_ONES = 40

/** A text that is known by its number wherever it is cut: each of its lines begins with it. */
export function makeText(number: number, random: Random, { mayBeLong = true } = {}): string {
  const lines = mayBeLong && random.unit() * LONG_ONES < 1 ? 60 + Math.floor(random.unit() * 80) : 1
  return Array.from({ length: lines }, () => makeLine(number, random)).join('\n')
}

function makeLine(number: number, random: Random): string {
  const words = Array.from({ length: 3 + Math.floor(random.unit() * 12) }, () => {
    return WORDS[Math.floor(random.unit() * WORDS.length)]
  })
  return `#${number} ${words.join(' ')}`
}

/** How many messages of ours stand in a text that arrived. */
export function countIn(text: string): number {
  return new Set(Array.from(text.matchAll(/^#(\d+) /gm), ([, number]) => number)).size
}

/** The number in a text that arrived; undefined when it is none of ours, as what the bot says by itself. */
export function numberOf(text: string): number | undefined {
  const found = /^#(\d+) /m.exec(text)?.[1]
  return found === undefined ? undefined : Number(found)
}
