import { existsSync, statfsSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { type Config, publicUrlOf } from '../config/load-config.ts'
import { prepareDataDir } from '../ops/data-dir.ts'
import { explain } from './failure.ts'
import { type Finding, fail, ok, warn } from './finding.ts'
import type { House } from './house.ts'

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
  const { bavail, bsize } = statfsSync(dirname(config.databaseFile))
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

export async function checkDatabase(config: Config, house: House): Promise<Finding> {
  if (!existsSync(config.databaseFile)) return ok('database', 'It will be made at the first start.')
  try {
    const desk = await house.openDesk(config)
    try {
      await desk.ping()
    } finally {
      await desk.close()
    }
    return ok('database', `${config.databaseFile} answers.`)
  } catch (error) {
    return fail('database', explain(error))
  }
}

const ANSWER_TIMEOUT_MS = 3000

/** A port that is taken by the program itself, running already, is well. */
export async function checkPort(config: Config): Promise<Finding> {
  const problem = await tryToListen(config)
  if (problem === undefined) return ok('port', `${config.host}:${config.port} is free.`)
  return (await isPostrider(config))
    ? ok('port', `Postrider answers at port ${config.port} already.`)
    : fail('port', explain(problem))
}

function tryToListen({ host, port }: Config): Promise<Error | undefined> {
  const { promise, resolve } = Promise.withResolvers<Error | undefined>()
  const server = createServer()
  server.once('error', resolve)
  server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)))
  return promise
}

async function isPostrider(config: Config): Promise<boolean> {
  try {
    const url = publicUrlOf({ ...config, publicUrl: null }, config.port)
    const response = await fetch(`${url}/health/live`, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) })
    return ((await response.json()) as { status?: unknown }).status === 'live'
  } catch {
    return false
  }
}
