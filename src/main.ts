import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'
import packageJson from '../package.json' with { type: 'json' }
import type { House, Place, Role } from './cli/house.ts'
import type { Io } from './cli/io.ts'
import { run } from './cli/program.ts'
import { redactText } from './domain/redaction.ts'
import { systemClock } from './ops/system-clock.ts'
import { systemRandom } from './ops/system-random.ts'

// What TypeScript and V8 make of the sources is kept beside the dependencies: the next start takes half the time. Where the folder cannot
// be written, nothing is kept.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/postrider', import.meta.url)))

/** Every part is loaded when a command needs it: `postrider send` does not wait for a web server to be read. */
const house: House = {
  version: packageJson.version,
  clock: systemClock,
  createApp: async (config, role) => {
    const [{ createApp }, { createLog }] = await Promise.all([import('./app.ts'), import('./ops/logging.ts')])
    const app = await createApp(config, { log: createLog(config), role })
    return {
      start: () => app.start(),
      stop: () => app.stop(),
      cutShort: () => app.cutShort(),
      get places() {
        return placesOf(app)
      },
    }
  },
  openDesk: async (config, say) => (await import('./desk.ts')).openDesk(config, say),
  openMovable: async (config, role) => (await import('./movable.ts')).openMovable(config, role),
  askBot: async ({ telegramApiRoot: apiRoot, sendTimeoutMs: timeoutMs }, token) =>
    (await import('./telegram/ask-bot.ts')).askBot({ apiRoot, token, timeoutMs }),
  startSandbox: async ({ bot, ...options }) => {
    const { startSandbox } = await import('./sandbox/sandbox.ts')
    const sandbox = await startSandbox({ ...options, clock: systemClock, random: systemRandom })
    if (bot) sandbox.control.createBot(bot)
    return {
      places: [
        { what: 'Bot API', where: sandbox.url },
        { what: 'Phone and control API', where: `${sandbox.url}/_sandbox/` },
      ],
      stop: () => sandbox.stop(),
    }
  },
}

interface Whereabouts {
  role: Role
  url: string | undefined
  localUrl: string | undefined
  hasPage: boolean
  bot: { username: string }
  sandbox: { url: string; phoneUrl: string } | undefined
}

function placesOf({ role, url, localUrl, hasPage, bot, sandbox }: Whereabouts): Place[] {
  const telegram = { what: 'Telegram', where: `https://t.me/${bot.username}` }
  if (role === 'bot') {
    const health = { what: 'Health', where: url === undefined ? 'set BOT_PORT for it' : `${url}/health/ready` }
    return [telegram, health]
  }
  const api = [
    { what: 'Page', where: hasPage ? `${url}/` : 'not built: npm run build does it' },
    { what: 'API', where: `${url} (documentation: ${url}/docs and ${url}/redoc)` },
    ...(localUrl === url ? [] : [{ what: 'Here', where: `${localUrl} (the same on this machine)` }]),
  ]
  if (!sandbox) return [...api, telegram]
  return [
    ...api,
    { what: 'Telegram', where: `${sandbox.url} (the sandbox, not the real one: set TELEGRAM_BOT_TOKEN for that)` },
    { what: 'Phone', where: sandbox.phoneUrl },
  ]
}

// What we write (the database, the key, backups) is for this user alone.
process.umask(0o077)

const { env, stdin, stdout, stderr } = process
const io: Io = { env, stdin, stdout, stderr, signals: process, exit: (code) => process.exit(code) }

// Whoever reads our output may leave early, as `head` does. A server goes on without it, and a command ends by itself soon.
for (const output of [stdout, stderr]) output.on('error', () => undefined)
// A bug. The state of the program is unknown, so it ends; the database is as after a kill, which is to say whole.
process.on('uncaughtException', (error) => {
  stderr.write(`${redactText(error.stack ?? String(error))}\n`)
  process.exit(1)
})

process.exit(await run(process.argv.slice(2), io, house))
