import { Pool } from 'undici'
import { Dispatcher } from '../../src/delivery/dispatcher.ts'
import { Pacer } from '../../src/delivery/pacer.ts'
import type { Log } from '../../src/domain/log.ts'
import { NO_METRICS } from '../../src/domain/metrics.ts'
import { DOCUMENTED_LIMITS } from '../../src/domain/pacing.ts'
import { systemClock } from '../../src/ops/system-clock.ts'
import { systemRandom } from '../../src/ops/system-random.ts'
import type { Store } from '../../src/store/store.ts'
import { createBotApiClient } from '../../src/telegram/bot-api-client.ts'
import type { Bench } from '../benchmark.ts'
import { TEXT } from './database.ts'
import { growthOf } from './processor.ts'
import { BOT_TOKEN } from './telegram.ts'

/** A Telegram in a process of its own, by `telegram-process.ts`. */
export interface TelegramThere {
  url: string
  botTelegramId: number
  people: number[]
}

/** A dispatcher on a backlog, with all limits off. Resolves with the messages delivered in a second, and from the start to the end. */
export async function dispatch(
  bench: Bench,
  given: { store: Store; botId: string; telegram: TelegramThere; concurrency: number },
): Promise<{ perSecond: number; count: number }> {
  const { store, botId, telegram, concurrency } = given
  const client = createBotApiClient({ apiRoot: telegram.url, token: BOT_TOKEN, timeoutMs: 20_000 })
  let delivered = 0
  const dispatcher = new Dispatcher({
    botId,
    store,
    telegram: client,
    // All limits off, also that of calls under way at once: `concurrency` says how many there are.
    pacer: new Pacer({
      clock: systemClock,
      limits: { ...DOCUMENTED_LIMITS, privateChat: [], group: [], bot: [], inFlight: concurrency },
    }),
    clock: systemClock,
    random: systemRandom,
    log: SILENT,
    metrics: { ...NO_METRICS, delivered: () => void delivered++ },
    concurrency,
  })
  await dispatcher.start()
  await systemClock.sleep(bench.seconds * 250)
  const { perSecond } = await growthOf(() => delivered, bench.seconds)
  await dispatcher.stop(new AbortController().signal)
  await client.close()
  return { perSecond, count: delivered }
}

const nothing = (): void => undefined
const SILENT: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing }

/** Calls of `sendMessage` by undici alone, so many at once, each inside of `around`; how many a second. */
export async function post(
  bench: Bench,
  telegram: TelegramThere,
  concurrency: number,
  around: (call: () => Promise<void>) => Promise<void> = (call) => call(),
): Promise<number> {
  const pool = new Pool(telegram.url, { connections: concurrency, pipelining: 1 })
  const began = performance.now()
  let count = 0
  const lane = async (): Promise<void> => {
    while (performance.now() - began < bench.seconds * 1000) {
      const turn = count++
      await around(() => sendMessage(pool, telegram.people[turn % telegram.people.length]))
    }
  }
  await Promise.all(Array.from({ length: concurrency }, lane))
  const perSecond = (count / (performance.now() - began)) * 1000
  await pool.close()
  return perSecond
}

async function sendMessage(pool: Pool, chat: number | undefined): Promise<void> {
  const body = JSON.stringify({ chat_id: chat, text: `Ann, I got a message from you:\n${TEXT}` })
  const headers = { 'content-type': 'application/json' }
  const answer = await pool.request({ method: 'POST', path: `/bot${BOT_TOKEN}/sendMessage`, headers, body })
  const { ok } = (await answer.body.json()) as { ok: boolean }
  if (!ok) throw new Error(`the sandbox answered ${answer.statusCode}`)
}
