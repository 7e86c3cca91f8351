import type { Bench, Benchmark, Row } from './benchmark.ts'
import { benchFolder, fill, makeDatabase } from './support/database.ts'
import { databaseIn, metric, startPostrider } from './support/program.ts'
import { startTelegram } from './support/telegram.ts'

const BACKLOG = 1_000_000
const PEOPLE = 1000
/** Long enough for the dispatcher to have found its chats and sent for a while. */
const SETTLE_MS = 5000

export const memory: Benchmark = {
  name: 'memory',
  about: 'Resident memory at idle and with a backlog, and how long the start takes with it.',
  async run(bench) {
    const idle = await measure(bench, 0)
    const count = BACKLOG / bench.shrink
    const full = await measure(bench, count)
    const waiting = `with ${count.toLocaleString('en')} waiting`
    const rows: Row[] = [
      { what: 'memory at idle', ours: idle.megabytes, unit: 'MB' },
      {
        what: `memory ${waiting}`,
        ours: full.megabytes,
        unit: 'MB',
        bare: { what: 'memory at idle', value: idle.megabytes, ratio: full.megabytes / idle.megabytes },
      },
      {
        what: `start ${waiting}`,
        ours: full.startSeconds,
        unit: 's',
        bare: { what: 'start with none', value: idle.startSeconds, ratio: full.startSeconds / idle.startSeconds },
      },
    ]
    return rows
  },
}

async function measure(bench: Bench, waiting: number): Promise<{ megabytes: number; startSeconds: number }> {
  const telegram = await startTelegram({ profile: 'documented', people: PEOPLE })
  bench.after(() => telegram.sandbox.stop())
  const folder = benchFolder(bench)
  const made = await makeDatabase(databaseIn(folder), telegram)
  fill(databaseIn(folder), made, { count: waiting, status: 'queued' })
  const began = performance.now()
  const program = await startPostrider(bench, { folder, apiRoot: telegram.sandbox.url })
  const startSeconds = (performance.now() - began) / 1000
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS / Math.sqrt(bench.shrink)))
  const megabytes = (await metric(program.url, 'process_resident_memory_bytes')) / 2 ** 20
  bench.say(`${waiting} waiting: ${megabytes.toFixed(0)} MB, started in ${startSeconds.toFixed(2)} s`)
  await program.end('SIGTERM')
  return { megabytes, startSeconds }
}
