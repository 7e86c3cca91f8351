import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'
import { Refusal } from '../domain/refusals.ts'
import type { Passwords } from '../domain/secrets.ts'
import { FairQueue } from './fair-queue.ts'

const deriveTag = promisify(argon2)

/** What argon2id costs, and so what a guess costs. Kept in each hash, so that a later version can raise it. */
interface Cost {
  memoryKib: number
  passes: number
  parallelism: number
}

/** OWASP Password Storage Cheat Sheet, argon2id: 19 MiB, two passes, one lane. About 20 to 80 ms of one core in 2026. */
const COST: Cost = { memoryKib: 19_456, passes: 2, parallelism: 1 }

/** Bytes. RFC 9106, section 4: 128 bits of salt, 256 bits of tag. */
const SALT_LENGTH = 16
const TAG_LENGTH = 32

/**
 * Computations at once. They run on the four threads that Node shares between files, DNS and hashing, and each fills a core and
 * 19 MiB: two or three leave room for the rest of the program.
 */
const AT_ONCE = Math.min(3, Math.max(2, availableParallelism() - 1))

/** Computations that may wait for their turn, of each kind. More would wait longer than anybody waits for an answer (about 30 s). */
const MOST_WAITING = 1000

/**
 * argon2id in the PHC string format. New passwords and checks wait in two queues that take turns: a flood of registrations does not
 * keep people from logging in, nor the other way round. Refuses with `too_many_requests` when the queue is full.
 *
 * Passwords are normalised to NFKC first (as NIST SP 800-63B, 5.1.1.2, advises), because one keyboard composes `é` and another does
 * not. The length limits count what was sent.
 */
export function createPasswords(limits: { atOnce?: number; mostWaiting?: number } = {}): Passwords {
  const queue = new FairQueue<'hash' | 'verify'>({
    kinds: ['verify', 'hash'],
    atOnce: limits.atOnce ?? AT_ONCE,
    mostWaiting: limits.mostWaiting ?? MOST_WAITING,
    refuse: () =>
      new Refusal('too_many_requests', { detail: 'Too many passwords wait to be checked.', retryAfterSeconds: 10 }),
  })
  return {
    hash: (password) => queue.run('hash', () => newHash(password)),
    verify: (password, hash) => queue.run('verify', () => matches(password, hash)),
  }
}

async function newHash(password: string): Promise<string> {
  const salt = randomBytes(SALT_LENGTH)
  return phcString(COST, salt, await computeTag(password, salt, COST, TAG_LENGTH))
}

async function matches(password: string, hash: string | null): Promise<boolean> {
  if (hash === null) {
    await computeTag(password, randomBytes(SALT_LENGTH), COST, TAG_LENGTH)
    return false
  }
  const { cost, salt, tag } = parsePhcString(hash)
  return timingSafeEqual(await computeTag(password, salt, cost, tag.length), tag)
}

function computeTag(password: string, salt: Uint8Array, cost: Cost, tagLength: number): Promise<Buffer> {
  return deriveTag('argon2id', {
    message: Buffer.from(password.normalize('NFKC')),
    nonce: salt,
    memory: cost.memoryKib,
    passes: cost.passes,
    parallelism: cost.parallelism,
    tagLength,
  })
}

/** `$argon2id$v=19$m=…,t=…,p=…$salt$tag`, base 64 without padding: github.com/P-H-C/phc-string-format. */
function phcString({ memoryKib, passes, parallelism }: Cost, salt: Buffer, tag: Buffer): string {
  return `$argon2id$v=19$m=${memoryKib},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(tag)}`
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '')
}

const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

function parsePhcString(hash: string): { cost: Cost; salt: Buffer; tag: Buffer } {
  const [, memory, passes, parallelism, salt, tag] = PHC.exec(hash) ?? []
  if (salt === undefined || tag === undefined) throw new Error('a stored password hash is not an argon2id PHC string')
  return {
    cost: { memoryKib: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  }
}
