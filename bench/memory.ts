import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench, Benchmark, Row } from './benchmark.ts'
import { benchFolder, fill, makeDatabase } from './support/database.ts'
import { startHelper } from './support/process.ts'
import { databaseIn, metric, startPostrider } from './support/program.ts'
import { startTelegram } from './support/telegram.ts'

const BACKLOG = 1_000_000
const PEOPLE = 1000
const BOTS = 1000
/** Long enough for the dispatcher to have found its chats and sent for a while. */
const SETTLE_MS = 5000

export const memory: Benchmark = {
  name: 'memory',
  about: 'Resident memory at idle and with many bots and with a backlog, and how long the start takes with it.',
  async run(bench) {
    const idle = await measure(bench, 0)
    const bots = await withBots(bench, BOTS / bench.shrink)
    const count = BACKLOG / bench.shrink
    const full = await measure(bench, count)
    const waiting = `with ${count.toLocaleString('en')} waiting`
    const rows: Row[] = [
      { what: 'memory at idle', ours: idle.megabytes, unit: 'MB' },
      { ...bots, bare: { what: 'memory at idle', value: idle.megabytes, ratio: bots.ours / idle.megabytes } },
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

/** Every bot polls, and has its dispatcher. */
async function withBots(bench: Bench, count: number): Promise<Row> {
  const telegram = await startHelper(bench, './many-bots.ts', ['telegram', String(count), '1'])
  const { url: apiRoot } = telegram.ready as { url: string }
  const program = await startHelper(bench, './many-bots.ts', ['up', benchFolder(bench), apiRoot, String(count)])
  const { url } = program.ready as { url: string }
  // The shared bot is one more.
  while ((await metric(url, 'postrider_bots_served')) < count + 1) await sleep(100)
  await sleep(SETTLE_MS / Math.sqrt(bench.shrink))
  const megabytes = (await metric(url, 'process_resident_memory_bytes')) / 2 ** 20
  bench.say(`${count} bots: ${megabytes.toFixed(0)} MB`)
  return { what: `memory with ${count.toLocaleString('en')} bots`, ours: megabytes, unit: 'MB', aim: 'below 300' }
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
  await sleep(SETTLE_MS / Math.sqrt(bench.shrink))
  const megabytes = (await metric(program.url, 'process_resident_memory_bytes')) / 2 ** 20
  bench.say(`${waiting} waiting: ${megabytes.toFixed(0)} MB, started in ${startSeconds.toFixed(2)} s`)
  await program.end('SIGTERM')
  return { megabytes, startSeconds }
}
