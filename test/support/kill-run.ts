import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../../src/ops/system-clock.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { type Count, count } from './kill-run/count.ts'
import { KILL_MOMENTS, killIn } from './kill-run/kill-moments.ts'
import { Load } from './kill-run/load.ts'
import { type Account, makeAccounts } from './kill-run/people.ts'
import { readOpen, type WireRecord } from './kill-run/records.ts'
import { countRequests, TelegramSide } from './kill-run/telegram-side.ts'
import type { Surroundings, UnderTest } from './kill-run/under-test.ts'
import { Victim } from './kill-run/victim.ts'
import { BadWeather, CALLS_FOR_EACH_FAULT } from './kill-run/weather.ts'
import { seededRandom } from './seeded-random.ts'

export interface KillRunOptions {
  /** Of all that is left to chance here: texts, kills, faults. What the machine does in between is its own affair. */
  seed: number
  /** Empty, and left as it is. */
  dataDir: string
  /** Takes what must be done at the end. */
  after: (cleanUp: () => void | Promise<void>) => void
  /** What is run. Default: the program as one process on SQLite. */
  make?: (surroundings: Surroundings) => Promise<UnderTest>
  /** Posts may be refused for now, because the database is away at times. Default false. */
  mayBeAway?: boolean
  /** At the least: it goes on until each fault struck. */
  kills: number
  /** How long the program runs between its start and its kill, on average, in milliseconds. */
  aliveMs: number
  accounts: number
  /** Private ones, and groups: default 0. */
  chatsEach: number
  groupsEach?: number
  postersPerChat: number
  /** New posts wait while a chat has so many messages queued: a bot may send 30 a second, and all must arrive in the end. */
  waitingPerChat: number
  repeatEveryMs: number
  /** New posts in a second however much waits; default 0. */
  newPerSecond?: number
  /** Between two looks at how much waits for an account's chats, of which 200 messages are seen at most, in milliseconds. */
  gaugeEveryMs: number
  /** Posts that one more account sends to its only chat as fast as it can; all over again after `LIVES_PER_STORM`. */
  stormPosts: number
  /** At 1 about one call in seven goes wrong. */
  badWeather: number
  /** No more kills after this many milliseconds of bad weather. Default: only the number of kills counts. */
  endAfterMs?: number
  /** How long everything that waits may take to go when the weather is good again, in milliseconds. */
  drainMs: number
  /** Hears how it goes. */
  say?: (line: string) => void
}

export interface KillRun extends Count {
  kills: number
  killsInStart: number
  repeatedUnseen: number
  repeatedLater: number
  refusedForNow: number
  tooLate: number
  faults: Map<string, number>
  warnings: ReadonlyMap<string, number>
}

/** The program waits so long for an answer, so that silence costs a run little. */
const SEND_TIMEOUT = '3s'

/** One kill in so many comes while the program starts; a start takes about a second. */
const KILLS_PER_KILL_IN_START = 5
const LONGEST_START_MS = 1200

/** Between two looks at what is still open, in milliseconds. */
const LOOK_EVERY_MS = 250
const LOOKS_PER_LINE = 20

/** A storm begins in the first of so many lives of the program, and the kills of as many come in the midst of its digests. */
const LIVES_PER_STORM = 20
const KILLS_IN_STORM = 3

/** In every third life of the program a person blocks the bot, until the next kill. */
const LIVES_PER_BLOCK = 3

/**
 * Runs the program as its users start it, posts to it all the time over several accounts and chats, lets the sandbox do everything
 * that Telegram may do wrong, kills the program again and again, and counts in the end.
 */
export async function killRun(options: KillRunOptions): Promise<KillRun> {
  const { seed } = options
  const began = performance.now()
  const say = (line: string): void => options.say?.(`${((performance.now() - began) / 1000).toFixed(1)} s: ${line}`)
  const sandbox = await startSandbox({ host: '127.0.0.1', port: 0, clock: systemClock, random: seededRandom(seed + 1) })
  options.after(() => sandbox.stop())
  const bot = sandbox.control.createBot({ username: 'kill_run_bot' })
  const { make = asOneProcess } = options
  const victim = await make({
    dataDir: options.dataDir,
    apiRoot: sandbox.url,
    env: { TELEGRAM_BOT_TOKEN: bot.token, SEND_TIMEOUT, LOG_LEVEL: 'warn', LOG_FORMAT: 'json' },
    after: options.after,
    say,
  })
  await victim.start()
  const who = { url: await victim.url(), sandbox, bot: bot.id }
  const regulars = await makeAccounts(who, options)
  const stormy = await makeAccounts(who, { accounts: 1, chatsEach: 1, from: options.accounts })
  const accounts = [...regulars, ...stormy]
  say(`${regulars.length} accounts with ${regulars[0]?.chats.length} chats each, and one for the storms; seed ${seed}`)

  const telegram = new TelegramSide(sandbox.control)
  const load = new Load({
    accounts: regulars,
    url: () => victim.url(),
    random: seededRandom(seed + 2),
    postersEach: options.postersPerChat,
    waitingPerChat: options.waitingPerChat,
    repeatEveryMs: options.repeatEveryMs,
    gaugeEveryMs: options.gaugeEveryMs,
    newPerSecond: options.newPerSecond ?? 0,
    mayBeAway: options.mayBeAway ?? false,
  })
  const weather = new BadWeather(sandbox.control)
  weather.begin(options.badWeather)
  load.begin()
  options.after(() => void load.end())
  await killAgainAndAgain({ ...options, say }, { victim, load, sandbox, regulars, stormy, bot: bot.id, telegram })
  await load.end()
  const faults = weather.end()
  say(`${load.posts.length} posts accepted; waiting until all have an end`)
  const drained = await drain({ ...options, say }, await victim.url(), accounts, telegram)
  const counted = await count(await victim.url(), { posts: load.posts, accounts, telegram })
  await victim.stop()
  return {
    ...counted,
    kills: victim.kills,
    killsInStart: victim.killsInStart,
    repeatedUnseen: load.repeatedUnseen,
    repeatedLater: load.repeatedLater,
    refusedForNow: load.refusedForNow,
    tooLate: load.tooLate,
    faults,
    warnings: victim.warnings,
    broken: [
      ...(drained ? [] : [`not everything had an end after ${options.drainMs / 1000} s of good weather`]),
      ...victim.complaints,
      ...load.complaints,
      ...(victim.conclude?.() ?? []),
      ...counted.broken,
    ],
  }
}

