import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PostgresServer } from '../postgres-server.ts'
import { until } from '../until.ts'
import { findTwoAtATime, TelegramLine } from './telegram-line.ts'
import type { Disturbance, Surroundings, UnderTest } from './under-test.ts'
import { type LogLine, Victim } from './victim.ts'

export interface FleetOptions extends Surroundings {
  server: PostgresServer
  /** On the server; empty or ours. */
  database: string
  apis: number
  bots: number
}

/** So short that a server which stands still is felt soon. */
const LIMITS = { DATABASE_CONNECT_TIMEOUT: '1s', DATABASE_LOCK_TIMEOUT: '2s', DATABASE_STATEMENT_TIMEOUT: '2s' }

/** Long enough for many posters to begin, in milliseconds. */
const FLOOD_MS = 40

interface Member {
  name: string
  victim: Victim
}

interface BotMember extends Member {
  /** It alone calls Telegram here. */
  line: TelegramLine
}

/** Several processes on one PostgreSQL: what is killed is the one that serves the bot. What else happens to them takes turns. */
export class Fleet implements UnderTest {
  readonly #options: FleetOptions
  readonly #apis: Member[]
  readonly #bots: BotMember[]
  #killed: BotMember | undefined
  #turn = 0
  #disturbances = 0

  private constructor(options: FleetOptions, apis: Member[], bots: BotMember[]) {
    this.#options = options
    this.#apis = apis
    this.#bots = bots
  }

  static async make(options: FleetOptions): Promise<Fleet> {
    const apis = names('api', options.apis).map((name) => ({ name, victim: victim(options, 'api', options.apiRoot) }))
    const bots: BotMember[] = []
    for (const name of names('bot', options.bots)) {
      const line = await TelegramLine.open(options.apiRoot)
      options.after(() => line.close())
      bots.push({ name, line, victim: victim(options, 'bot', line.url) })
    }
    return new Fleet(options, apis, bots)
  }

  get kills(): number {
    return this.#sum(({ kills }) => kills)
  }

  get killsInStart(): number {
    return this.#sum(({ killsInStart }) => killsInStart)
  }

  get complaints(): string[] {
    return this.#members.flatMap(({ name, victim: { complaints } }) => complaints.map((one) => `${name}: ${one}`))
  }

