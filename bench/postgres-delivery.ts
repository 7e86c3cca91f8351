import { type Bench, type Benchmark, type Row, sideBySide } from './benchmark.ts'
import { bareDelivery } from './support/bare-delivery.ts'
import { botProcesses } from './support/bot-processes.ts'
import { inhabit } from './support/database.ts'
import { dispatch, type TelegramThere } from './support/dispatching.ts'
import { bytesKept } from './support/kept.ts'
import { type BenchPostgres, connect, startBenchPostgres, using, walOf } from './support/postgres.ts'
import { fillPostgres } from './support/postgres-messages.ts'
import { type Helper, startHelper } from './support/process.ts'
import { type Measured, Times, usedMs } from './support/processor.ts'
import { scale } from './support/scaling.ts'

const PEOPLE = 200
/** 8 is what the program uses for a bot; 64 shows what is left in it where Telegram allows more. */
const CONCURRENCY = [8, 64]
/** More than is delivered in a second. */
const BACKLOG_A_SECOND = 5000
const BOTS = 200
const KEPT = 50_000

export const postgresDelivery: Benchmark = {
  name: 'postgres-delivery',
  about: `Messages delivered from PostgreSQL per second: by one bot with all limits off, beside bare undici posts with a bare update of the
same row by \`pg\` before and after each; and by processes of \`postrider bot\` that share ${BOTS} bots, each within Telegram's limits.`,
  inTheWay: `Two cores, which the bots, PostgreSQL and the sandbox share. The bare updates know which message is next and commit side by side;
ours ask what waits, and are put in order by the counter, so a call waits for the group before its own, twice. That is latency and not
work: the more calls there are, the more share a commit, and the less a message costs. The bots need it least: each waits for its limit.`,
  async run(bench) {
    const postgres = await startBenchPostgres(bench)
    const beside = await besideUpdates(bench, postgres)
    const count = Math.max(6, BOTS / bench.shrink)
    const scaled = await scale(bench, `delivered for ${count} bots`, await botProcesses(bench, postgres, count))
    const kept = await bytesKept(bench, postgres, KEPT / bench.shrink)
    return [...beside, ...scaled, { what: 'kept on disk a message', ours: kept, unit: 'bytes' }]
  },
}

async function besideUpdates(bench: Bench, postgres: BenchPostgres): Promise<Row[]> {
  const sandbox = await startHelper(bench, './telegram-process.ts', [String(PEOPLE / Math.sqrt(bench.shrink))])
  const deliver = await ourDelivery(bench, postgres, sandbox)
  const bare = await bareDelivery(bench, postgres, sandbox.ready as TelegramThere)
  const parts = {
    bot: () => usedMs(process.pid),
    PostgreSQL: postgres.usedMs,
    sandbox: () => usedMs(sandbox.pid),
  }
  const rows: Row[] = []
  for (const concurrency of CONCURRENCY) {
    const times = new Times(parts)
    const what = `delivered, ${concurrency} calls at once`
    const row = { what, unit: 'messages/s', bareWhat: `bare posts and updates, ${concurrency} at once` }
    const ours = async () => await times.of(await deliver(concurrency))
    rows.push(await sideBySide(bench, row, { ours, bare: () => bare(concurrency) }))
    rows.push(...times.rows(`${concurrency} at once`))
  }
  const bytes = await walOf(postgres, await deliver(CONCURRENCY[0] ?? 1))
  return [...rows, { what: "written to PostgreSQL's log a message", ours: bytes, unit: 'bytes' }]
}

/** Prepares a backlog for a dispatcher in this process, and gives what has it delivered. */
async function ourDelivery(bench: Bench, postgres: BenchPostgres, { ready }: Helper) {
  const telegram = ready as TelegramThere
  const url = await postgres.newDatabase()
  const { botId } = await using(url, (store) => inhabit(store, telegram))
  const client = await connect(bench, url)
  return async (concurrency: number): Promise<() => Promise<Measured>> => {
    await fillPostgres(client, Math.ceil(BACKLOG_A_SECOND * bench.seconds))
    return () => using(url, (store) => dispatch(bench, { store, botId, telegram, concurrency }))
  }
}
