import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { TokenSeals } from '../domain/secrets.ts'
import { deriveKey, keyMark } from './secrets.ts'

const CIPHER = 'aes-256-gcm'
/** 96 bits, the length that GCM is made for; random ones are safe for 2^32 tokens under a key (NIST SP 800-38D, 8.3). */
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Of this form of text, so that a later one can be told from it. */
const VERSION = 'v1'

/**
 * AES-256-GCM under a key of `SECRET_KEY`, as `v1.<mark of the key>.<nonce>.<ciphertext and tag>`, the last two in base64url. The bot and
 * all that stands before the nonce are authenticated with it. `previousKey`: opens what was sealed before the key was changed.
 */
export function createTokenSeals({ secretKey, previousKey }: SealingKeys): TokenSeals {
  const current = sealingKey(secretKey)
  const keys = [current, ...(previousKey === null ? [] : [sealingKey(previousKey)])]
  return {
    seal(token, telegramBotId) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv(CIPHER, current.key, nonce, { authTagLength: TAG_BYTES })
      cipher.setAAD(about(current, telegramBotId))
      const sealed = Buffer.concat([cipher.update(token, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return `${current.prefix}${nonce.toString('base64url')}.${sealed.toString('base64url')}`
    },
    open(sealed, telegramBotId) {
      const key = keys.find(({ prefix }) => sealed.startsWith(prefix))
      return key && openWith(key, sealed.slice(key.prefix.length), telegramBotId)
    },
    isCurrent: (sealed) => sealed.startsWith(current.prefix),
  }
}

export interface SealingKeys {
  /** The setting `SECRET_KEY`. */
  secretKey: string
  /** The one before; null when there is none. */
  previousKey: string | null
}

interface SealingKey {
  key: Uint8Array
  /** What it sealed begins so. */
  prefix: string
}

function sealingKey(secretKey: string): SealingKey {
  return { key: deriveKey(secretKey, 'bot-token'), prefix: `${VERSION}.${keyMark(secretKey)}.` }
}

function about({ prefix }: SealingKey, telegramBotId: number): Buffer {
  return Buffer.from(`${prefix}${telegramBotId}`)
}

function openWith(key: SealingKey, rest: string, telegramBotId: number): string | undefined {
  const [nonce, sealed, ...more] = rest.split('.').map(fromBase64url)
  if (nonce?.length !== NONCE_BYTES || sealed === undefined || sealed.length < TAG_BYTES || more.length > 0)
    return undefined
  const decipher = createDecipheriv(CIPHER, key.key, nonce, { authTagLength: TAG_BYTES })
  decipher.setAAD(about(key, telegramBotId))
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8')
  } catch {
    return undefined
  }
}

/** Undefined unless it is spelled as we spell it: some bits of the last character mean nothing, and they too are not to be changed. */
function fromBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : undefined
}
