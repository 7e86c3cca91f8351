/**
 * `npm run dev`: the program, started anew when its sources change, and the account page with hot reload in front of it. What the page asks
 * of the program goes through the same address, so cookies and live events work as they do in earnest.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { watch } from 'node:fs'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import { createLogger, createServer, type Logger, type ViteDevServer } from 'vite'
import { loadConfig, publicUrlOf } from '../src/config/load-config.ts'
import { OperatorError } from '../src/domain/operator-error.ts'
import { listenError } from '../src/http-service.ts'

const ROOT = join(import.meta.dirname, '..')

const SOURCES = join(ROOT, 'src')

/** So long nothing more has changed. */
const SETTLED_MS = 100

/** Vite's own. */
const PAGE_PORT = 5173

const HELP = `npm run dev: the program and its account page while you change them

  http://127.0.0.1:${PAGE_PORT}/app/   the page, with hot reload; PAGE_PORT is another port
  PORT, DATA_DIR …             settings of the program, as in docs/configuration.md, also out of .env

The program starts anew when something in src/ changes. Ctrl-C ends both.`

/** Until both have ended. */
async function main(): Promise<void> {
  const config = loadConfig(process.env, { envFile: join(ROOT, '.env'), directory: ROOT })
  const pagePort = await freePort('127.0.0.1', Number(process.env['PAGE_PORT'] ?? PAGE_PORT), 'PAGE_PORT')
  // One that the system picks would be another after each change.
  const port = await freePort(config.host, config.port, 'PORT')
  process.env['POSTRIDER_URL'] = publicUrlOf({ publicUrl: null, host: config.host }, port)
  const page = await startPage(pagePort)
  const program = new Program(port)
  console.log(`The account page, with hot reload: http://127.0.0.1:${pagePort}/app/`)
  await untilBothEnd(program, page)
}

/**
 * The port, or a free one for 0. Whoever starts what is to listen there cannot say in a sentence that it is taken.
 *
 * @throws OperatorError when another program has it.
 */
async function freePort(host: string, port: number, setting: 'PORT' | 'PAGE_PORT'): Promise<number> {
  const server = createTcpServer()
  try {
    await once(server.listen(port, host), 'listening')
  } catch (error) {
    throw listenError(error, { host, port, setting })
  }
  const { port: free } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return free
}

/**
 * The program, over and over. (Node's own `--watch` tells worker threads what they import, and the store's take that for work.) One that
 * ended by itself waits for the next change.
 */
class Program {
  readonly #env: NodeJS.ProcessEnv
  #child: ChildProcess
  #isEnding = false
  #again: NodeJS.Timeout | undefined

  constructor(port: number) {
    this.#env = { ...process.env, PORT: String(port) }
    this.#child = this.#start()
    watch(SOURCES, { recursive: true }, () => this.#soonAgain()).unref()
  }

  /** Softly, as the program does. A second signal reaches it, too. */
  async end(signal: NodeJS.Signals): Promise<void> {
    this.#isEnding = true
    clearTimeout(this.#again)
    await stop(this.#child, signal)
  }

  #start(): ChildProcess {
    return spawn(process.execPath, ['src/main.ts', 'up'], { cwd: ROOT, env: this.#env, stdio: 'inherit' })
  }

  /** An editor writes several files, and some of them twice. */
  #soonAgain(): void {
    if (this.#isEnding) return
    clearTimeout(this.#again)
    this.#again = setTimeout(() => void this.#startAgain(), SETTLED_MS)
  }

  async #startAgain(): Promise<void> {
    const former = this.#child
    console.log('Something in src/ changed: the program starts anew.')
    await stop(former, 'SIGTERM')
    // Another change meanwhile has begun the next one.
    if (!this.#isEnding && this.#child === former) this.#child = this.#start()
  }
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill(signal)
  await exited
}

async function startPage(port: number): Promise<ViteDevServer> {
  const page = await createServer({
    configFile: join(ROOT, 'web/vite.config.ts'),
    configLoader: 'native',
    server: { host: '127.0.0.1', port },
    // What the program says stays to be read.
    clearScreen: false,
    customLogger: quietLogger(),
  })
  const others = process.listeners('SIGTERM')
  await page.listen()
  // Vite's ends this process at once, and the program with work under way would be left to itself.
  for (const listener of process.listeners('SIGTERM')) if (!others.includes(listener)) process.off('SIGTERM', listener)
  return page
}

/** Without a line for each request that comes while the program starts anew: the page asks again by itself. */
function quietLogger(): Logger {
  const logger = createLogger('warn', { allowClearScreen: false })
  return {
    ...logger,
    error: (text, options) => {
      const { code } = (options?.error ?? {}) as NodeJS.ErrnoException
      if (code === undefined || !PROGRAM_IS_AWAY.has(code)) logger.error(text, options)
    },
  }
}

const PROGRAM_IS_AWAY: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE'])

/** Ctrl-C at a terminal reaches the program as well, which takes two signals within a moment for one. */
async function untilBothEnd(program: Program, page: ViteDevServer): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void program.end(signal).then(resolve))
  await promise
  await page.close()
}

if (process.argv.includes('--help') || process.argv.includes('-h')) console.log(HELP)
else {
  await main().then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error instanceof OperatorError ? error.message : error)
      process.exit(1)
    },
  )
}
