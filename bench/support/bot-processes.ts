import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'pg'
import type { Bench } from '../benchmark.ts'
import { benchFolder, inhabit } from './database.ts'
import { addOwnBots, ownBots } from './own-bots.ts'
import { type BenchPostgres, connect, using } from './postgres.ts'
import { fillPostgres } from './postgres-messages.ts'
import { type Helper, startHelper } from './process.ts'
import { growthOf, type Measured, type Parts, usedMs } from './processor.ts'

/** More than the 30 messages that a bot may send in a second, each to another chat. */
const PEOPLE = 40
const BOT_LIMIT_PER_SECOND = 30
/** So long the bots move from process to process, beside what is measured. */
const MOVING_SECONDS = 40
/**
 * A bot sends nothing in the first second after it has moved, since nobody knows what it sent before. Then some 20 calls look whether its
 * commands and texts are the right ones, which for 200 bots takes as much as thousands of messages.
 */
const SETTLE_MS = 8000

export interface BotProcesses {
  grow: (processes: number) => Promise<void>
  parts: Parts
  measure: () => Promise<Measured>
}

/** Processes of `postrider bot` on a backlog for each of so many bots, who are spread over them evenly. */
export async function botProcesses(bench: Bench, postgres: BenchPostgres, count: number): Promise<BotProcesses> {
  const telegram = await startHelper(bench, './many-bots.ts', ['telegram', String(count), String(PEOPLE)])
  const { url: apiRoot, ...there } = telegram.ready as { url: string; botTelegramId: number; people: number[] }
  const url = await postgres.newDatabase()
  await using(url, (store) => inhabit(store, { ...there, people: [] }))
  const client = await connect(bench, url)
  await addOwnBots(client, ownBots(count), there.people)
  await fillPostgres(client, count * BOT_LIMIT_PER_SECOND * (MOVING_SECONDS + 4 * bench.seconds * bench.rounds))
  const folder = benchFolder(bench)
  const processes: Helper[] = []
  return {
    grow: async (wanted) => {
      while (processes.length < wanted)
        processes.push(await startHelper(bench, './many-bots.ts', ['bot', folder, apiRoot, url]))
      while (!(await isEven(client, wanted))) await sleep(100)
      await sleep(SETTLE_MS / Math.sqrt(bench.shrink))
    },
    parts: {
      bot: () => processes.reduce((sum, { pid }) => sum + usedMs(pid), 0),
      PostgreSQL: postgres.usedMs,
      sandbox: () => usedMs(telegram.pid),
    },
    measure: () => growthOf(() => arrived(client), bench.seconds),
  }
}

async function isEven(client: Client, processes: number): Promise<boolean> {
  const { rows } = await client.query<{ bots: string }>('select count(*) as bots from bots group by process_id')
  const bots = rows.map((row) => Number(row.bots))
  return bots.length === processes && Math.max(...bots) - Math.min(...bots) <= 1
}

async function arrived(client: Client): Promise<number> {
  const { rows } = await client.query<{ calls: string }>('select count(*) as calls from attempts')
  return Number(rows[0]?.calls)
}
