import { type Bench, type Benchmark, type Row, sideBySide } from './benchmark.ts'
import { benchFolder, fill, makeDatabase } from './support/database.ts'
import type { Loaded } from './support/loader.ts'
import { type Helper, startHelper } from './support/process.ts'
import { databaseIn, startPostrider } from './support/program.ts'
import { startTelegram } from './support/telegram.ts'

const SMALL = 1000
const LARGE = 1_000_000
const LARGEST = 10_000_000

export const history: Benchmark = {
  name: 'history',
  about: 'The newest page of a long history beside that of a short one: one request after the other.',
  async run(bench) {
    const loader = await startHelper(bench, './loader.ts')
    const small = await serve(bench, loader, SMALL)
    const rows: Row[] = []
    for (const size of bench.tenMillion ? [LARGE, LARGEST] : [LARGE]) {
      const count = Math.max(SMALL, size / bench.shrink)
      const ours = await serve(bench, loader, count)
      const row = {
        what: `newest page of ${count.toLocaleString('en')}`,
        unit: 'pages/s',
        bareWhat: `newest page of ${SMALL.toLocaleString('en')}`,
        aim: 'about 1.00',
      }
      rows.push(await sideBySide(bench, row, { ours, bare: small }))
    }
    return rows
  },
}

/** A program with one account that has a history; answers how many pages of it come in a second. */
async function serve(bench: Bench, loader: Helper, messages: number): Promise<() => Promise<number>> {
  const telegram = await startTelegram({ profile: 'documented', people: 1 })
  bench.after(() => telegram.sandbox.stop())
  const folder = benchFolder(bench)
  const made = await makeDatabase(databaseIn(folder), telegram)
  fill(databaseIn(folder), made, { count: messages, status: 'delivered' })
  const program = await startPostrider(bench, { folder, apiRoot: telegram.sandbox.url })
  const authorizations = made.accounts.map(({ authorization }) => authorization)
  const request = {
    origins: [program.url],
    method: 'GET',
    path: '/v1/messages?limit=50',
    authorizations,
    connections: 1,
  }
  const pages = async (seconds: number): Promise<number> => {
    const { perSecond, statuses } = await loader.ask<Loaded>({ ...request, seconds })
    if (Object.keys(statuses).join(',') !== '200') throw new Error(`not only 200: ${JSON.stringify(statuses)}`)
    return perSecond
  }
  await pages(bench.seconds / 2)
  return () => pages(bench.seconds)
}
