import { DatabaseSync } from 'node:sqlite'
import { createApp } from '../../src/app.ts'
import type { Role } from '../../src/cli/house.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { createLog } from '../../src/ops/logging.ts'
import { makeDatabase } from './database.ts'
import { type OwnBot, ownBots, SECRET_KEY } from './own-bots.ts'
import { serveHelper } from './process.ts'
import { databaseIn } from './program.ts'
import { BOT_TOKEN, startTelegram } from './telegram.ts'

// `telegram COUNT PEOPLE`: a Telegram with so many bots, each of which so many people have started.
// `up FOLDER API_ROOT COUNT`: the whole program, in this process, that serves them from SQLite.
// `bot FOLDER API_ROOT DATABASE_URL`: one of several processes that share those of a database.

const [part, ...given] = process.argv.slice(2)
const [first = '', second = '', third = ''] = given

if (part === 'telegram') await serveTelegram(Number(first), Number(second))
if (part === 'up') await serveAll(first, second, Number(third))
if (part === 'bot') await serve('bot', { DATA_DIR: first, TELEGRAM_API_ROOT: second, DATABASE_URL: third })

async function serveTelegram(count: number, peopleCount: number): Promise<void> {
  const telegram = await startTelegram({ profile: 'off', people: peopleCount })
  const { sandbox, botTelegramId, people } = telegram
  for (const { username, token } of ownBots(count)) {
    const { id } = sandbox.control.createBot({ username, name: 'Bench', token })
    for (const user of people) sandbox.control.start({ user, bot: id })
    await fetch(`${sandbox.url}/bot${token}/deleteWebhook?drop_pending_updates=true`)
  }
  serveHelper({ url: sandbox.url, botTelegramId, people }, async () => ({}))
}

async function serveAll(folder: string, apiRoot: string, count: number): Promise<void> {
  const { accounts } = await makeDatabase(databaseIn(folder), { botTelegramId: 1, people: [1] })
  addBots(databaseIn(folder), accounts[0]?.userId ?? '', ownBots(count))
  await serve('up', { DATA_DIR: folder, TELEGRAM_API_ROOT: apiRoot })
}

async function serve(role: Role, env: Record<string, string>): Promise<void> {
  // All bots begin at once, and not nine more each minute.
  const common = {
    SECRET_KEY,
    TELEGRAM_BOT_TOKEN: BOT_TOKEN,
    PORT: '0',
    LOG_LEVEL: 'error',
    BOT_STARTS_PER_MINUTE: '0',
  }
  const config = loadConfig({ ...common, ...env })
  const app = await createApp(config, { log: createLog(config), role })
  await app.start()
  serveHelper({ url: app.localUrl }, async () => ({}))
}

/** Bots of somebody's own. */
function addBots(file: string, ownerId: string, bots: readonly OwnBot[]): void {
  const database = new DatabaseSync(file)
  const insert = database.prepare(
    "insert into bots (id, owner_id, telegram_bot_id, username, name, active, state, token_sealed) values (?, ?, ?, ?, 'Bench', 1, 'starting', ?)",
  )
  database.exec('begin')
  for (const { telegramBotId: number, username, sealed } of bots) {
    insert.run(`bot_${number}`, ownerId, number, username, sealed)
  }
  database.exec('commit')
  database.close()
}
