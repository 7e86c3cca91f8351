import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { OperatorError } from '../domain/operator-error.ts'

/**
 * Makes the folder of our data (mode 0700) and the one of the database file where they are missing, and proves that both can be written
 * to. Without a file, the data folder holds what else there is to keep.
 *
 * @throws OperatorError which says what is in the way.
 */
export function prepareDataDir({
  dataDir,
  database,
}: {
  dataDir: string
  database: { file: string } | { url: string }
}): void {
  const folders = [{ folder: dataDir, setting: 'DATA_DIR' }]
  if ('file' in database) folders.push({ folder: dirname(database.file), setting: 'DATABASE_URL' })
  for (const { folder, setting } of folders) {
    try {
      makeFolder(folder)
      proveWritable(folder)
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? ''
      throw new OperatorError(
        `${folder} ${WHY[code] ?? `cannot be used (${code})`}: put that right, or set ${setting} to another place.`,
        { cause: error },
      )
    }
  }
}

/**
 * Makes a folder for this user alone (mode 0700), and those above it that are missing. One by one: Node's own recursive `mkdir` tries for
 * ever where the system answers ENOENT although the folder above is there, as `/proc` does.
 */
export function makeFolder(folder: string): void {
  if (isFolder(folder)) return
  const above = dirname(folder)
  if (!existsSync(above)) makeFolder(above)
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    // Another process may have made it in this moment.
    if (!isFolder(folder)) throw error
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

const WHY: Readonly<Record<string, string>> = {
  EACCES: 'may not be written to by this user',
  EPERM: 'may not be written to by this user',
  EROFS: 'is on a file system that is mounted read-only',
  ENOSPC: 'is on a disk that is full',
  EDQUOT: "is on a disk where this user's quota is used up",
  EEXIST: 'is not a folder: a file stands there',
  ENOTDIR: 'is not a folder: a file stands in its way',
  ENOENT: 'cannot be made',
}

/** The mode bits do not tell: root passes them, a read-only mount ignores them, a full disk has none. */
function proveWritable(folder: string): void {
  const probe = join(folder, `.probe-${process.pid}`)
  try {
    writeFileSync(probe, 'x')
  } finally {
    rmSync(probe, { force: true })
  }
}

export interface DatabaseLock {
  release(): void
}

/**
 * Reserves a database for this process, so that no second one delivers the same messages. Held by the operating system through an open
 * SQLite transaction on `<databaseFile>.lock`: it is free again at the moment in which this process is gone, however that came to be.
 *
 * @throws OperatorError when another process has it, or the lock cannot be used.
 */
export function lockDatabase(databaseFile: string): DatabaseLock {
  const file = `${databaseFile}.lock`
  const holder = `${databaseFile}.pid`
  const lock = openLock(file)
  try {
    lock.exec('BEGIN EXCLUSIVE')
    writeFileSync(holder, `${process.pid}\n`)
  } catch (error) {
    lock.close()
    if (!isBusy(error)) throw lockTrouble((error as NodeJS.ErrnoException).path ?? file, error)
    throw new OperatorError(
      `Another Postrider${readHolder(holder)} works with ${databaseFile}: stop it first, or set DATA_DIR to another folder.`,
      { cause: error },
    )
  }
  return {
    release: () => {
      if (!lock.isOpen) return
      rmSync(holder, { force: true })
      lock.close()
    },
  }
}

/** Whether a Postrider works with this database at this moment. Takes and makes nothing. */
export function isDatabaseInUse(databaseFile: string): boolean {
  const file = `${databaseFile}.lock`
  if (!existsSync(file)) return false
  let lock: DatabaseSync | undefined
  try {
    lock = new DatabaseSync(file, { timeout: 0, readOnly: true })
    lock.exec('SELECT 1 FROM sqlite_schema')
    return false
  } catch (error) {
    return isBusy(error)
  } finally {
    lock?.close()
  }
}

/** A lock that may only be read would be open to several: SQLite makes of its exclusive transaction one that reads. */
function openLock(file: string): DatabaseSync {
  try {
    if (existsSync(file)) accessSync(file, constants.R_OK | constants.W_OK)
    return new DatabaseSync(file, { timeout: 0 })
  } catch (error) {
    throw lockTrouble(file, error)
  }
}

function lockTrouble(file: string, error: unknown): OperatorError {
  const { code, message, errcode } = error as NodeJS.ErrnoException & { errcode?: number }
  const isFull = code === 'ENOSPC' || code === 'EDQUOT' || resultOf(errcode) === FULL
  return new OperatorError(
    isFull
      ? `${file} cannot be written, because the disk is full: make room and try again.`
      : `${file} cannot be used (${errcode === undefined ? code : message}): make it readable and writable for this user, or delete it while no Postrider works with this database.`,
    { cause: error },
  )
}

// Primary codes of https://sqlite.org/rescode.html
const BUSY = 5
const FULL = 13

function resultOf(errcode: unknown): number {
  return Number(errcode ?? 0) & 0xff
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && resultOf(error.errcode) === BUSY
}

/** For the sentence only; the lock does not depend on it. */
function readHolder(file: string): string {
  try {
    const pid = readFileSync(file, 'utf8').trim()
    return /^\d+$/.test(pid) ? ` (process ${pid})` : ''
  } catch {
    return ''
  }
}