async function asOneProcess({ env, apiRoot, ...surroundings }: Surroundings): Promise<UnderTest> {
  return new Victim({ ...surroundings, env: { ...env, TELEGRAM_API_ROOT: apiRoot } })
}

interface Scene {
  victim: UnderTest
  load: Load
  sandbox: Sandbox
  regulars: readonly Account[]
  stormy: readonly Account[]
  bot: number
  telegram: TelegramSide
}

/** Ends with the program up and everybody reachable. */
async function killAgainAndAgain(options: KillRunOptions, scene: Scene): Promise<void> {
  const { victim, load, telegram } = scene
  const random = seededRandom(options.seed)
  const dice = (): number => random.unit()
  const over = AbortSignal.timeout(options.endAfterMs ?? 2 ** 31 - 1)
  const isWorthIt = (): boolean =>
    victim.kills >= options.kills && countRequests(telegram.calls) >= CALLS_FOR_EACH_FAULT
  for (let life = 1; !isWorthIt() && !over.aborted; life++) {
    const lifeOfStorm = (life - 1) % LIVES_PER_STORM
    if (lifeOfStorm === 0) beginStorm(scene, options.stormPosts)
    const moment = lifeOfStorm < KILLS_IN_STORM ? 'digest' : KILL_MOMENTS[life % KILL_MOMENTS.length]
    const comeBack = life % LIVES_PER_BLOCK === 0 ? blockSomebody(scene, dice()) : undefined
    // Moments without memory: very short lives and very long ones.
    await sleep(-Math.log(1 - dice()) * options.aliveMs, undefined, { signal: over }).catch(() => undefined)
    await killIn(moment ?? 'any', { ...scene, dice: dice() })
    comeBack?.()
    const isKilledInStart = life % (KILLS_PER_KILL_IN_START - 1) === 0
    const up = isKilledInStart ? killInStart(victim, dice() * LONGEST_START_MS) : victim.start()
    await Promise.all([up, victim.disturb?.({ dice: dice(), load })])
    telegram.read()
    options.say?.(
      `kill ${victim.kills}: ${load.posts.length} posts, ${telegram.arrivals.length} arrivals, ${countRequests(telegram.calls)} calls`,
    )
  }
}

function beginStorm({ load, stormy }: Scene, stormPosts: number): void {
  for (const chat of stormy.flatMap(({ chats }) => chats)) load.storm(chat, stormPosts)
}

async function killInStart(victim: UnderTest, afterMs: number): Promise<void> {
  await victim.startAndKill(afterMs)
  await victim.start()
}

function blockSomebody({ sandbox, regulars, bot }: Scene, dice: number): () => void {
  const chats = regulars.flatMap((account) => account.chats).filter(({ telegramId }) => telegramId > 0)
  const user = chats[Math.floor(dice * chats.length)]?.telegramId
  if (user === undefined) return () => undefined
  sandbox.control.block({ user, bot })
  return () => sandbox.control.unblock({ user, bot })
}

/** False when the time was over before everything had an end. */
async function drain(
  { drainMs, say }: KillRunOptions,
  url: string,
  accounts: readonly Account[],
  telegram: TelegramSide,
): Promise<boolean> {
  const over = AbortSignal.timeout(drainMs)
  for (let looks = 1; !over.aborted; looks++) {
    const open = await readOpen(url, accounts)
    telegram.read()
    if (open.length === 0) return true
    if (looks % LOOKS_PER_LINE === 0)
      say?.(`${telegram.arrivals.length} arrivals; ${open.length} of those open:${describe(open)}`)
    await sleep(LOOK_EVERY_MS)
  }
  return false
}

function describe(open: readonly WireRecord[]): string {
  return open
    .slice(0, 3)
    .map(({ id, status, waitingFor, nextAttemptAt, attemptCount }) => {
      return ` ${id} ${status} ${waitingFor ?? ''} ${nextAttemptAt ?? ''} (attempts ${attemptCount})`
    })
    .join(',')
}
