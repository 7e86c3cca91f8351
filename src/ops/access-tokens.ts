import { createSecretKey } from 'node:crypto'
import { errors, jwtVerify, SignJWT } from 'jose'
import { BoundedMap } from '../domain/bounded-map.ts'
import type { Clock } from '../domain/clock.ts'
import type { AccessTokens } from '../domain/secrets.ts'
import { deriveKey } from './secrets.ts'

/** Tokens whose signature is not checked again; each is about half a kilobyte. */
const MOST_VERIFIED = 10_000

interface Verified {
  named: { sessionId: string; userId: string }
  /** In seconds, as the token has it. */
  expiry: number
}

/** Both are checked, so that no other program's token with the same key is taken for ours. */
const ISSUER = 'postrider'
const AUDIENCE = 'postrider'

/**
 * JSON Web Tokens (RFC 7519) under HS256 and no other algorithm. `sub` is the user and `jti` the session: the token is only as alive
 * as that row. A JWT counts whole seconds, so an expiry within a second is cut down to its beginning.
 *
 * A signature that was good is not checked a second time: it stays good, and whether the session still stands is read by the caller each
 * time. (One check takes a quarter of a millisecond, more than everything else that a request costs.)
 */
export function createAccessTokens(deps: { secretKey: string; clock: Clock }): AccessTokens {
  const key = createSecretKey(deriveKey(deps.secretKey, 'access-token'))
  const verified = new BoundedMap<string, Verified>(MOST_VERIFIED)
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
      const nowMs = deps.clock.now()
      const known = verified.get(token)
      if (known) return seconds(nowMs) < known.expiry ? known.named : undefined
      const answer = await jwtVerify(token, key, { ...options, currentDate: new Date(nowMs) }).catch(
        undefinedWhenInvalid,
      )
      const { sub: userId, jti: sessionId, exp: expiry } = answer?.payload ?? {}
      if (userId === undefined || sessionId === undefined || expiry === undefined) return undefined
      const named = { sessionId, userId }
      verified.set(token, { named, expiry })
      return named
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
