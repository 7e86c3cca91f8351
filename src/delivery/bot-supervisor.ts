import type { Clock } from '../domain/clock.ts'
import type { Log } from '../domain/log.ts'
import type { BotClaim, OwnershipTerms } from '../domain/ownership.ts'
import type { Said, Signal } from '../domain/signal.ts'
import { Unsaid } from '../domain/unsaid.ts'
import type { Service } from '../ops/lifecycle.ts'
import type { Beat, OwnedBot, Store } from '../store/store.ts'
import type { Booking, Place } from './booking.ts'
import { BotSeat, type BuildBotParts } from './bot-seat.ts'
import type { Lease } from './lease.ts'

export interface BotSupervisorOptions {
  /** Of this process, never used before. */
  processId: string
  store: Pick<Store, 'beat' | 'releaseBots' | 'endProcess' | 'signal' | 'onSignal' | 'onMissed'>
  terms: OwnershipTerms
  /** No other process can be on this database. */
  alone: boolean
  lease: Lease
  build: BuildBotParts
  clock: Clock
  log: Log
  /** Told after each beat how many bots this process serves, and how many processes there are. Must not throw. */
  served?: (bots: number, processes: number) => void
}

/** Bots that are started at the same time: each reads its waiting messages, and the database has others to serve. */
const MOST_STARTING = 16

/** After a beat that failed, in milliseconds, when the beats themselves are rarer: the database may be back at any moment. */
const LONGEST_PAUSE_MS = 1500

/**
 * Starts and stops bots as their ownership and their being active say. With each beat it tells the database that it is alive, and hears
 * which bots are its own; what it has above its share it stops in an orderly way and gives back.
 */
export class BotSupervisor implements Service {
  readonly name = 'bots'
  readonly #options: BotSupervisorOptions
  readonly #seats = new Map<string, BotSeat>()
  /** As of the last beat, without those that were given back since. */
  #owned: OwnedBot[] = []
  #share = 0
  /** Bots that somebody has just switched or changed, until they are started. */
  readonly #awaited = new Set<string>()
  /** Stopped, and still to be given back. */
  #toRelease: BotClaim[] = []
  #stopping = false
  readonly #ended = new AbortController()
  #rest = new AbortController()
  #bell = false
  #running: Promise<void> | undefined
  #stopListening: readonly (() => void)[] = []

  constructor(options: BotSupervisorOptions) {
    this.#options = options
  }

