import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Clock } from '../domain/clock.ts'
import type { Random } from '../domain/random.ts'
import { WorldControl } from './control/control.ts'
import type { SandboxControl } from './control-types.ts'
import type { Environment, Rules } from './environment.ts'
import { FaultRules } from './faults/fault-rules.ts'
import { RateLimits } from './rate-limits.ts'
import { Recorder } from './recorder.ts'
import type { BotApi } from './server/bot-api.ts'
import { createHttpServer } from './server/http-server.ts'
import { runReplyMethod } from './server/reply-method.ts'
import { SkewedClock } from './skewed-clock.ts'
import { LongPolls } from './updates/long-poll.ts'
import { UpdateQueues } from './updates/update-queue.ts'
import { WebhookDelivery } from './updates/webhook-delivery.ts'
import { Changes } from './world/changes.ts'
import { World } from './world/world.ts'
import { WorldFile } from './world-file.ts'

/** Folklore; nothing is documented. */
const CALLBACK_WINDOW_MS = 15 * 60_000

export interface SandboxOptions {
  host: string
  /** 0 picks a free one. */
  port: number
  clock: Clock
  random: Random
  /** Rate model, see docs/sandbox.md. Default `documented`. */
  profile?: 'documented' | 'strict' | 'off'
  /** As strict as api.telegram.org: https webhooks only, 50 MB. Default false: as a local Bot API server. */
  cloud?: boolean
  /** Keeps the world in this JSON file: loaded at the start, saved soon after each change and at the stop. */
  worldFile?: string
  /** How long a tap on a button may be answered. Default 15 minutes. */
  callbackWindowMs?: number
  /** How the cloud refuses a body that is too large. Default `json`. */
  tooLarge?: 'json' | 'html'
}

export interface Sandbox {
  /** What a client takes as its API root, without a slash at the end. */
  readonly url: string
  readonly control: SandboxControl
  /** Hangs up on everyone and saves the world. */
  stop(): Promise<void>
}

/** Starts a Telegram of one's own. Rejects when the port is taken or the world file cannot be read. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const stopping = new AbortController()
  const api = createApi(options)
  const file = await openWorldFile(options, api)
  let url = ''
  const control = new WorldControl(api, api.production, () => url)
  const server = createHttpServer({ api, control, tooLarge: options.tooLarge ?? 'json' }, stopping.signal)
  server.listen(options.port, options.host)
  await once(server, 'listening')
  url = urlOf(options.host, server.address())
  resumeWebhooks(api)
  return {
    url,
    control,
    stop: async () => {
      stopping.abort()
      for (const { webhooks } of [api.production, api.test]) webhooks.stopAll()
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
      await file?.stop()
    },
  }
}

function createApi(options: SandboxOptions): BotApi {
  const clock = new SkewedClock(options.clock)
  const rules = {
    cloud: options.cloud ?? false,
    strict: options.profile === 'strict',
    callbackWindowMs: options.callbackWindowMs ?? CALLBACK_WINDOW_MS,
  }
  const faults = new FaultRules(clock, options.random)
  const environment = (test: boolean): Environment => {
    const world = new World({ clock, random: options.random, changes: new Changes(), test })
    return createEnvironment(world, { ...rules }, options, faults)
  }
  const [production, test] = [environment(false), environment(true)]
  faults.whenUsedUp(() => {
    for (const { world } of [production, test]) world.changes.emit({ kind: 'fault' })
  })
  return { production, test, clock, faults, recorder: new Recorder() }
}

function createEnvironment(world: World, rules: Rules, options: SandboxOptions, faults: FaultRules): Environment {
  const updates = new UpdateQueues(world)
  const webhooks = new WebhookDelivery({
    world,
    updates,
    reply: (bot, contentType, body) => runReplyMethod(environment, bot, contentType, body),
    copies: (bot) => {
      const struck = faults.strike({ bot, method: 'webhook', chatId: '' }, 'updates')
      return struck.filter(({ action }) => action.kind === 'duplicate_update').length
    },
  })
  const environment: Environment = {
    rules,
    world,
    updates,
    webhooks,
    polls: new LongPolls(world.clock),
    rates: new RateLimits({ profile: options.profile ?? 'documented', random: options.random }),
    steadyClock: options.clock,
    remoteFiles: new Map(),
    launches: new Map(),
  }
  return environment
}

async function openWorldFile({ worldFile: path, clock }: SandboxOptions, api: BotApi): Promise<WorldFile | undefined> {
  if (path === undefined) return undefined
  const file = new WorldFile(path, { production: api.production.world, test: api.test.world }, clock)
  await file.open()
  return file
}

function resumeWebhooks(api: BotApi): void {
  for (const { webhooks, world } of [api.production, api.test]) {
    for (const bot of world.bots.values()) if (bot.webhook !== undefined) webhooks.start(bot)
  }
}

function urlOf(host: string, address: string | AddressInfo | null): string {
  if (address === null || typeof address === 'string') throw new Error('The sandbox has no port.')
  const name = address.family === 'IPv6' ? `[${host === '::' ? '::1' : host}]` : host === '0.0.0.0' ? '127.0.0.1' : host
  return `http://${name}:${address.port}`
}
