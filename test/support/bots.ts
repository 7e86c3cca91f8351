import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { createApp } from '../../src/app.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import type { Clock } from '../../src/domain/clock.ts'
import type { BotView } from '../../src/sandbox/control-types.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { type LogLine, recordingLog } from './http-server.ts'
import { type Answer, Stranger } from './loop.ts'

export interface BotsApp {
  url: string
  dataDir: string
  log: { lines: LogLine[] }
  stop: () => Promise<void>
}

/** The whole program on a Telegram of the test's own, in this process. Stops by itself; a folder that is given stays. */
export async function startBotsApp(
  t: TestContext,
  sandbox: Sandbox,
  given: { dataDir?: string; env?: Record<string, string>; clock?: Clock } = {},
): Promise<BotsApp> {
  const shared = sandbox.control.createBot({ username: 'postrider_bot' })
  const dataDir = given.dataDir ?? mkdtempSync(join(tmpdir(), 'postrider bots '))
  const config = loadConfig({
    DATA_DIR: dataDir,
    PORT: '0',
    TELEGRAM_API_ROOT: sandbox.url,
    TELEGRAM_BOT_TOKEN: shared.token,
    DRAIN_TIMEOUT: '1s',
    ...given.env,
  })
  const log = recordingLog()
  const app = await createApp(config, { log, ...(given.clock && { clock: given.clock }) })
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => (stopped ??= app.stop())
  t.after(async () => {
    await stop()
    if (given.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  })
  await app.start()
  return { url: app.url ?? '', dataDir, log, stop }
}

/** Somebody with an account. */
export async function owner(app: BotsApp, sandbox: Sandbox, login: string): Promise<Stranger> {
  const stranger = new Stranger(app.url, sandbox.url, login)
  const { status } = await stranger.ask('POST', '/v1/users', { login, password: 'correct horse', name: login })
  assert.equal(status, 201)
  return stranger
}

let made = 0

export function newBot(sandbox: Sandbox): BotView {
  return sandbox.control.createBot({ username: `own_${++made}_bot`, name: `Own ${made}` })
}

/** Its status and code, and that it is a problem as it should be. */
export function refused({ status, body, headers }: Answer): string {
  assert.match(headers.get('content-type') ?? '', /^application\/problem\+json\b/)
  return `${status} ${body.code}`
}
