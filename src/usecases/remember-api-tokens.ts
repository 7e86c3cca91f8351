import { BoundedMap } from '../domain/bounded-map.ts'
import type { Clock } from '../domain/clock.ts'
import type { Records, Store } from '../store/store.ts'

type Found = NonNullable<Awaited<ReturnType<Records['findApiToken']>>>

/**
 * How long another process may be late to notice that a token was revoked here, or the other way round, when they cannot tell each other.
 * In this process nobody is: what the store commits is forgotten here at once.
 */
const REMEMBERED_MS = 5_000

/** Tokens that are remembered; each is about a kilobyte with its account. */
const MOST_REMEMBERED = 10_000

/**
 * The same question for callers who ask with each request: a token that was found seconds ago is not read again. A change of its
 * account, its revocation and the account's end are felt at once; whether it has expired is the caller's to see. What is not found is
 * not remembered, so nobody fills the memory by guessing.
 */
export function rememberApiTokens(deps: {
  store: Pick<Store, 'findApiToken' | 'onAccountChange' | 'onMissed'>
  clock: Clock
}): Records['findApiToken'] {
  const remembered = new BoundedMap<string, { found: Found; untilMs: number }>(MOST_REMEMBERED)
  let changes = 0
  deps.store.onAccountChange((userId) => {
    changes++
    remembered.deleteWhere(({ found }) => found.user.id === userId)
  })
  deps.store.onMissed(() => {
    changes++
    remembered.deleteWhere(() => true)
  })

  return async (hash) => {
    const nowMs = deps.clock.now()
    const memory = remembered.get(hash)
    // Both ends, because the machine's clock may be set back.
    if (memory && nowMs < memory.untilMs && nowMs >= memory.untilMs - REMEMBERED_MS) return memory.found
    const changesBefore = changes
    const found = await deps.store.findApiToken(hash)
    // What was read while something changed may be of before.
    if (found && changes === changesBefore) remembered.set(hash, { found, untilMs: nowMs + REMEMBERED_MS })
    return found
  }
}
