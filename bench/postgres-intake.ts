import { type Bench, type Benchmark, type Row, sideBySide } from './benchmark.ts'
import { accept } from './support/accepting.ts'
import { benchFolder, type Inhabited, inhabit } from './support/database.ts'
import { type BenchPostgres, connect, startBenchPostgres, using, walOf } from './support/postgres.ts'
import { PostgresInserter } from './support/postgres-messages.ts'
import { type Helper, startHelper } from './support/process.ts'
import { usedMs } from './support/processor.ts'
import { startPostrider } from './support/program.ts'
import { scale } from './support/scaling.ts'
import { startTelegram } from './support/telegram.ts'

const CONNECTIONS = [1, 16, 64]
/** To each process, when there are several: who needs more of them has more senders. */
const EACH = 64
const ACCOUNTS = 16

export const postgresIntake: Benchmark = {
  name: 'postgres-intake',
  about: `Messages accepted and durable on PostgreSQL per second by \`postrider api\`, beside bare inserts with \`pg\` of the same rows:
into the program's own table, and into one with the same columns and no index but its primary key.`,
  inTheWay: `Two cores, which the program, PostgreSQL, the load generator and whatever else runs share: a second process uses what the first
leaves of them, and a third finds nothing left. So more processes cannot show more here than the cores give; what scales on more machines
is the processor time of a message. It grows with the number of processes, because each commits fewer messages together and hears of what
the others did. Beside the inserts, a message alone on its connection pays three ways to the server where an insert pays one.`,
  async run(bench) {
    const postgres = await startBenchPostgres(bench)
    const telegram = await startTelegram({ profile: 'documented', people: ACCOUNTS })
    bench.after(() => telegram.sandbox.stop())
    const loader = await startHelper(bench, './loader.ts')
    const apis = await apiProcesses(bench, { postgres, loader, telegram, apiRoot: telegram.sandbox.url })
    await apis.grow(1)
    const rows = await besideInserts(bench, apis.load, await bareInserts(bench, postgres, telegram))
    const bytes = await walOf(postgres, () => apis.load(EACH))
    rows.push({ what: `written to PostgreSQL's log a message`, ours: bytes, unit: 'bytes' })
    const parts = { api: apis.usedMs, PostgreSQL: postgres.usedMs, 'load generator': () => usedMs(loader.pid) }
    const measure = () => apis.load(EACH * apis.count())
    const scaled = await scale(bench, `accepted, ${EACH} connections to each,`, { ...apis, parts, measure })
    return [...rows, ...scaled]
  },
}

/** Processes on one database, and a load on all of them. */
async function apiProcesses(
  bench: Bench,
  given: { postgres: BenchPostgres; loader: Helper; telegram: Inhabited; apiRoot: string },
) {
  const { postgres, loader, telegram, apiRoot } = given
  const url = await postgres.newDatabase()
  const { accounts } = await using(url, (store) => inhabit(store, telegram))
  const authorizations = accounts.map(({ authorization }) => authorization)
  const folder = benchFolder(bench)
  const programs: Awaited<ReturnType<typeof startPostrider>>[] = []
  const load = (connections: number, seconds = bench.seconds) =>
    accept(loader, { origins: programs.map((api) => api.url), connections, seconds, authorizations })
  const grow = async (count: number): Promise<void> => {
    while (programs.length < count) {
      programs.push(await startPostrider(bench, { folder, apiRoot, role: 'api', env: { DATABASE_URL: url } }))
      await load(EACH * programs.length, bench.seconds)
    }
  }
  return {
    load,
    grow,
    count: () => programs.length,
    usedMs: () => programs.reduce((sum, api) => sum + usedMs(api.process.pid), 0),
  }
}

type Inserts = (rows: number) => Promise<number>

async function besideInserts(
  bench: Bench,
  load: (connections: number) => Promise<{ perSecond: number }>,
  bare: { indexed: Inserts; plain: Inserts },
): Promise<Row[]> {
  const rows: Row[] = []
  for (const connections of CONNECTIONS) {
    const what = `accepted, ${connections} ${connections === 1 ? 'connection' : 'connections'}`
    const unit = 'messages/s'
    const ours = async () => (await load(connections)).perSecond
    const beside = (bareWhat: string, inserts: Inserts) =>
      sideBySide(bench, { what, unit, bareWhat }, { ours, bare: () => inserts(connections) })
    rows.push(await beside(`bare inserts, ${connections} to a commit`, bare.indexed))
    rows.push(await beside('the same without indexes', bare.plain))
  }
  return rows
}

/** Rows a second, so many to a commit, one commit after the other. */
async function bareInserts(bench: Bench, postgres: BenchPostgres, telegram: Inhabited) {
  const url = await postgres.newDatabase()
  const inhabitants = await using(url, (store) => inhabit(store, telegram))
  const client = await connect(bench, url)
  const into = async (table: 'messages' | 'bare'): Promise<Inserts> => {
    const inserter = await PostgresInserter.into(client, inhabitants, table)
    return async (rows) => {
      const began = performance.now()
      let count = 0
      for (; performance.now() - began < bench.seconds * 1000; count += rows) await inserter.insert(rows)
      return (count / (performance.now() - began)) * 1000
    }
  }
  return { indexed: await into('messages'), plain: await into('bare') }
}
