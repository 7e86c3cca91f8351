import { closeSync, fsyncSync, linkSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { OperatorError } from '../domain/operator-error.ts'
import type { Random } from '../domain/random.ts'
import type { Config } from './load-config.ts'

/** The same bound as for `SECRET_KEY`: 128 bits even when the key is written in hexadecimal digits. */
const MIN_LENGTH = 32

type Place = Pick<Config, 'secretKey' | 'dataDir'>

/**
 * `SECRET_KEY`, or the key in `DATA_DIR/secret.key`, which is made (mode 0600) when it is not there. Several processes that start at once
 * get the same one, and a kill at any moment leaves a whole key or none. `DATA_DIR` must exist.
 *
 * @throws OperatorError when the file cannot be read or written, or is too short to be a key.
 */
export function loadSecretKey(place: Place, random: Random): string {
  return place.secretKey ?? fromFile(keyFile(place), (file) => create(file, random))
}

/** The same key where there is one; nothing is made. */
export function findSecretKey(place: Place): string | undefined {
  return place.secretKey ?? fromFile(keyFile(place), () => undefined)
}

/** The key before, while it is being changed: `SECRET_KEY_PREVIOUS`, or the key in `DATA_DIR/secret.key.previous`. Null when there is none. */
export function findPreviousKey(place: Pick<Config, 'previousSecretKey' | 'dataDir'>): string | null {
  return place.previousSecretKey ?? fromFile(previousKeyFile(place), () => undefined) ?? null
}

function keyFile({ dataDir }: Pick<Place, 'dataDir'>): string {
  return join(dataDir, 'secret.key')
}

function previousKeyFile({ dataDir }: Pick<Place, 'dataDir'>): string {
  return join(dataDir, 'secret.key.previous')
}

/**
 * Puts a new key into `DATA_DIR/secret.key`, and the one that was there into `secret.key.previous`. A kill at any moment leaves both in
 * place, and at worst the old one twice. Whoever runs goes on with the old key.
 *
 * @throws OperatorError when the key is a setting, when there is none yet, when the one before is still there, or on trouble with a file.
 */
export function rotateSecretKey(place: Place, random: Random): void {
  if (place.secretKey !== null) throw new OperatorError(SET_BY_HAND)
  const [file, previous] = [keyFile(place), previousKeyFile(place)]
  const key = fromFile(file, () => undefined)
  if (key === undefined) throw new OperatorError(`There is no key in ${file} yet: the first start makes one.`)
  const before = fromFile(previous, () => undefined)
  if (before !== undefined && before !== key) {
    throw new OperatorError(
      `The key before is still in ${previous}: start once, so that nothing needs it any more, remove it, and try again.`,
    )
  }
  try {
    if (before === undefined) linkSync(file, previous)
    renameSync(draftOf(file, random), file)
  } catch (error) {
    throw keyTrouble(file, error)
  }
}

const SET_BY_HAND =
  'The key is the setting SECRET_KEY: set SECRET_KEY_PREVIOUS to its present value, and SECRET_KEY to a new one, such as from `openssl rand -base64 48`, then restart.'

function fromFile<None>(file: string, otherwise: (file: string) => None): string | None {
  let key: string | None
  try {
    key = readIfThere(file) ?? otherwise(file)
  } catch (error) {
    throw keyTrouble(file, error)
  }
  if (typeof key !== 'string' || key.length >= MIN_LENGTH) return key
  throw new OperatorError(
    `The secret key ${file} has fewer than ${MIN_LENGTH} characters: put it back from a backup, or delete it to get a new one, which ends every session and open code, and loses the tokens of bots.`,
  )
}

function keyTrouble(file: string, error: unknown): OperatorError {
  const code = (error as NodeJS.ErrnoException).code ?? String(error)
  return new OperatorError(
    `The secret key ${file} cannot be read or made (${code}): make it and its folder readable and writable for this user, or set SECRET_KEY.`,
    { cause: error },
  )
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Written whole under a name of its own and then linked to the real name, which succeeds for one process only. */
function create(file: string, random: Random): string {
  const draft = draftOf(file, random)
  try {
    linkSync(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft, { force: true })
  }
  return readFileSync(file, 'utf8').trim()
}

/** A new key, whole and on disk, in a file of its own beside `file`. */
function draftOf(file: string, random: Random): string {
  const draft = `${file}.${Buffer.from(random.bytes(8)).toString('hex')}`
  try {
    writeDurably(draft, `${Buffer.from(random.bytes(48)).toString('base64url')}\n`)
    return draft
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}

function writeDurably(file: string, content: string): void {
  const descriptor = openSync(file, 'wx', 0o600)
  try {
    writeSync(descriptor, content)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
