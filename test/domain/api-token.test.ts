import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { looksLikeApiToken, newApiTokenSecret } from '../../src/domain/api-token.ts'
import { seededRandom } from '../support/seeded-random.ts'

describe('what an API token looks like', () => {
  test('prefixed: pr_ and forty characters; plain: 25 letters and digits; both are known as API tokens', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = seededRandom(seed)
        const [prefixed, plain] = [newApiTokenSecret('prefixed', random), newApiTokenSecret('plain', random)]
        assert.match(prefixed, /^pr_[0-9a-z]{40}$/)
        assert.match(plain, /^[A-Za-z0-9]{25}$/)
        assert.ok(looksLikeApiToken(prefixed) && looksLikeApiToken(plain))
      }),
    )
  })

  test('every letter and digit of a plain one is as likely as any other', () => {
    const counts = new Map<string, number>()
    const random = seededRandom(1)
    const rounds = 4_000
    for (let i = 0; i < rounds; i++) {
      for (const letter of newApiTokenSecret('plain', random)) counts.set(letter, (counts.get(letter) ?? 0) + 1)
    }
    assert.equal(counts.size, 62)
    const expected = (rounds * 25) / 62
    // Taking each byte's remainder would give the first eight letters a quarter more than the others.
    for (const [letter, count] of counts) assert.ok(Math.abs(count / expected - 1) < 0.12, `${letter}: ${count}`)
  })

  test('an access token is none, nor is a text of another length', () => {
    const others = [
      'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl',
      'a'.repeat(24),
      'a'.repeat(26),
      'ü'.repeat(25),
      '',
    ]
    for (const other of others) assert.ok(!looksLikeApiToken(other), other)
  })
})
