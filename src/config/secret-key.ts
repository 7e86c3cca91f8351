import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { OperatorError } from '../domain/operator-error.ts'
import type { Random } from '../domain/random.ts'
import type { Config } from './load-config.ts'

/** The same bound as for `SECRET_KEY`: 128 bits even when the key is written in hexadecimal digits. */
const MIN_LENGTH = 32

/**
 * `SECRET_KEY`, or the key in `DATA_DIR/secret.key`, which is made (mode 0600) when it is not there. Several processes that start at once
 * get the same one, and a kill at any moment leaves a whole key or none. `DATA_DIR` must exist.
 *
 * @throws OperatorError when the file cannot be read or written, or is too short to be a key.
 */
export function loadSecretKey(config: Pick<Config, 'secretKey' | 'dataDir'>, random: Random): string {
  return keyOr(config, (file) => create(file, random))
}

/** The same key where there is one; nothing is made. */
export function findSecretKey(config: Pick<Config, 'secretKey' | 'dataDir'>): string | undefined {
  return keyOr(config, () => undefined)
}

function keyOr<None>({ secretKey, dataDir }: Pick<Config, 'secretKey' | 'dataDir'>, otherwise: (file: string) => None) {
  if (secretKey !== null) return secretKey
  const file = join(dataDir, 'secret.key')
  try {
    const key = readIfThere(file) ?? otherwise(file)
    if (typeof key !== 'string' || key.length >= MIN_LENGTH) return key
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error)
    throw new OperatorError(
      `The secret key ${file} cannot be read or made (${code}): make it and its folder readable and writable for this user, or set SECRET_KEY.`,
      { cause: error },
    )
  }
  throw new OperatorError(
    `The secret key ${file} has fewer than ${MIN_LENGTH} characters: put it back from a backup, or delete it to get a new one, which ends every session and open code.`,
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
  const draft = `${file}.${Buffer.from(random.bytes(8)).toString('hex')}`
  try {
    writeDurably(draft, `${Buffer.from(random.bytes(48)).toString('base64url')}\n`)
    linkSync(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft, { force: true })
  }
  return readFileSync(file, 'utf8').trim()
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
