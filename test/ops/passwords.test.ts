import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Refusal } from '../../src/domain/refusals.ts'
import { createPasswords } from '../../src/ops/passwords.ts'

const passwords = createPasswords()

describe('passwords', () => {
  test('a hash is argon2id with 19 MiB, two passes and one lane', async () => {
    const hash = await passwords.hash('correct horse')
    assert.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    assert.ok(await passwords.verify('correct horse', hash))
    assert.ok(!(await passwords.verify('correct horsf', hash)))
  })

  test('the same password has another hash each time', async () => {
    assert.notEqual(await passwords.hash('the same'), await passwords.hash('the same'))
  })

  test('a hash that another program made is understood, with its own parameters', async () => {
    // Reference implementation, github.com/P-H-C/phc-winner-argon2, src/test.c: argon2id, version 0x13.
    const reference = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4'
    assert.ok(await passwords.verify('password', reference))
    assert.ok(!(await passwords.verify('passwore', reference)))
  })

  test('any password works, up to 256 characters of any script', async () => {
    const anyPassword = fc
      .string({ unit: 'binary', minLength: 8, maxLength: 256, size: 'max' })
      .filter((text) => text.isWellFormed())
    await fc.assert(
      fc.asyncProperty(anyPassword, async (password) => {
        const hash = await passwords.hash(password)
        assert.ok(await passwords.verify(password, hash))
        assert.ok(!(await passwords.verify(`${password}x`, hash)))
      }),
      { numRuns: 8 },
    )
    const longest = '🗝'.repeat(256)
    assert.ok(await passwords.verify(longest, await passwords.hash(longest)))
    assert.ok(!(await passwords.verify('🗝'.repeat(255), await passwords.hash(longest))))
  })

  test('a password is the same whichever keyboard composed it', async () => {
    const composed = 'pass\u00e9\uff11234'
    assert.ok(await passwords.verify('passe\u03011234', await passwords.hash(composed)))
  })

  test('a missing hash matches nothing', async () => {
    assert.equal(await passwords.verify('anything', null), false)
  })

  test('a missing hash waits its turn and computes as any other', async () => {
    // One at a time: were the missing hash answered at once, it would be first although it came second.
    const narrow = createPasswords({ atOnce: 1 })
    const hash = await narrow.hash('a password')
    const order: string[] = []
    await Promise.all([
      narrow.verify('a password', hash).then(() => order.push('known')),
      narrow.verify('a password', null).then(() => order.push('unknown')),
      narrow.verify('a password', hash).then(() => order.push('known')),
    ])
    assert.deepEqual(order, ['known', 'unknown', 'known'])
  })

  test('more than may wait are told to come back', async () => {
    const narrow = createPasswords({ atOnce: 1, mostWaiting: 1 })
    const [first, second, third] = await Promise.allSettled(['one', 'two', 'three'].map((it) => narrow.hash(it)))
    assert.equal(first?.status, 'fulfilled')
    assert.equal(second?.status, 'fulfilled')
    assert.ok(third?.status === 'rejected')
    assert.ok(third.reason instanceof Refusal)
    assert.equal(third.reason.code, 'too_many_requests')
    assert.equal(third.reason.retryAfterSeconds, 10)
    assert.ok(await narrow.hash('later'))
  })

  test('a hash that is damaged is an error, not a yes', async () => {
    await assert.rejects(passwords.verify('x', '$argon2id$v=19$m=8,t=1$YWJj$YWJj'))
  })
})
