import { type Bot, shownState } from '../domain/bot.ts'
import type { Clock } from '../domain/clock.ts'
import { inWords } from '../domain/reasons.ts'
import type { TelegramContact } from '../domain/telegram-contact.ts'
import type { Census, Records, Store } from '../store/store.ts'
import { recentLook } from './recent-look.ts'

/** What this process is and where it works. */
export interface Installation {
  version: string
  startedAtMs: number
  engine: 'sqlite' | 'postgres'
  /** Telegram is the sandbox of this process. */
  isSandbox: boolean
  /** The host of the Bot API, with its port if it has one. */
  apiHost: string
}

export interface Overview extends Installation {
  /** `latencyMs`: the way to the database and back, with a write where it takes one. */
  database: { ok: boolean; latencyMs: number; sizeBytes: number | null }
  /**
   * `lastAnswerMs`: to any call of this process, or to a call of another one that sends something, as it was written down within a minute;
   * null when there was none.
   */
  telegram: { ok: boolean; reason: string | null; lastAnswerMs: number | null }
  /** Those that serve bots. */
  processes: { id: string; bots: number }[]
  counts: Census & { botsRunning: number; waiting: number; oldestWaitingMs: number | null }
}

/** For operators: how the whole installation is doing. Numbers that are counted are as they were seconds ago. */
export type GetOverview = () => Promise<Overview>

interface Deps {
  store: Pick<Records, 'census' | 'backlog' | 'listBots' | 'listProcesses' | 'lastAnswerMs'> &
    Pick<Store, 'ping' | 'sizeBytes'>
  clock: Clock
  installation: Installation
  contact: Pick<TelegramContact, 'lastAnswerMs' | 'silence'>
}

export function getOverview({ store, clock, installation, contact }: Deps): GetOverview {
  const counted = recentLook(async () => await Promise.all([store.census(), store.backlog()]), clock)
  return async () => {
    const [database, [census, backlog], bots, processes, writtenMs] = await Promise.all([
      databaseOf(store, clock),
      counted(),
      store.listBots(),
      store.listProcesses(),
      store.lastAnswerMs(),
    ])
    const waiting = backlog.reduce((sum, one) => sum + one.waiting, 0)
    const oldestWaitingMs = waiting === 0 ? null : Math.min(...backlog.map(({ oldestMs }) => oldestMs))
    const botsRunning = bots.filter((bot) => shownState(bot).state === 'running').length
    const counts = { ...census, botsRunning, waiting, oldestWaitingMs }
    const lastAnswerMs = Math.max(writtenMs ?? 0, contact.lastAnswerMs ?? 0) || null
    const telegram = { ...telegramOf(bots, contact.silence), lastAnswerMs }
    return { ...installation, database, telegram, processes, counts }
  }
}

async function databaseOf(store: Deps['store'], clock: Clock): Promise<Overview['database']> {
  const beganMs = clock.monotonic()
  const ok = await store.ping().then(
    () => true,
    () => false,
  )
  const latencyMs = Math.round((clock.monotonic() - beganMs) * 10) / 10
  return { ok, latencyMs, sizeBytes: await store.sizeBytes().catch(() => null) }
}

/**
 * By what the bots that somebody serves hear of it: it answers when one of them was answered, even with a no. What this process hears counts
 * before what was noted of them: a bot that waits for news hears half a minute later that there is nobody any more.
 */
function telegramOf(bots: readonly Bot[], silence: string | null): Pick<Overview['telegram'], 'ok' | 'reason'> {
  const served = bots.filter(({ active, isServed }) => active && isServed)
  if (served.length > 0 && silence !== null) return { ok: false, reason: silence }
  if (served.some(({ state }) => ANSWERED.has(state))) return { ok: true, reason: null }
  const lost = served.find(({ state }) => state === 'unreachable')
  if (lost) return { ok: false, reason: lost.stateReason }
  return { ok: false, reason: inWords(served.length > 0 ? 'not_heard_yet' : 'no_process') }
}
const ANSWERED: ReadonlySet<Bot['state']> = new Set(['running', 'conflict', 'rejected'])
