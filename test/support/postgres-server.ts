import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { freePort } from './free-port.ts'
import { POSTGRES_USER, postgresBinaries } from './postgres-binaries.ts'

const run = promisify(execFile)

/** How long the server may take to start or to stop, on a machine that is busy with other tests. */
const PATIENCE_MS = 60_000

/**
 * Ends the server and removes its folder when standard input ends, which is when the process of the tests is gone, however that came to
 * be. The first argument is the folder, the others are the server.
 */
const KEEPER = `
folder=$1; shift
"$@" & server=$!
trap 'kill -QUIT $server; kill -CONT $server; wait $server; rm -rf "$folder"; exit' TERM INT
(read -r _; kill -TERM $$) <&3 & reader=$!
wait $server
# The server ended by itself, or was told to: whoever has this number later is not to be ended when standard input ends.
kill $reader
`

export interface PostgresServer {
  /** Of a database on it, as its superuser. */
  url: (database: string) => string
  /** Runs statements as the superuser, by default in the database `postgres`. */
  execute: (sql: string, database?: string) => Promise<Record<string, unknown>[]>
  /** Clients are cut off at once. `immediate`: without writing anything down, as when the machine fails. */
  stop: (how?: 'fast' | 'immediate') => Promise<void>
  start: () => Promise<void>
  /** All of it stands still, and its connections stay open: nobody is refused, and nobody is answered. Answers what lets it go on. */
  freeze: () => Promise<() => void>
}

export interface ServerOptions {
  /** Settings of the server, such as `max_connections`. */
  settings?: Record<string, string | number>
  /** The folder that holds `initdb` and `postgres`; a PostgreSQL of ours when absent. */
  binaries?: string
}

/** A real PostgreSQL with a folder of its own, which goes away with this process. */
export async function startPostgres(options: ServerOptions = {}): Promise<PostgresServer> {
  const { settings = {}, binaries = process.env['POSTGRES_BINARIES'] ?? postgresBinaries() } = options
  const folder = mkdtempSync(join(tmpdir(), 'postrider-postgres-'))
  const { uid, gid } = POSTGRES_USER
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid)
  const data = join(folder, 'data')
  await run(
    join(binaries, 'initdb'),
    ['--pgdata', data, '--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
    { ...POSTGRES_USER, cwd: folder },
  )
  const port = await freePort()
  const all = { listen_addresses: '127.0.0.1', port, unix_socket_directories: '', ...settings }
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  let keeper: ChildProcess | undefined

  async function start(): Promise<void> {
    const command = [folder, join(binaries, 'postgres'), '-D', data, ...flags]
    keeper = spawn('sh', ['-c', KEEPER, 'sh', ...command], {
      ...POSTGRES_USER,
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    })
    await untilReady(keeper)
    // Nobody has to stop it for a process of tests to end.
    keeper.unref()
    for (const pipe of [keeper.stderr, keeper.stdio[3]]) (pipe as unknown as { unref(): void }).unref()
  }

  async function stop(how: 'fast' | 'immediate' = 'fast'): Promise<void> {
    if (!keeper) return
    const gone = once(keeper, 'exit')
    process.kill(postmaster(), how === 'fast' ? 'SIGINT' : 'SIGQUIT')
    keeper.ref()
    await gone
    keeper = undefined
  }

  function postmaster(): number {
    return Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0])
  }

  async function freeze(): Promise<() => void> {
    const first = postmaster()
    const client = await connected(url('postgres'))
    // It makes all the others, and makes none from now on.
    process.kill(first, 'SIGSTOP')
    const { rows } = await client.query<{ pid: number }>('select pid from pg_stat_activity')
    const pids = [first, ...rows.map(({ pid }) => pid)]
    for (const pid of pids) signal(pid, 'SIGSTOP')
    return () => {
      for (const pid of pids.toReversed()) signal(pid, 'SIGCONT')
      void client.end()
    }
  }

  const url = (database: string): string => `postgres://postgres@127.0.0.1:${port}/${database}`
  await start()
  process.once('exit', () => {
    if (!keeper) rmSync(folder, { recursive: true, force: true })
  })
  return { url, start, stop, freeze, execute: (sql, database = 'postgres') => execute(url(database), sql) }
}

async function untilReady(keeper: ChildProcess): Promise<void> {
  const said: string[] = []
  const ready = Promise.withResolvers<void>()
  keeper.stderr?.on('data', (chunk: Buffer) => {
    said.push(chunk.toString())
    if (said.join('').includes('ready to accept connections')) ready.resolve()
  })
  keeper.once('exit', (code) => ready.reject(new Error(`PostgreSQL ended with ${code}:\n${said.join('')}`)))
  const patience = setTimeout(() => ready.reject(new Error(`PostgreSQL is not up:\n${said.join('')}`)), PATIENCE_MS)
  await ready.promise.finally(() => clearTimeout(patience))
}

async function connected(url: string): Promise<Client> {
  const client = new Client(url)
  client.on('error', () => undefined)
  await client.connect()
  return client
}

/** To a process that may be gone by now. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

async function execute(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = await connected(url)
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}
