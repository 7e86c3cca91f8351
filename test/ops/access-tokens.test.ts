import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decodeProtectedHeader, SignJWT } from 'jose'
import { createAccessTokens } from '../../src/ops/access-tokens.ts'
import { deriveKey } from '../../src/ops/secrets.ts'
import { ManualClock } from '../support/manual-clock.ts'

const KEY = 'a secret of the test, long enough for it'

function start() {
  const clock = new ManualClock()
  const session = { id: 'ses_1', userId: 'usr_1', expiresAtMs: clock.now() + 60_000 }
  return { clock, session, tokens: createAccessTokens({ secretKey: KEY, clock }) }
}

/** A token that is right in everything but what the test changes. */
function forged(change: (jwt: SignJWT) => SignJWT, alg = 'HS256'): Promise<string> {
  const jwt = new SignJWT().setProtectedHeader({ alg }).setIssuer('postrider').setAudience('postrider')
  return change(jwt.setSubject('usr_1').setJti('ses_1').setExpirationTime('100y')).sign(
    alg === 'HS256'
      ? deriveKey(KEY, 'access-token')
      : Buffer.concat([deriveKey(KEY, 'access-token'), Buffer.alloc(64)]),
  )
}

describe('access tokens', () => {
  test('a token names its session until it expires', async () => {
    const { clock, session, tokens } = start()
    const token = await tokens.issue(session)
    assert.deepEqual(await tokens.verify(token), { sessionId: 'ses_1', userId: 'usr_1' })
    clock.advance(59_999)
    assert.ok(await tokens.verify(token))
    clock.advance(1)
    assert.equal(await tokens.verify(token), undefined)
  })

  test('a token is valid for the key that signed it and for no other', async () => {
    const { clock, session, tokens } = start()
    const other = createAccessTokens({ secretKey: `${KEY}!`, clock })
    assert.equal(await other.verify(await tokens.issue(session)), undefined)
  })

  test('a token that was changed anywhere is refused', async () => {
    const { session, tokens } = start()
    const token = await tokens.issue(session)
    // Also after the right one was seen and is remembered.
    assert.ok(await tokens.verify(token))
    for (let at = 0; at < token.length; at++) {
      // The last character of a part may carry bits that decode to nothing, so change the one before it too.
      const changed = `${token.slice(0, at)}${token[at] === 'A' ? 'zz' : 'AA'}${token.slice(at + 2)}`
      assert.equal(await tokens.verify(changed), undefined, `changed at ${at}`)
    }
  })

  test('what anybody may send as a token is refused, not an error', async () => {
    const { tokens } = start()
    const junk = [
      '',
      '.',
      '..',
      'a.b.c',
      'pr_x',
      'e30.e30.e30',
      '\u0000',
      'é.é.é',
      'eyJhbGciOiJub25lIn0.e30.',
      'a'.repeat(9000),
    ]
    for (const token of junk) assert.equal(await tokens.verify(token), undefined, token)
  })

  test('another algorithm, issuer or audience is refused, and so is a token without an end', async () => {
    const { tokens } = start()
    assert.ok(await tokens.verify(await forged((jwt) => jwt)))
    assert.equal(await tokens.verify(await forged((jwt) => jwt, 'HS512')), undefined)
    assert.equal(await tokens.verify(await forged((jwt) => jwt.setIssuer('else'))), undefined)
    assert.equal(await tokens.verify(await forged((jwt) => jwt.setAudience('else'))), undefined)
    const endless = new SignJWT({ iss: 'postrider', aud: 'postrider', sub: 'usr_1', jti: 'ses_1' })
    const signed = await endless.setProtectedHeader({ alg: 'HS256' }).sign(deriveKey(KEY, 'access-token'))
    assert.equal(await tokens.verify(signed), undefined)
  })

  test('the token says HS256 and holds no secret', async () => {
    const { session, tokens } = start()
    const token = await tokens.issue(session)
    assert.deepEqual(decodeProtectedHeader(token), { alg: 'HS256', typ: 'JWT' })
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as object
    assert.deepEqual(Object.keys(claims).sort(), ['aud', 'exp', 'iat', 'iss', 'jti', 'sub'])
  })
})
