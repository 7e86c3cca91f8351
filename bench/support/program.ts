import { join } from 'node:path'
import { type Program, startProgram } from '../../test/support/program.ts'
import type { Bench } from '../benchmark.ts'
import { BOT_TOKEN } from './telegram.ts'

/** The program as its users start it, on a prepared data folder and a prepared Telegram. */
export async function startPostrider(
  bench: Pick<Bench, 'after'>,
  given: { folder: string; apiRoot: string; role?: 'up' | 'api'; env?: Record<string, string> },
): Promise<Program> {
  const { folder, apiRoot, role = 'up', env = {} } = given
  const profile = process.env['BENCH_NODE_OPTIONS']
  const program = await startProgram(bench, {
    dataDir: folder,
    role,
    env: {
      TELEGRAM_BOT_TOKEN: BOT_TOKEN,
      TELEGRAM_API_ROOT: apiRoot,
      QUEUE_LIMIT: '0',
      LOG_LEVEL: 'warn',
      ...env,
      ...(profile !== undefined && { NODE_OPTIONS: profile }),
    },
  })
  const kill = (): void => void program.process.kill('SIGKILL')
  process.once('exit', kill)
  bench.after(() => void process.off('exit', kill))
  bench.after(async () => await program.end('SIGTERM'))
  return program
}

export function databaseIn(folder: string): string {
  return join(folder, 'postrider.db')
}

/** One number of `GET /metrics`. */
export async function metric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const value = new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1]
  return Number(value)
}
