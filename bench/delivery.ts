import { Pool } from 'undici'
import { Dispatcher } from '../src/delivery/dispatcher.ts'
import { Pacer } from '../src/delivery/pacer.ts'
import type { Log } from '../src/domain/log.ts'
import { NO_METRICS } from '../src/domain/metrics.ts'
import { DOCUMENTED_LIMITS } from '../src/domain/pacing.ts'
import { systemClock } from '../src/ops/system-clock.ts'
import { systemRandom } from '../src/ops/system-random.ts'
import { openSqliteStore } from '../src/store/sqlite/sqlite-store.ts'
import { createBotApiClient } from '../src/telegram/bot-api-client.ts'
import { type Bench, type Benchmark, sideBySide } from './benchmark.ts'
import { benchFolder, fill, makeDatabase, TEXT } from './support/database.ts'
import { startHelper } from './support/process.ts'
import { databaseIn } from './support/program.ts'
import { BOT_TOKEN } from './support/telegram.ts'

const PEOPLE = 1000
/** 8 is what the program uses; 64 shows what is left in it where Telegram allows more. */
const CONCURRENCY = [8, 64]

interface Telegram {
  url: string
  botTelegramId: number
  people: number[]
}

export const delivery: Benchmark = {
  name: 'delivery',
  about:
    'Messages delivered per second with all limits off, each marked before and settled after, beside bare undici posts.',
  inTheWay: `In the way of 0.60: a message is changed twice (on its way, arrived), each time with up to five indexes and a log that is
synced. By profiles it costs about 150 µs on the main thread (a third of it reading what waits, a tenth undici's write), 115 on the
writer's thread and 60 in the sandbox, and a bare post has only the last and 40 of its own. Telegram itself takes 30 a second of a bot: a
hundredth of this.`,
  async run(bench) {
    const { ready } = await startHelper(bench, './telegram-process.ts', [String(PEOPLE)])
    const telegram = ready as Telegram
    const rows = []
    for (const concurrency of CONCURRENCY) {
      const row = {
        what: `delivered, ${concurrency} calls at once`,
        unit: 'messages/s',
        bareWhat: `bare undici posts, ${concurrency} at once`,
        aim: 'at least 0.60',
      }
      const ours = () => deliver(bench, telegram, concurrency)
      rows.push(await sideBySide(bench, row, { ours, bare: () => post(bench, telegram, concurrency) }))
    }
    return rows
  },
}

/** A fresh database with a backlog, and the dispatcher on it. */
async function deliver(bench: Bench, telegram: Telegram, concurrency: number): Promise<number> {
  const file = databaseIn(benchFolder(bench))
  const made = await makeDatabase(file, telegram)
  fill(file, made, { count: Math.ceil(5000 * bench.seconds), status: 'queued' })
  const store = await openSqliteStore({ file })
  const client = createBotApiClient({ apiRoot: telegram.url, token: BOT_TOKEN, timeoutMs: 20_000 })
  let delivered = 0
  const dispatcher = new Dispatcher({
    botId: made.botId,
    store,
    telegram: client,
    pacer: new Pacer({ clock: systemClock, limits: { ...DOCUMENTED_LIMITS, privateChat: [], group: [], bot: [] } }),
    clock: systemClock,
    random: systemRandom,
    log: SILENT,
    metrics: { ...NO_METRICS, delivered: () => void delivered++ },
    concurrency,
  })
  await dispatcher.start()
  await systemClock.sleep(bench.seconds * 250)
  const [began, before] = [performance.now(), delivered]
  await systemClock.sleep(bench.seconds * 1000)
  const perSecond = ((delivered - before) / (performance.now() - began)) * 1000
  await dispatcher.stop(new AbortController().signal)
  await client.close()
  await store.close()
  return perSecond
}

const nothing = (): void => undefined
const SILENT: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing }

async function post(bench: Bench, telegram: Telegram, concurrency: number): Promise<number> {
  const pool = new Pool(telegram.url, { connections: concurrency, pipelining: 1 })
  const began = performance.now()
  let count = 0
  const lane = async (): Promise<void> => {
    while (performance.now() - began < bench.seconds * 1000) {
      const chat = telegram.people[count++ % telegram.people.length]
      const body = JSON.stringify({ chat_id: chat, text: `Ann, I got a message from you:\n${TEXT}` })
      const headers = { 'content-type': 'application/json' }
      const answer = await pool.request({ method: 'POST', path: `/bot${BOT_TOKEN}/sendMessage`, headers, body })
      const { ok } = (await answer.body.json()) as { ok: boolean }
      if (!ok) throw new Error(`the sandbox answered ${answer.statusCode}`)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, lane))
  const perSecond = (count / (performance.now() - began)) * 1000
  await pool.close()
  return perSecond
}
