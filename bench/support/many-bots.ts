import { DatabaseSync } from 'node:sqlite'
import { createApp } from '../../src/app.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { createLog } from '../../src/ops/logging.ts'
import { createTokenSeals } from '../../src/ops/token-seals.ts'
import { makeDatabase } from './database.ts'
import { serveHelper } from './process.ts'
import { databaseIn } from './program.ts'
import { BOT_TOKEN, startTelegram } from './telegram.ts'

// `telegram COUNT`: a Telegram with so many bots. `program FOLDER API_ROOT COUNT`: the whole program, in this process, that serves them.

const [part, ...given] = process.argv.slice(2)
const FIRST_BOT = 7_000_000
const SECRET_KEY = 'a key of the bench, long enough for it'
const SECRET = 'AAHk_fOtcBDR9ZsAtO2dPqUkr8uHw01x7Qs'

await (part === 'telegram'
  ? serveTelegram(Number(given[0]))
  : serveProgram(given[0] ?? '', given[1] ?? '', Number(given[2])))

async function serveTelegram(count: number): Promise<void> {
  const { sandbox } = await startTelegram({ profile: 'documented', people: 1 })
  for (let bot = FIRST_BOT; bot < FIRST_BOT + count; bot++) {
    sandbox.control.createBot({ username: `bench_${bot}_bot`, name: 'Bench', token: `${bot}:${SECRET}` })
  }
  serveHelper({ url: sandbox.url }, async () => ({}))
}

async function serveProgram(folder: string, apiRoot: string, count: number): Promise<void> {
  const { accounts } = await makeDatabase(databaseIn(folder), { botTelegramId: 1, people: [1] })
  addBots(databaseIn(folder), accounts[0]?.userId ?? '', count)
  const env = {
    SECRET_KEY,
    DATA_DIR: folder,
    TELEGRAM_BOT_TOKEN: BOT_TOKEN,
    TELEGRAM_API_ROOT: apiRoot,
    PORT: '0',
    LOG_LEVEL: 'error',
  }
  const config = loadConfig(env)
  const app = await createApp(config, { log: createLog(config) })
  await app.start()
  serveHelper({ url: app.localUrl }, async () => ({}))
}

/** Bots of somebody's own. */
function addBots(file: string, ownerId: string, count: number): void {
  const database = new DatabaseSync(file)
  const insert = database.prepare(
    "insert into bots (id, owner_id, telegram_bot_id, username, name, active, state, token_sealed) values (?, ?, ?, ?, 'Bench', 1, 'starting', ?)",
  )
  const seals = createTokenSeals({ secretKey: SECRET_KEY, previousKey: null })
  database.exec('begin')
  for (let bot = FIRST_BOT; bot < FIRST_BOT + count; bot++) {
    insert.run(`bot_${bot}`, ownerId, bot, `bench_${bot}_bot`, seals.seal(`${bot}:${SECRET}`, bot))
  }
  database.exec('commit')
  database.close()
}
