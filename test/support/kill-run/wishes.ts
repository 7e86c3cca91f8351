import type { DeliveryMode, DigestMode, Priority } from '../../../src/domain/delivery-options.ts'
import type { Random } from '../../../src/domain/random.ts'

/** How the sender of a post wants it carried. */
export interface Wishes {
  priority: Priority
  delivery: DeliveryMode
  digest: DigestMode
  /** Of the machine's clock, in milliseconds; null is never. */
  expiresAtMs: number | null
}

/** Of all posts. Those that go alone are few: each takes the place of some forty that travel together. */
const SHARE = { notUsualPriority: 0.2, atMostOnce: 0.2, alone: 0.02, expiresSoon: 0.08, expiresLate: 0.04 } as const

/** Some of these are over while the program is down, and all the late ones long after the run. */
const SOON_MS = { least: 400, most: 8000 } as const
const LATE_MS = 86_400_000

export function makeWishes(random: Random, nowMs: number): Wishes {
  return {
    priority: random.unit() < SHARE.notUsualPriority ? anyPriority(random) : 3,
    delivery: random.unit() < SHARE.atMostOnce ? 'at_most_once' : 'at_least_once',
    digest: random.unit() < SHARE.alone ? 'never' : 'when_behind',
    expiresAtMs: anyExpiry(random, nowMs),
  }
}

/** As they stand in the body of a post. */
export function bodyOf({ priority, delivery, digest, expiresAtMs }: Wishes): object {
  const expiresAt = expiresAtMs === null ? null : new Date(expiresAtMs).toISOString()
  return { priority, delivery, digest, expiresAt }
}

function anyPriority(random: Random): Priority {
  return ([1, 2, 4, 5] as const)[Math.floor(random.unit() * 4)] ?? 5
}

function anyExpiry(random: Random, nowMs: number): number | null {
  const dice = random.unit()
  if (dice < SHARE.expiresLate) return nowMs + LATE_MS
  if (dice > SHARE.expiresLate + SHARE.expiresSoon) return null
  return Math.round(nowMs + SOON_MS.least + random.unit() * (SOON_MS.most - SOON_MS.least))
}