  get warnings(): Map<string, number> {
    const all = new Map<string, number>()
    for (const { victim } of this.#members)
      for (const [what, times] of victim.warnings) all.set(what, (all.get(what) ?? 0) + times)
    return all
  }

  /** Each time of another one. */
  async url(): Promise<string> {
    const up = this.#apis.filter(({ victim }) => victim.isUp)
    const next = up[this.#turn++ % Math.max(1, up.length)]
    return await (next?.victim.url() ?? Promise.race(this.#apis.map(({ victim }) => victim.url())))
  }

  /** What was killed, or all at first. Resolves when somebody serves the bot. */
  async start(): Promise<void> {
    const sinceMs = performance.now()
    await Promise.all((this.#killed ? [this.#killed] : this.#members).map(({ victim }) => startAtLast(victim)))
    await until('somebody serves the bot', () => this.#bots.some(({ line }) => line.lastCallMs > sinceMs))
  }

  async kill(): Promise<void> {
    const owner = this.#owner()
    this.#killed = owner
    this.#options.say(`kill -9 ${owner.name}`)
    await owner.victim.kill()
  }

  async startAndKill(afterMs: number): Promise<void> {
    await this.#killed?.victim.startAndKill(afterMs).catch(unlessDatabaseIsAway)
  }

  /** One of these after the other: an API is killed, PostgreSQL crashes, all are restarted in turn, PostgreSQL stands still. */
  async disturb(scene: Disturbance): Promise<void> {
    switch (this.#disturbances++ % 4) {
      case 0:
        return await this.#killApi(scene)
      case 1:
        return await this.#crashPostgres()
      case 2:
        return await this.#restartInTurn()
      default:
        return await this.#freezePostgres()
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#members.map(({ victim }) => victim.stop()))
  }

  conclude(): string[] {
    return findTwoAtATime(new Map(this.#bots.map(({ name, line }) => [name, line])))
  }

  /** While it answers many. */
  async #killApi({ dice, load }: Disturbance): Promise<void> {
    const api = this.#apis[Math.floor(dice * this.#apis.length)]
    if (api === undefined) return
    this.#options.say(`kill -9 ${api.name}`)
    load.flood = true
    await sleep(FLOOD_MS)
    await api.victim.kill()
    load.flood = false
    await startAtLast(api.victim)
  }

  async #crashPostgres(): Promise<void> {
    const { server, say } = this.#options
    say('PostgreSQL crashes')
    await server.stop('immediate')
    await server.start()
    await this.#untilReady()
  }

  /** As an orderly upgrade does it, of one service beside the other. What is only just coming up is new anyway. */
  async #restartInTurn(): Promise<void> {
    const inTurn = async (members: readonly Member[]): Promise<void> => {
      for (const { name, victim } of members.filter((member) => member.victim.isUp)) {
        this.#options.say(`SIGTERM ${name}`)
        await victim.stop()
        await victim.start()
      }
    }
    await Promise.all([inTurn(this.#apis), inTurn(this.#bots)])
  }

  /** Until each API has said that it cannot do it now. */
  async #freezePostgres(): Promise<void> {
    const { server, say } = this.#options
    say('PostgreSQL stands still')
    const thaw = await server.freeze()
    try {
      await Promise.all(
        this.#apis.map(async ({ name, victim }) => {
          await until(`${name} feels it`, async () => !(await isReady(await victim.url())))
        }),
      )
    } finally {
      thaw()
    }
    say('PostgreSQL goes on')
    await this.#untilReady()
  }

  async #untilReady(): Promise<void> {
    const up = this.#members.filter(({ victim }) => victim.isUp)
    for (const { name, victim } of up) {
      await until(`${name} is ready`, async () => !victim.isUp || (await isReady(await victim.url())))
    }
  }

  /** Whoever called Telegram last; anybody when that one is down. */
  #owner(): BotMember {
    const up = this.#bots.filter(({ victim }) => victim.isUp)
    const [owner] = up.toSorted((a, b) => b.line.lastCallMs - a.line.lastCallMs)
    if (owner === undefined) throw new Error('No bot process is up.')
    return owner
  }

  get #members(): readonly Member[] {
    return [...this.#apis, ...this.#bots]
  }

  #sum(count: (victim: Victim) => number): number {
    return this.#members.reduce((sum, { victim }) => sum + count(victim), 0)
  }
}

function victim({ server, database, dataDir, env, after }: FleetOptions, role: 'api' | 'bot', apiRoot: string): Victim {
  const own = { DATABASE_URL: server.url(database), TELEGRAM_API_ROOT: apiRoot, ...LIMITS }
  const port: Record<string, string> = role === 'bot' ? { BOT_PORT: '0' } : {}
  return new Victim({ dataDir, role, env: { ...env, ...own, ...port }, after, mayLog: isOfDatabase })
}

/** Again while the database is away, as whatever keeps services running does it. */
async function startAtLast(victim: Victim): Promise<void> {
  await until('it is up', async () => {
    await victim.start().catch(unlessDatabaseIsAway)
    return victim.isUp
  })
}

/** @throws the error, if it says anything but that. */
function unlessDatabaseIsAway(error: unknown): void {
  if (!(error instanceof Error) || !error.message.includes('The database at ')) throw error
}

/** The database was away, as it is made to be here. */
function isOfDatabase({ error }: LogLine): boolean {
  return error?.code === 'store_unavailable'
}

async function isReady(url: string): Promise<boolean> {
  return await fetch(new URL('/health/ready', url), { signal: AbortSignal.timeout(30_000) }).then(
    ({ ok }) => ok,
    () => false,
  )
}

function names(what: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${what} ${index + 1}`)
}