  /** Resolves when its first bots serve. Rejects when the store cannot be asked. */
  async start(): Promise<void> {
    const { store } = this.#options
    this.#stopListening = [store.onSignal((signal) => this.#hear(signal)), store.onMissed(() => this.#lookAround())]
    await this.#beat()
    const first = [...this.#seats.values()]
    this.#running = this.#run()
    await Promise.all(first.map((seat) => seat.started()))
  }

  /** Everything is stopped and given back. The process counts as alive meanwhile, so that nobody takes a bot too early. */
  async stop(hard: AbortSignal): Promise<void> {
    this.#stopping = true
    await Promise.all(Array.from(this.#seats.values(), (seat) => seat.stop('orderly', hard)))
    this.#ended.abort()
    this.#rest.abort()
    await this.#running
    for (const stopListening of this.#stopListening) stopListening()
    const { store, processId, log } = this.#options
    await store.endProcess(processId).catch((error: unknown) => {
      log.warn({ error }, 'the bots could not be given back; others take them when the time of this process is over')
    })
  }

  /** Says something in a chat of a bot; undefined when this process does not serve it. */
  say(botId: string, said: Said): Promise<void> | undefined {
    return this.#seats.get(botId)?.say(said)
  }

  /** Keeps a place for a message that is about to be stored; undefined when it must wait for its turn, or others serve the bot. */
  book(botId: string, place: Place): Booking | undefined {
    return this.#seats.get(botId)?.book(place)
  }

  #hear(signal: Signal): boolean {
    if (signal.kind === 'bot_changed') {
      this.#awaited.add(signal.botId)
      this.#ring()
      return false
    }
    if (signal.kind === 'said') return false
    if (signal.kind === 'say') return this.#answer(signal)
    return this.#seats.get(signal.botId)?.hear(signal) ?? false
  }

  /** Whoever asked learns what became of it, also when nothing works for the bot at this moment. */
  #answer({ id, botId, ...said }: Signal & { kind: 'say' }): boolean {
    const isOurs = this.#seats.has(botId) || this.#owned.some((bot) => bot.botId === botId)
    if (!isOurs) return false
    const tell = (isOver: boolean): void => this.#options.store.signal({ kind: 'said', id, isOver })
    const saying = this.say(botId, said) ?? Promise.reject(new Unsaid())
    saying.then(
      () => tell(true),
      () => tell(false),
    )
    return true
  }

  /** Something may have been said while nobody here could hear it. */
  #lookAround(): void {
    for (const seat of this.#seats.values()) seat.lookAround()
    this.#ring()
  }

  /** The next beat comes at once. */
  #ring(): void {
    this.#bell = true
    this.#rest.abort()
  }

  async #run(): Promise<void> {
    const { clock, log, terms } = this.#options
    let pauseMs = terms.beatMs
    while (!this.#ended.signal.aborted) {
      this.#rest = new AbortController()
      if (!this.#bell) await clock.sleep(pauseMs, this.#rest.signal)
      if (this.#ended.signal.aborted) return
      this.#bell = false
      try {
        await this.#beat()
        pauseMs = terms.beatMs
      } catch (error) {
        log.warn({ error }, 'the database could not be told that this process is alive; trying again')
        pauseMs = Math.min(terms.beatMs, LONGEST_PAUSE_MS)
      }
    }
  }

  async #beat(): Promise<void> {
    const { store, processId, terms, alone, lease, served } = this.#options
    const released = this.#toRelease
    if (released.length > 0) await store.releaseBots(processId, released)
    this.#toRelease = this.#toRelease.filter((claim) => !released.includes(claim))
    const since = lease.now()
    const process = { id: processId, leaseMs: terms.leaseMs }
    const beat = await store.beat(process, { alone, claim: !this.#stopping })
    lease.renewed(since)
    this.#take(beat)
    served?.(beat.owned.length, beat.processes)
  }

  #take({ owned, share }: Beat): void {
    this.#owned = owned.filter((bot) => !this.#toRelease.some((claim) => isSame(claim, bot)))
    this.#share = share
    const byId = new Map(owned.map((bot) => [bot.botId, bot]))
    for (const seat of this.#seats.values()) {
      const bot = byId.get(seat.claim.botId)
      // Gone right after its owner changed it: deleted. A process that takes a bot over says no such thing.
      const isDeleted = bot === undefined && this.#awaited.has(seat.claim.botId)
      if (bot === undefined || !isSame(bot, seat.claim)) this.#lose(seat, isDeleted)
    }
    for (const botId of this.#awaited) if (!byId.has(botId)) this.#awaited.delete(botId)
    this.#arrange()
  }

  #lose(seat: BotSeat, isDeleted: boolean): void {
    if (seat.isLost) return
    const [about, { log }] = [{ bot: seat.claim.botId }, this.#options]
    if (isDeleted) log.info(about, 'the bot was deleted')
    else log.warn(about, 'another process serves the bot now, or it is gone')
    seat.lose()
  }

  /** Stops what is too much or out of date, and starts what is missing. */
  #arrange(): void {
    if (this.#stopping) return
    const serving = this.#owned.filter((bot) => bot.active && this.#isWanted(bot))
    const surplus = new Set(serving.slice(this.#share))
    for (const bot of this.#owned) {
      const seat = this.#seats.get(bot.botId)
      if (!bot.active || surplus.has(bot)) this.#end(bot, seat)
      else if (seat === undefined) this.#startSoon(bot)
      // With other parts it goes on in the same place, as soon as these are done.
      else if (seat.revision !== bot.revision) void seat.stop('atOnce')
    }
  }

  #isWanted({ botId, revision }: OwnedBot): boolean {
    const seat = this.#seats.get(botId)
    return seat === undefined || seat.state === 'starting' || seat.state === 'serving' || seat.revision !== revision
  }

  #end({ botId, active }: OwnedBot, seat: BotSeat | undefined): void {
    if (seat === undefined) this.#giveBack(botId)
    else void seat.stop(active ? 'orderly' : 'atOnce')
  }

  #startSoon({ botId, fence, revision }: OwnedBot): void {
    if (this.#countStarting() >= MOST_STARTING) return
    const { build, clock, log } = this.#options
    const deps = { build, clock, log, revision, isAwaited: this.#awaited.delete(botId), claim: { botId, fence } }
    this.#seats.set(botId, new BotSeat({ ...deps, onRest: (rested) => this.#rested(rested) }))
  }

  #countStarting(): number {
    return this.#seats.values().reduce((sum, { state }) => sum + (state === 'starting' ? 1 : 0), 0)
  }

  /** A start or a stop is over. */
  #rested(seat: BotSeat): void {
    const { botId } = seat.claim
    if (seat.state === 'over' || seat.state === 'failed') {
      this.#seats.delete(botId)
      // What could not be started is tried again with the next beat, and not before.
      if (seat.state === 'failed') return
      if (!seat.isLost && !this.#stopping && !this.#isOutdated(seat)) this.#giveBack(botId)
    }
    this.#arrange()
  }

  /** The bot is still to be served here, with other parts. */
  #isOutdated({ claim, revision }: BotSeat): boolean {
    return this.#owned.some((bot) => isSame(bot, claim) && bot.active && bot.revision !== revision)
  }

  #giveBack(botId: string): void {
    const claim = this.#owned.find((bot) => bot.botId === botId)
    this.#owned = this.#owned.filter((bot) => bot !== claim)
    if (claim !== undefined) this.#toRelease.push(claim)
    this.#ring()
  }
}

function isSame(one: BotClaim, other: BotClaim): boolean {
  return one.botId === other.botId && one.fence === other.fence
}
