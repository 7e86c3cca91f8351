import type { Clock } from '../domain/clock.ts'
import type { RemoteFile } from './control-types.ts'
import type { RateLimits } from './rate-limits.ts'
import type { LongPolls } from './updates/long-poll.ts'
import type { UpdateQueues } from './updates/update-queue.ts'
import type { WebhookDelivery } from './updates/webhook-delivery.ts'
import type { World } from './world/world.ts'

/** How strict this sandbox is. */
export interface Rules {
  /** As api.telegram.org: https webhooks only, 50 MB uploads, 404 for a malformed token. Otherwise as a local server. */
  cloud: boolean
  /** The strict rate profile also refuses albums of one. */
  strict: boolean
  /** How long a tap may be answered. Folklore says 15 minutes; nothing is documented. */
  callbackWindowMs: number
}

/** One world with everything that runs around it. A sandbox has two: production and test. */
export interface Environment {
  rules: Rules
  world: World
  updates: UpdateQueues
  polls: LongPolls
  webhooks: WebhookDelivery
  rates: RateLimits
  /** What the rate model counts by: a clock that no fault can move. */
  steadyClock: Clock
  /** Files of a made-up web, by URL. */
  remoteFiles: Map<string, RemoteFile>
  /** When each bot's instance began to run: at its first request, and again after close. By bot id, milliseconds. */
  launches: Map<number, number>
}
