import { createSecretKey } from 'node:crypto'
import { errors, jwtVerify, SignJWT } from 'jose'
import type { Clock } from '../domain/clock.ts'
import type { AccessTokens } from '../domain/secrets.ts'
import { deriveKey } from './secrets.ts'

/** Both are checked, so that no other program's token with the same key is taken for ours. */
const ISSUER = 'postrider'
const AUDIENCE = 'postrider'

/**
 * JSON Web Tokens (RFC 7519) under HS256 and no other algorithm. `sub` is the user and `jti` the session: the token is only as alive
 * as that row. A JWT counts whole seconds, so an expiry within a second is cut down to its beginning.
 */
export function createAccessTokens(deps: { secretKey: string; clock: Clock }): AccessTokens {
  const key = createSecretKey(deriveKey(deps.secretKey, 'access-token'))
  const options = { algorithms: ['HS256'], issuer: ISSUER, audience: AUDIENCE, requiredClaims: ['sub', 'jti', 'exp'] }
  return {
    issue: (session) =>
      new SignJWT()
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(session.userId)
        .setJti(session.id)
        .setIssuedAt(seconds(deps.clock.now()))
        .setExpirationTime(seconds(session.expiresAtMs))
        .sign(key),
    async verify(token) {
      const currentDate = new Date(deps.clock.now())
      const verified = await jwtVerify(token, key, { ...options, currentDate }).catch(undefinedWhenInvalid)
      const { sub, jti } = verified?.payload ?? {}
      return sub === undefined || jti === undefined ? undefined : { sessionId: jti, userId: sub }
    },
  }
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000)
}

/** What is wrong with a token is the caller's matter; anything else that goes wrong is ours and stays loud. */
function undefinedWhenInvalid(error: unknown): undefined {
  if (error instanceof errors.JOSEError) return undefined
  throw error
}
