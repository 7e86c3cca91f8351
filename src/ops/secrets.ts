import { createHash, createHmac, hash, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Secrets } from '../domain/secrets.ts'

/** What a key that is derived from `SECRET_KEY` is for. A key is used for one thing, so that no use can be turned against another. */
export type KeyPurpose =
  | 'access-token'
  | 'account-code'
  | 'account-key'
  | 'chat-code'
  | 'move'
  | 'link-token'
  | 'bot-token'
  | 'webhook'
  | 'key-mark'

/**
 * A key of 256 bits for one purpose, by HKDF (RFC 5869) with SHA-256. No salt: the input is a random secret already (RFC 5869, 3.1).
 * The label is part of what is stored and signed: changing it ends every session and open code.
 */
export function deriveKey(secretKey: string, purpose: KeyPurpose): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secretKey, '', `postrider/${purpose}`, 32))
}

/** Tells two secret keys apart and nothing else: 64 bits that say nothing about the key. */
export function keyMark(secretKey: string): string {
  return Buffer.from(deriveKey(secretKey, 'key-mark').subarray(0, 8)).toString('hex')
}

/** `secretKey` is the setting `SECRET_KEY`. */
export function createSecrets(secretKey: string): Secrets {
  const keys = {
    'account-code': deriveKey(secretKey, 'account-code'),
    'chat-code': deriveKey(secretKey, 'chat-code'),
    move: deriveKey(secretKey, 'move'),
    'link-token': deriveKey(secretKey, 'link-token'),
    // Digests of passwords never leave the process, so neither does their key: it is new at each start.
    basic: randomBytes(32),
  }
  const webhookKey = deriveKey(secretKey, 'webhook')
  const derived = { 'account-key': deriveKey(secretKey, 'account-key') }
  return {
    hashToken: (token) => hash('sha256', token, 'base64url'),
    hashCode: (purpose, value) => createHmac('sha256', keys[purpose]).update(value).digest('base64url'),
    webhookSecret: (value) => createHmac('sha256', webhookKey).update(value).digest('base64url'),
    derive: (purpose, value) => createHmac('sha256', derived[purpose]).update(value).digest('hex'),
    fingerprint: (value) => hash('sha256', value, 'base64url'),
    equal,
  }
}

/** Compares digests of both, because `timingSafeEqual` wants equal lengths and a length is not ours to tell. */
function equal(a: string, b: string): boolean {
  const digest = (value: string): Buffer => createHash('sha256').update(value).digest()
  return timingSafeEqual(digest(a), digest(b))
}
