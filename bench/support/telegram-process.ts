import { serveHelper } from './process.ts'
import { startTelegram } from './telegram.ts'

// A Telegram without limits in a process of its own, as the real one is on a machine of its own.

const people = Number(process.argv[2])
const { sandbox, botTelegramId, people: ids } = await startTelegram({ profile: 'off', people })
serveHelper({ url: sandbox.url, botTelegramId, people: ids }, async () => ({}))
