/**
 * `npm run soak`: hours of bad weather and `kill -9`, on this machine alone. Prints how it goes and the count at the end; ends with 1
 * when a promise was broken, and then keeps the data. With `--postgres` several processes on a PostgreSQL of their own, which crashes
 * and stands still at times, and goes away with the run.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { Fleet } from '../test/support/kill-run/fleet.ts'
import { type KillRun, type KillRunOptions, killRun } from '../test/support/kill-run.ts'
import { startPostgres } from '../test/support/postgres-server.ts'

const MINUTE = 60_000

interface Options {
  minutes: number
  seed: number
  killsPerMinute: number
  postgres: boolean
}

const { minutes, seed, killsPerMinute, postgres } = new Command('npm run soak --')
  .description('Posts to the program all the time, breaks its Telegram, kills it again and again, and counts.')
  .option('--minutes <number>', 'how long the bad weather lasts; what waits then goes in good weather', positive, 10)
  .option('--seed <number>', 'of texts, kills and faults', positive, Math.trunc(Date.now() / 1000))
  .option('--kills-per-minute <number>', 'on average, without the time it takes to come up', positive, 10)
  .option('--postgres', 'two `api` and three `bot` processes on PostgreSQL instead of one on SQLite', false)
  .parse()
  .opts<Options>()

const dataDir = mkdtempSync(join(tmpdir(), 'postrider soak '))
const cleanUps: (() => void | Promise<void>)[] = []
// A soak that is stopped by hand leaves no program behind.
process.once('SIGINT', () => void cleanUp().then(() => process.exit(130)))

try {
  const run = await killRun({
    seed,
    dataDir,
    after: (one) => cleanUps.push(one),
    kills: Number.POSITIVE_INFINITY,
    aliveMs: MINUTE / killsPerMinute,
    endAfterMs: minutes * MINUTE,
    // Hundreds of new posts in each second, whatever waits: what piles up travels together, and the limit of the queue bounds it.
    accounts: 50,
    chatsEach: 2,
    postersPerChat: 3,
    waitingPerChat: 95,
    newPerSecond: 300,
    repeatEveryMs: 500,
    gaugeEveryMs: 2000,
    stormPosts: 1000,
    badWeather: 1,
    drainMs: 60 * MINUTE,
    say: console.log,
    ...(postgres && (await aFleet())),
  })
  console.log(report(run))
  process.exitCode = run.broken.length === 0 ? 0 : 1
} finally {
  await cleanUp()
  if (process.exitCode === 0) rmSync(dataDir, { recursive: true, force: true })
  else console.log(`The data is in ${dataDir}; the seed was ${seed}.`)
}

async function aFleet(): Promise<Pick<KillRunOptions, 'make' | 'mayBeAway' | 'groupsEach'>> {
  const server = await startPostgres()
  await server.execute('create database soak')
  return {
    make: (surroundings) => Fleet.make({ ...surroundings, server, database: 'soak', apis: 2, bots: 3 }),
    mayBeAway: true,
    groupsEach: 1,
  }
}

async function cleanUp(): Promise<void> {
  for (const one of cleanUps.splice(0).toReversed()) await one()
}

function report(run: KillRun): string {
  const lines: [string, string | number][] = [
    ['kills (of these in a start)', `${run.kills} (${run.killsInStart})`],
    ['posts accepted', run.accepted],
    ['new posts a second', Math.round(run.accepted / (minutes * 60))],
    ['posts that nobody took in time', run.tooLate],
    ['their ends', words(run.byStatus)],
    ['reasons', words(run.byError)],
    ['posts repeated with their key, no answer seen', run.repeatedUnseen],
    ['posts repeated with their key, later', run.repeatedLater],
    ['posts refused while the database was away', run.refusedForNow],
    ['calls to Telegram', run.calls],
    ['of these answered 429 (of these by no fault)', `${run.told429} (${run.tooFast})`],
    ['faults', words(run.faults)],
    ['calls in flight at kills (most at one)', `${run.unknownByKill} (${run.mostInFlightAtKill})`],
    ['Telegram messages of several of ours', run.digests],
    ['most that travelled together at a kill', run.mostTogetherAtKill],
    ['unknown outcomes by faults', run.unknownByFault],
    ['messages that stand there more than once', run.duplicated],
    ['how often beyond the first', run.extraArrivals],
    ['messages marked as possible duplicates', run.marked],
    ['warnings of the program', words(run.warnings)],
    ['broken promises', run.broken.length],
  ]
  const width = Math.max(...lines.map(([what]) => what.length))
  const table = lines.map(([what, value]) => `${what.padEnd(width)}  ${value}`)
  return ['', ...table, ...run.broken.slice(0, 50).map((one) => `  BROKEN: ${one}`)].join('\n')
}

function words(counted: ReadonlyMap<string, number>): string {
  return Array.from(counted, ([what, times]) => `${what} ${times}`).join(', ')
}

function positive(raw: string): number {
  const value = Number(raw)
  if (raw.trim() === '' || !(value > 0)) throw new InvalidArgumentError('It is no number above 0.')
  return value
}
