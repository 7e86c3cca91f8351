import { join } from 'node:path'
import { type Bench, type Benchmark, type Row, sideBySide } from './benchmark.ts'
import { accept } from './support/accepting.ts'
import { benchFolder, makeDatabase, MessageInserter } from './support/database.ts'
import { startHelper } from './support/process.ts'
import { Times, usedMs } from './support/processor.ts'
import { databaseIn, startPostrider } from './support/program.ts'
import { startTelegram } from './support/telegram.ts'

const CONNECTIONS = [1, 16, 64, 256]
const AIMED = 64
const ACCOUNTS = 16
/** Until then the code of a fresh process is still being compiled: by the first seconds it would look a fifth slower than it is. */
const WARM_UP_SECONDS = 5

export const intake: Benchmark = {
  name: 'intake',
  about: 'Messages accepted and durable per second, beside a bare Fastify route with the same schema and bare inserts.',
  inTheWay: `In the way of 0.60: processor time, of which the table shows the parts. The main thread needs some three times that of the bare route: for
the token, the way to the writer's thread and back, and for sending what was accepted before. The writer's thread needs most. A commit holds
some twenty messages and not 64, since the first that come do not wait for the last: and so many to a commit, bare inserts take nearly two
thirds of that time too (16 to a commit, above). They pay for indexes that are sorted by account, by chat and by lane, where each message
changes pages of its own; without these they are four to five times as fast. The rest of the writer's time goes to where each message is to go, and to
those that are marked and settled meanwhile: 16 chats, a call a second each, with many messages in it. What is left of the two cores is
lost in the waits of each side for the other, and for the disk. To gain most of it, the newest messages would have to stay out of these
indexes until many can be filed at once, and whoever reads a history or follows changes would have to look in two places.`,
  async run(bench) {
    const telegram = await startTelegram({ profile: 'documented', people: ACCOUNTS })
    bench.after(() => telegram.sandbox.stop())
    const folder = benchFolder(bench)
    const { accounts } = await makeDatabase(databaseIn(folder), telegram)
    const program = await startPostrider(bench, { folder, apiRoot: telegram.sandbox.url })
    const bareRoute = await startHelper(bench, './bare-fastify.ts')
    const { url: bareUrl } = bareRoute.ready as { url: string }
    const loader = await startHelper(bench, './loader.ts')
    const authorizations = accounts.map(({ authorization }) => authorization)
    const load = (origin: string, connections: number, seconds = bench.seconds) =>
      accept(loader, { origins: [origin], connections, seconds, authorizations })
    const inserts = {
      indexed: await bareInserts(bench, telegram),
      plain: await bareInserts(bench, telegram, WITHOUT_INDEXES),
    }

    for (const origin of [program.url, bareUrl]) await load(origin, AIMED, WARM_UP_SECONDS / bench.shrink)
    const rows: Row[] = []
    for (const connections of CONNECTIONS) {
      const what = `accepted, ${connections} ${connections === 1 ? 'connection' : 'connections'}`
      const times = new Times({
        'main thread': () => usedMs(program.process.pid, 'node-MainThread'),
        "writer's thread": () => usedMs(program.process.pid, 'sqlite-writer'),
        'load generator': () => usedMs(loader.pid),
      })
      const bareTimes = new Times({
        'bare route': () => usedMs(bareRoute.pid),
        'its load generator': () => usedMs(loader.pid),
      })
      const ours = () => times.of(() => load(program.url, connections))
      const bare = () => bareTimes.of(() => load(bareUrl, connections))
      const isAimed = connections === AIMED
      const row = { what, unit: 'messages/s', bareWhat: 'bare Fastify route', ...(isAimed && { aim: 'at least 0.60' }) }
      rows.push(await sideBySide(bench, row, { ours, bare }))
      const ofOurs = { what: 'the same', ours: rows.at(-1)?.ours ?? Number.NaN, unit: 'messages/s' }
      const toACommit = `bare inserts, ${connections} to a commit`
      rows.push(besideInserts(ofOurs, toACommit, await inserts.indexed(connections)))
      rows.push(besideInserts(ofOurs, `${toACommit}, without indexes`, await inserts.plain(connections)))
      if (isAimed) rows.push(...[times, bareTimes].flatMap((one) => one.rows(`${connections} connections`)))
    }
    return rows
  },
}

/** But for those that keep the ids and numbers of messages unique. */
const WITHOUT_INDEXES = ['changes', 'expiry', 'history', 'history_by_chat', 'lanes', 'sending']
  .map((name) => `drop index messages_${name};`)
  .join(' ')

/** Rows per second of bare inserts, as many to a transaction as there are connections. `change`: of the schema, before the first. */
async function bareInserts(bench: Bench, telegram: Parameters<typeof makeDatabase>[1], change = '') {
  const file = join(benchFolder(bench), 'bare.db')
  const inserter = new MessageInserter(file, await makeDatabase(file, telegram))
  inserter.database.exec(change)
  bench.after(() => inserter.database.close())
  return async (batch: number): Promise<number> => {
    const began = performance.now()
    let count = 0
    for (; performance.now() - began < bench.seconds * 1000; count += batch) inserter.insert(batch, 'queued')
    return (count / (performance.now() - began)) * 1000
  }
}

function besideInserts(ofOurs: Pick<Row, 'what' | 'ours' | 'unit'>, what: string, perSecond: number): Row {
  return { ...ofOurs, bare: { what, value: perSecond, ratio: ofOurs.ours / perSecond } }
}
