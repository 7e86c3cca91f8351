import { execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { OperatorError } from '../../src/domain/operator-error.ts'
import { POSTGRES_USER, postgresBinaries } from '../../test/support/postgres-binaries.ts'

/** The name of the user and of the database. */
const NAME = 'postrider'

/** A PostgreSQL from an npm package with its data in `postgres` in the folder, for machines that have no other. */
export class OwnPostgres {
  readonly folder: string
  readonly passwordFile: string

  constructor(folder: string) {
    this.folder = join(folder, 'postgres')
    this.passwordFile = join(folder, 'postgres.password')
  }

  /** Makes the cluster where there is none; a kill in the middle leaves none. */
  prepare(): void {
    if (existsSync(join(this.folder, 'PG_VERSION'))) return
    const draft = `${this.folder}.draft`
    rmSync(draft, { recursive: true, force: true })
    mkdirSync(draft, { recursive: true, mode: 0o700 })
    giveToPostgres(draft)
    const passwordDraft = join(draft, '..', 'postgres.password.draft')
    writeFileSync(passwordDraft, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 })
    this.#initialise(draft, passwordDraft)
    renameSync(passwordDraft, this.passwordFile)
    renameSync(draft, this.folder)
  }

  #initialise(folder: string, passwordFile: string): void {
    // Whoever PostgreSQL runs as may not reach the folder of the other one.
    const reachable = mkdtempSync(join(tmpdir(), 'postrider-initdb-'))
    try {
      const copy = join(reachable, 'password')
      copyFileSync(passwordFile, copy)
      for (const path of [reachable, copy]) giveToPostgres(path)
      const options = [`--username=${NAME}`, '--pwfile', copy, '--auth=scram-sha-256']
      const [file = '', ...args] = asPostgres(folder, 'initdb', [...options, '--encoding=UTF8', '--locale=C'])
      execFileSync(file, args, { cwd: '/', stdio: ['ignore', 'ignore', 'inherit'] })
    } finally {
      rmSync(reachable, { recursive: true, force: true })
    }
  }

  /** The server in the foreground. It listens on this machine alone. */
  command(port: number): string[] {
    const settings = { listen_addresses: '127.0.0.1', port, unix_socket_directories: '', max_connections: 200 }
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    return asPostgres(this.folder, 'postgres', options)
  }

  url(port: number, database = NAME): string {
    const password = readFileSync(this.passwordFile, 'utf8').trim()
    return `postgres://${NAME}:${password}@127.0.0.1:${port}/${database}`
  }

  /** Whether it takes connections; makes the database at the first time. */
  async isReady(port: number): Promise<boolean> {
    const client = new Client({ connectionString: this.url(port, 'postgres'), connectionTimeoutMillis: 2000 })
    client.on('error', () => undefined)
    try {
      await client.connect()
      const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [NAME])
      if (rowCount === 0) await client.query(`CREATE DATABASE ${NAME}`)
      return true
    } catch {
      return false
    } finally {
      await client.end().catch(() => undefined)
    }
  }

  /** Also of a server that nobody has written down, such as one whose record was lost. */
  isInUse(): boolean {
    const file = join(this.folder, 'postmaster.pid')
    if (!existsSync(file)) return false
    const pid = Number(readFileSync(file, 'utf8').split('\n')[0])
    try {
      process.kill(pid, 0)
      return true
    } catch {
      return false
    }
  }
}

function giveToPostgres(path: string): void {
  const { uid, gid } = POSTGRES_USER
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid)
}

/**
 * The program with its data in the folder. PostgreSQL refuses to run as root, so root runs it as nobody, with no right of root's. Where
 * nobody may not reach the folder, because one above it is root's alone, root goes there first: the working directory stays open to
 * whoever has it, and Linux has a name for it that leads past the folders above.
 */
function asPostgres(folder: string, program: string, args: readonly string[]): string[] {
  const command = [join(postgresBinaries(), program), ...args]
  const { uid, gid } = POSTGRES_USER
  if (uid === undefined) return [...command, '-D', folder]
  const drop = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--']
  const goThere = ['sh', '-c', 'cd "$0" && exec "$@"', folder]
  for (const [first, place] of [
    [drop, folder],
    [[...goThere, ...drop], '/proc/self/cwd'],
  ] as const) {
    const [file, ...rest] = [...first, 'test', '-w', join(place, '.')]
    if (spawnSync(file, rest).status === 0) return [...first, ...command, '-D', place]
  }
  throw new OperatorError(
    `PostgreSQL does not run as root, and cannot be run as another user in ${folder}: call make as another user, or set DATABASE_URL to a PostgreSQL that runs already.`,
  )
}
