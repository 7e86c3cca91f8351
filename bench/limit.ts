import type { Benchmark } from './benchmark.ts'
import { benchFolder, fill, makeDatabase } from './support/database.ts'
import { databaseIn, metric, startPostrider } from './support/program.ts'
import { startTelegram } from './support/telegram.ts'

/** More than the bot can serve in a second, so that no chat's own limit is the one that is met. */
const PEOPLE = 300
/** Telegram bots FAQ: about 30 messages a second for a bot. */
const BOT_LIMIT_PER_SECOND = 30

export const limit: Benchmark = {
  name: 'limit',
  about: 'One bot with more work than it may do, on a sandbox with the strict model of rates.',
  async run(bench) {
    const telegram = await startTelegram({ profile: 'strict', people: PEOPLE })
    const { control } = telegram.sandbox
    bench.after(() => telegram.sandbox.stop())
    const folder = benchFolder(bench)
    const made = await makeDatabase(databaseIn(folder), telegram)
    const seconds = bench.seconds * bench.rounds
    fill(databaseIn(folder), made, { count: Math.ceil(seconds * 60) + 600, status: 'queued' })
    const program = await startPostrider(bench, { folder, apiRoot: telegram.sandbox.url })
    // Nothing goes in the first second, because nobody knows what went before the start; then the pace has to settle.
    while (control.deliveries().length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    await new Promise((resolve) => setTimeout(resolve, Math.min(2000, seconds * 500)))
    const [began, before] = [performance.now(), control.deliveries().length]
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
    const perSecond = ((control.deliveries().length - before) / (performance.now() - began)) * 1000
    const share = perSecond / BOT_LIMIT_PER_SECOND
    const throttled = (await metric(program.url, 'postrider_throttled_total')) || 0
    bench.say(`${perSecond.toFixed(2)} a second, ${throttled} answers 429`)
    return [
      {
        what: 'one bot at its limit',
        ours: perSecond,
        unit: 'messages/s',
        bare: { what: 'the limit', value: BOT_LIMIT_PER_SECOND, ratio: share },
        aim: 'at least 0.95',
      },
      { what: 'answers 429 seen meanwhile', ours: throttled, unit: '', aim: '0' },
    ]
  },
}
