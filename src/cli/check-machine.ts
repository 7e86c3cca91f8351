import { existsSync, statfsSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { type Config, publicUrlOf } from '../config/load-config.ts'
import { isDatabaseInUse, prepareDataDir } from '../ops/data-dir.ts'
import { explain, explainPort } from './failure.ts'
import { type Finding, fail, ok, warn } from './finding.ts'
import type { Desk, House } from './house.ts'

export function checkSettings(config: Config): Finding[] {
  const { protocol, hostname } = new URL(publicUrlOf(config, config.port))
  const local = /^(127\.|localhost$|\[::1\])/.test(hostname)
  return [
    protocol === 'http:' && !local
      ? warn(
          'settings',
          `PUBLIC_URL is http: passwords and tokens travel in clear. Put a proxy with TLS in front and set PUBLIC_URL to its https address.`,
        )
      : ok('settings', 'They can be used.'),
  ]
}

/** Below this, a busy installation has hours and not days. */
const LOW_SPACE_BYTES = 1024 ** 3
const NO_SPACE_BYTES = 50 * 1024 ** 2

export function checkDataDir(config: Config): Finding[] {
  try {
    prepareDataDir(config)
  } catch (error) {
    return [fail('data folder', explain(error))]
  }
  const { database } = config
  const { bavail, bsize } = statfsSync(database.engine === 'sqlite' ? dirname(database.file) : config.dataDir)
  const free = `${((bavail * bsize) / 1024 ** 3).toFixed(1)} GiB are free.`
  return [
    ok('data folder', `${config.dataDir} can be written to.`),
    bavail * bsize < NO_SPACE_BYTES
      ? fail('disk', `${free} Make room: without it no message can be accepted.`)
      : bavail * bsize < LOW_SPACE_BYTES
        ? warn('disk', `${free} Make room before it is used up.`)
        : ok('disk', free),
    ...checkSecretKey(config),
  ]
}

function checkSecretKey(config: Config): Finding[] {
  const file = join(config.dataDir, 'secret.key')
  if (config.secretKey !== null || !existsSync(file)) return []
  return (statSync(file).mode & 0o077) === 0
    ? [ok('secret key', 'Only this user can read it.')]
    : [warn('secret key', `Other users can read ${file}: run chmod 600 on it.`)]
}

export async function checkDatabase(config: Config, house: House): Promise<Finding[]> {
  const { database } = config
  if (database.engine === 'sqlite' && !existsSync(database.file)) {
    return [ok('database', 'It will be made at the first start.')]
  }
  try {
    const desk = await house.openDesk(config)
    try {
      await desk.ping()
      const steps = await desk.missingSteps()
      const old =
        steps === 0 ? '' : ' Its tables are older than this program, and the next start brings them up to date.'
      const answers = ok('database', `${database.engine === 'sqlite' ? database.file : 'PostgreSQL'} answers.${old}`)
      return [answers, ...(await checkBotTokens(desk))]
    } finally {
      await desk.close()
    }
  } catch (error) {
    return [fail('database', explain(error))]
  }
}

/** Nothing where all is well, and where the tables are older than this program, for the next start changes that. */
async function checkBotTokens(desk: Desk): Promise<Finding[]> {
  const lost = await desk.lostBotTokens().catch(() => [])
  if (lost.length === 0) return []
  const names = lost.map(({ username }) => `@${username}`)
  return [
    fail(
      'bot tokens',
      `Those of ${names.slice(0, MOST_NAMES).join(', ')}${names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : ''} cannot be decrypted: set SECRET_KEY_PREVIOUS to the key with which they were added, or enter them again.`,
    ),
  ]
}

const MOST_NAMES = 5

const ANSWER_TIMEOUT_MS = 3000

/** A port that is taken by this installation, running already, is well. One of other data stands in the way as any program does. */
export async function checkPort(config: Config): Promise<Finding> {
  const { host, port } = config
  const problem = await tryToListen(config)
  if (problem === undefined) return ok('port', `${host}:${port} is free.`)
  if (!(await isPostrider(config))) return fail('port', explain(problem))
  if (isInUse(config)) return ok('port', `Postrider answers at port ${port} already.`)
  return fail(
    'port',
    `A Postrider that works with other data answers there, so that a start would fail. ${explain(problem)}`,
  )
}

/** Nothing where no sandbox would start. */
export async function checkSandboxPort(config: Config): Promise<Finding[]> {
  if (config.telegramBotToken !== null || config.sandbox === 'off') return []
  const { host } = config
  const [port, another] = config.sandboxPorts
  const choose = (free: number): string => `SANDBOX_PORT=${free}`
  if (port !== 0 && port === config.port) {
    return [
      fail(
        'sandbox port',
        `It is PORT, too: choose another one, such as ${choose(port === 65_535 ? 8001 : port + 1)}.`,
      ),
    ]
  }
  const problem = await tryToListen({ host, port })
  if (problem === undefined) return [ok('sandbox port', `${host}:${port} is free.`)]
  if (another !== undefined) return [ok('sandbox port', `Port ${port} is taken, so the sandbox takes another one.`)]
  return isInUse(config) && (await isSandbox(host, port))
    ? [ok('sandbox port', `The sandbox answers at port ${port} already.`)]
    : [fail('sandbox port', explainPort(problem, choose) ?? explain(problem))]
}

/** Of PostgreSQL nobody can say: any number of processes may work with it. */
function isInUse({ database }: Config): boolean {
  return database.engine === 'postgres' || isDatabaseInUse(database.file)
}

function tryToListen({ host, port }: { host: string; port: number }): Promise<Error | undefined> {
  const { promise, resolve } = Promise.withResolvers<Error | undefined>()
  const server = createServer()
  server.once('error', resolve)
  server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)))
  return promise
}

async function isPostrider({ host, port }: Config): Promise<boolean> {
  const said = await askJson({ host, port }, '/health/live')
  return (said as { status?: unknown } | undefined)?.status === 'live'
}

async function isSandbox(host: string, port: number): Promise<boolean> {
  return (await askJson({ host, port }, '/_sandbox/state')) !== undefined
}

async function askJson({ host, port }: { host: string; port: number }, path: string): Promise<unknown> {
  try {
    const url = publicUrlOf({ host, publicUrl: null }, port)
    const response = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) })
    return response.ok ? await response.json() : undefined
  } catch {
    return undefined
  }
}
