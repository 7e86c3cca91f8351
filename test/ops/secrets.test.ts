import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createSecrets, deriveKey } from '../../src/ops/secrets.ts'

const KEY = 'a secret of the test, long enough for it'

describe('secrets', () => {
  test('each purpose has a key of its own, and the same one at each start', () => {
    const purposes = ['access-token', 'account-code', 'chat-code', 'move', 'bot-token', 'webhook'] as const
    const keys = purposes.map((purpose) => Buffer.from(deriveKey(KEY, purpose)).toString('hex'))
    assert.equal(new Set(keys).size, purposes.length)
    assert.deepEqual(
      keys,
      purposes.map((purpose) => Buffer.from(deriveKey(KEY, purpose)).toString('hex')),
    )
    assert.ok(keys.every((key) => key.length === 64))
  })

  test('the digest of a code depends on the code, its purpose and SECRET_KEY', () => {
    const secrets = createSecrets(KEY)
    const digest = secrets.hashCode('chat-code', 'abcd')
    assert.equal(digest, createSecrets(KEY).hashCode('chat-code', 'abcd'))
    assert.notEqual(digest, secrets.hashCode('chat-code', 'abce'))
    assert.notEqual(digest, secrets.hashCode('account-code', 'abcd'))
    assert.notEqual(digest, createSecrets(`${KEY}!`).hashCode('chat-code', 'abcd'))
    assert.ok(!digest.includes('abcd'))
  })

  test('the secret of a webhook is the same in each process with this SECRET_KEY, and Telegram takes it', () => {
    const webhookSecret = (value: string): string => createSecrets(KEY).webhookSecret(value)
    const secret = webhookSecret('secret 1')
    assert.equal(secret, webhookSecret('secret 1'))
    assert.equal(
      new Set([secret, webhookSecret('secret 2'), createSecrets('another').webhookSecret('secret 1')]).size,
      3,
    )
    // Bot API, setWebhook: 1 to 256 characters.
    assert.match(secret, /^[A-Za-z0-9_-]{43}$/)
  })

  test('what is derived is the same at any time with this SECRET_KEY, and another for anything else', () => {
    const derive = (value: string, key = KEY): string => createSecrets(key).derive('account-key', value)
    assert.match(derive('tok_1'), /^[0-9a-f]{64}$/)
    assert.equal(derive('tok_1'), derive('tok_1'))
    assert.equal(new Set([derive('tok_1'), derive('tok_2'), derive('tok_1', 'another')]).size, 3)
  })

  test('the digest of a password means nothing after a restart', () => {
    const first = createSecrets(KEY)
    assert.equal(first.hashCode('basic', 'x'), first.hashCode('basic', 'x'))
    assert.notEqual(first.hashCode('basic', 'x'), createSecrets(KEY).hashCode('basic', 'x'))
  })

  test('an API token is found again after a change of SECRET_KEY', () => {
    assert.equal(createSecrets(KEY).hashToken('pr_1'), createSecrets('another').hashToken('pr_1'))
    // SHA-256 of "abc", FIPS 180-2, appendix B.1.
    assert.equal(
      Buffer.from(createSecrets(KEY).hashToken('abc'), 'base64url').toString('hex'),
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    )
  })

  test('equal compares texts of any length', () => {
    const secrets = createSecrets(KEY)
    assert.ok(secrets.equal('é', 'é'))
    assert.ok(!secrets.equal('a', 'aa'))
    assert.ok(!secrets.equal('', 'a'))
  })
})
