import type { Post } from './load.ts'
import type { WireAttempt, WireRecord } from './records.ts'
import type { Arrival } from './telegram-side.ts'

/** A call that was allowed in time leaves when its mark is on disk, which a busy machine may take this long for, in milliseconds. */
const LATE_CALL_MS = 3000

interface Case {
  post: Post
  arrivals: readonly Arrival[]
  attempts: readonly WireAttempt[] | undefined
}

/** Where what the sender wished for was not done. `nowMs`: when the record was read, by the machine's clock. */
export function faultsOfWishes(one: Case, record: WireRecord, nowMs: number): string[] {
  return [...faultsOfOnce(one, record), ...faultsOfExpiry(one, record, nowMs)]
}

function faultsOfOnce({ post, arrivals, attempts = [] }: Case, { status }: WireRecord): string[] {
  const isOnce = post.wishes.delivery === 'at_most_once'
  if (!isOnce) return status === 'uncertain' ? ['is uncertain, and might have gone again'] : []
  const isUnknown = attempts.some(({ outcome }) => outcome === 'unknown')
  return [
    ...(arrivals.length > new Set(arrivals.map(({ text }) => text)).size ? ['stands there twice, and may not'] : []),
    ...(isUnknown && status !== 'uncertain' ? ['had an unknown outcome, and went on'] : []),
    ...(!isUnknown && status === 'uncertain' ? ['is uncertain without an unknown outcome'] : []),
  ]
}

function faultsOfExpiry({ post, arrivals, attempts = [] }: Case, record: WireRecord, nowMs: number): string[] {
  const { expiresAtMs } = post.wishes
  const isExpired = record.status === 'expired'
  if (expiresAtMs === null) return isExpired ? ['has expired, and never may'] : []
  const late = attempts.filter(
    ({ part, startedAt }) => part === 1 && Date.parse(startedAt) > expiresAtMs + LATE_CALL_MS,
  )
  const mayStandThere = attempts.some(({ outcome }) => outcome === 'unknown')
  return [
    ...(isExpired && nowMs < expiresAtMs ? ['has expired before its time'] : []),
    ...(isExpired && arrivals.length > 0 && !mayStandThere ? ['has expired, and stands in the chat'] : []),
    ...late.map(({ startedAt }) => `was sent at ${startedAt}, after its time ${new Date(expiresAtMs).toISOString()}`),
  ]
}

/** Posts that share a Telegram message although their sender did not want that. */
export function findUnwillingCompany(arrivals: readonly Arrival[], posts: ReadonlyMap<number, Post>): string[] {
  const together = Map.groupBy(arrivals, ({ key }) => key).values()
  return Array.from(together, (group) => new Set(group.map(({ number }) => number)))
    .filter(({ size }) => size > 1)
    .flatMap((numbers) => [...numbers])
    .filter((number) => posts.get(number)?.wishes.digest === 'never')
    .map((number) => `post ${number} travelled with others, and was to go alone`)
}
