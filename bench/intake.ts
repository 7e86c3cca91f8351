import { join } from 'node:path'
import { type Bench, type Benchmark, type Row, sideBySide } from './benchmark.ts'
import { accept } from './support/accepting.ts'
import { benchFolder, makeDatabase, MessageInserter } from './support/database.ts'
import { startHelper } from './support/process.ts'
import { databaseIn, startPostrider } from './support/program.ts'
import { startTelegram } from './support/telegram.ts'

const CONNECTIONS = [1, 16, 64, 256]
const ACCOUNTS = 16

export const intake: Benchmark = {
  name: 'intake',
  about: 'Messages accepted and durable per second, beside a bare Fastify route with the same schema and bare inserts.',
  inTheWay: `In the way of 0.60: two cores. By profiles a message costs about 45 µs on the main thread (20 of them Fastify's own; the
rest is the token, the use case, the way to the writer's thread and back), 45 to 60 on that thread (a row in a table with seven
indexes, its chat looked up, its pages written to the log), and 20 in the load generator. That is some 115 µs on two cores, so 17,000 a second
would be all of it; between groups each side also waits for the other. The bare route has a core to itself and no writer.`,
  async run(bench) {
    const telegram = await startTelegram({ profile: 'documented', people: ACCOUNTS })
    bench.after(() => telegram.sandbox.stop())
    const folder = benchFolder(bench)
    const { accounts } = await makeDatabase(databaseIn(folder), telegram)
    const program = await startPostrider(bench, { folder, apiRoot: telegram.sandbox.url })
    const { url: bareUrl } = (await startHelper(bench, './bare-fastify.ts')).ready as { url: string }
    const loader = await startHelper(bench, './loader.ts')
    const authorizations = accounts.map(({ authorization }) => authorization)
    const load = async (origin: string, connections: number, seconds = bench.seconds) =>
      (await accept(loader, { origins: [origin], connections, seconds, authorizations })).perSecond
    const inserts = await bareInserts(bench, telegram)

    await load(program.url, 16, bench.seconds / 2)
    await load(bareUrl, 16, bench.seconds / 2)
    const rows: Row[] = []
    for (const connections of CONNECTIONS) {
      const what = `accepted, ${connections} ${connections === 1 ? 'connection' : 'connections'}`
      const ours = () => load(program.url, connections)
      const aim = connections === 64 ? { aim: 'at least 0.60' } : {}
      const row = { what, unit: 'messages/s', bareWhat: 'bare Fastify route', ...aim }
      rows.push(await sideBySide(bench, row, { ours, bare: () => load(bareUrl, connections) }))
      rows.push(besideInserts(rows.at(-1), connections, await inserts(connections)))
    }
    return rows
  },
}

/** Rows per second of bare inserts, as many to a transaction as there are connections. */
async function bareInserts(bench: Bench, telegram: Parameters<typeof makeDatabase>[1]) {
  const file = join(benchFolder(bench), 'bare.db')
  const inserter = new MessageInserter(file, await makeDatabase(file, telegram))
  bench.after(() => inserter.database.close())
  return async (batch: number): Promise<number> => {
    const began = performance.now()
    let count = 0
    for (; performance.now() - began < bench.seconds * 1000; count += batch) inserter.insert(batch, 'queued')
    return (count / (performance.now() - began)) * 1000
  }
}

function besideInserts(accepted: Row | undefined, connections: number, perSecond: number): Row {
  const ours = accepted?.ours ?? Number.NaN
  const what = `bare inserts, ${connections} to a commit`
  return { what: 'the same', ours, unit: 'messages/s', bare: { what, value: perSecond, ratio: ours / perSecond } }
}
