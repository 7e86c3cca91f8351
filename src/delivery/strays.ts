import type { Clock } from '../domain/clock.ts'
import type { Log } from '../domain/log.ts'
import type { DeliveryMetrics } from '../domain/metrics.ts'
import { OwnershipLost } from '../domain/ownership.ts'
import type { RetryPolicy } from '../domain/retry-policy.ts'
import type { Outbox } from '../store/outbox.ts'

/** A message that is `sending` for so long, in milliseconds, is nobody's when nobody here works with it. A call takes 30 s at most. */
const STRAY_AFTER_MS = 60_000

export interface StraysDeps {
  botId: string
  outbox: Pick<Outbox, 'recoverStrays'>
  clock: Clock
  log: Log
  metrics: DeliveryMetrics
  policy: RetryPolicy
  /** Messages that are carried now. */
  inHand: () => ReadonlySet<string>
}

/** A look for strays, which does nothing when the last one was just now. Never fails: a look for work follows. */
export function takingBackStrays(deps: StraysDeps): () => Promise<void> {
  let dueMs = Number.NEGATIVE_INFINITY
  return async () => {
    if (deps.clock.monotonic() < dueMs) return
    dueMs = deps.clock.monotonic() + LOOK_EVERY_MS
    await takeBack(deps).catch((error: unknown) => {
      if (error instanceof OwnershipLost) return
      deps.log.error({ error, bot: deps.botId }, "looking for messages that are nobody's failed")
    })
  }
}

/** Between two looks, in milliseconds. */
const LOOK_EVERY_MS = 30_000

/**
 * Takes back what stands as `sending` and is not, because it was given up to write down how its call ended: that is a fault of ours, and
 * must not cost its sender the message. Does what is done after a crash.
 */
async function takeBack({ botId, outbox, clock, log, metrics, policy, inHand }: StraysDeps): Promise<void> {
  const nowMs = clock.now()
  const strays = {
    inHand: new Set(inHand()),
    sinceBeforeMs: nowMs - STRAY_AFTER_MS,
    maxAttempts: policy.maxAttempts,
  }
  const { queued, lost } = await outbox.recoverStrays(botId, strays, nowMs)
  if (queued + lost === 0) return
  log.error({ bot: botId, queued, lost }, 'how calls ended could not be written down; what may go again does')
  metrics.strayed(botId, queued + lost)
  if (lost > 0) metrics.failed(botId, 'outcome_unknown', lost)
}
