import { openSqliteStore } from '../src/store/sqlite/sqlite-store.ts'
import { type Bench, type Benchmark, type Row, sideBySide } from './benchmark.ts'
import { benchFolder, fill, makeDatabase } from './support/database.ts'
import { dispatch, post, type TelegramThere } from './support/dispatching.ts'
import { startHelper } from './support/process.ts'
import { Times, usedMs } from './support/processor.ts'
import { databaseIn } from './support/program.ts'

const PEOPLE = 1000
/** 8 is what the program uses; 64 shows what is left in it where Telegram allows more. */
const CONCURRENCY = [8, 64]

export const delivery: Benchmark = {
  name: 'delivery',
  about:
    'Messages delivered per second with all limits off, each marked before and settled after, beside bare undici posts.',
  inTheWay: `In the way of 0.60: a message is changed twice (on its way, arrived), each time with up to five indexes and a log that is
synced, so the writer's thread needs more processor time for it than all of a bare post takes; the fewer share a commit, the more. On the main
thread it goes to reading what waits, to undici's write and to the way to the writer's thread. Telegram itself takes 30 a second of a bot: a
hundredth of this.`,
  async run(bench) {
    const sandbox = await startHelper(bench, './telegram-process.ts', [String(PEOPLE)])
    const telegram = sandbox.ready as TelegramThere
    const rows: Row[] = []
    for (const concurrency of CONCURRENCY) {
      const row = {
        what: `delivered, ${concurrency} calls at once`,
        unit: 'messages/s',
        bareWhat: `bare undici posts, ${concurrency} at once`,
        aim: 'at least 0.60',
      }
      const times = new Times({
        'main thread': () => usedMs(process.pid, 'node-MainThread'),
        "writer's thread": () => usedMs(process.pid, 'sqlite-writer'),
        sandbox: () => usedMs(sandbox.pid),
      })
      const ours = () => deliver(bench, telegram, { concurrency, times })
      rows.push(await sideBySide(bench, row, { ours, bare: () => post(bench, telegram, concurrency) }))
      rows.push(...times.rows(`${concurrency} at once`))
    }
    return rows
  },
}

/** A fresh database with a backlog, and the dispatcher on it. */
async function deliver(
  bench: Bench,
  telegram: TelegramThere,
  { concurrency, times }: { concurrency: number; times: Times },
): Promise<number> {
  const file = databaseIn(benchFolder(bench))
  const made = await makeDatabase(file, telegram)
  fill(file, made, { count: Math.ceil(5000 * bench.seconds), status: 'queued' })
  const store = await openSqliteStore({ file })
  const perSecond = await times.of(() => dispatch(bench, { store, botId: made.botId, telegram, concurrency }))
  await store.close()
  return perSecond
}
