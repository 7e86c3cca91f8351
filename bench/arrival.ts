import { Pool } from 'undici'
import { type Bench, type Benchmark, percentile, type Row } from './benchmark.ts'
import { benchFolder, makeDatabase, TEXT } from './support/database.ts'
import { startHelper } from './support/process.ts'
import { databaseIn, startPostrider } from './support/program.ts'
import { startTelegram } from './support/telegram.ts'

/** Ten a second is light, and each person gets one in five seconds: no limit is near. */
const EVERY_MS = 100
const PEOPLE = 50
/** So that one in a hundred is three, and not the slowest of all. */
const FEWEST = 300

export const arrival: Benchmark = {
  name: 'arrival',
  about:
    'From the post to the arrival in the sandbox at light load, of 300 messages or more, beside a bare HTTP hop plus one fsync.',
  inTheWay: `It is one commit with a sync, accepted and on its way together, with a way to the writer's thread and back; then the call.
What is more than in the bare hop: who asks, what is stored and its indexes, and a second hop, to the sandbox.`,
  async run(bench) {
    const telegram = await startTelegram({ profile: 'documented', people: PEOPLE })
    bench.after(() => telegram.sandbox.stop())
    const folder = benchFolder(bench)
    const { accounts } = await makeDatabase(databaseIn(folder), telegram)
    const program = await startPostrider(bench, { folder, apiRoot: telegram.sandbox.url })
    const { url: bareUrl } = (await startHelper(bench, './bare-fastify.ts')).ready as { url: string }

    const arrivals = new Map<string, () => void>()
    const { control } = telegram.sandbox
    control.subscribe(({ kind, message }) => {
      if (kind !== 'message' || message === undefined) return
      const text = control.message(message).message.text?.split('\n').at(-1)
      if (text !== undefined) arrivals.get(text)?.()
    })
    const ours: number[] = []
    const bare: number[] = []
    const [api, bareApi] = [new Pool(program.url), new Pool(bareUrl)]
    bench.after(() => Promise.all([api.close(), bareApi.close()]))
    const turns = Math.max(FEWEST / bench.shrink, (bench.seconds * bench.rounds * 1000) / EVERY_MS)
    for (let turn = -5; turn < turns; turn++) {
      const account = accounts[(turn + 5) % accounts.length]
      const text = `${TEXT} (${turn})`
      const arrived = new Promise<void>((resolve) => arrivals.set(text, resolve))
      const oursMs = await timed(async () => {
        await post(api, '/v1/messages', text, account?.authorization ?? '')
        await arrived
      })
      arrivals.delete(text)
      const bareMs = await timed(() => post(bareApi, '/synced', text, ''))
      // The first few wake up connections and code.
      if (turn >= 0) [ours, bare].forEach((list, which) => list.push(which === 0 ? oursMs : bareMs))
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS))
    }
    return [row(bench, 0.5, ours, bare), row(bench, 0.99, ours, bare)]
  },
}

function row(bench: Bench, share: number, ours: readonly number[], bare: readonly number[]): Row {
  const [oursMs, bareMs] = [percentile(ours, share), percentile(bare, share)]
  const what = `post to arrival, p${share * 100}`
  bench.say(`${what}: ${oursMs.toFixed(2)} ms beside ${bareMs.toFixed(2)} ms`)
  const beside = { what: 'bare HTTP hop plus one fsync', value: bareMs, ratio: oursMs / bareMs }
  return { what, ours: oursMs, unit: 'ms', bare: beside, ...(share === 0.5 && { aim: 'at most 3.00' }) }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

async function post(pool: Pool, path: string, text: string, authorization: string): Promise<void> {
  const headers = { 'content-type': 'application/json', authorization }
  const answer = await pool.request({ method: 'POST', path, headers, body: JSON.stringify({ text }) })
  await answer.body.dump()
  if (answer.statusCode !== 202) throw new Error(`answered ${answer.statusCode}`)
}
