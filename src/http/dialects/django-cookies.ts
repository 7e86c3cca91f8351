import type { FastifyReply } from 'fastify'
import { randomText } from '../../domain/ids.ts'
import type { Random } from '../../domain/random.ts'
import { SESSION_COOKIE } from '../openapi.ts'
import { clearSessionCookie, setSessionCookie } from '../session-cookie.ts'

/** Where a session may stand: under our own name, and under the one that clients of Django look for. */
export const SESSION_COOKIES = [SESSION_COOKIE, 'sessionid'] as const

const CSRF_COOKIE = 'csrftoken'
/** As long as Django's own. */
const CSRF_LENGTH = 32

/**
 * The cookies that Django sets at a log-in. Clients send `csrftoken` back in a header and stumble where there is none; here it proves
 * nothing, because the browser itself says which site a write comes from.
 */
export function setDjangoCookies(
  reply: FastifyReply,
  session: { accessToken: string; expiresAtMs: number },
  { publicUrl, random }: { publicUrl: string | null; random: Random },
): void {
  for (const name of SESSION_COOKIES) setSessionCookie(reply, session, publicUrl, name)
  setCsrfCookie(reply, { publicUrl, random, expires: new Date(session.expiresAtMs) })
}

/** The second of them alone, as Django sets it with the form of a log-in. Until the browser is closed when nothing is said. */
export function setCsrfCookie(
  reply: FastifyReply,
  { publicUrl, random, expires }: { publicUrl: string | null; random: Random; expires?: Date },
): void {
  const secure = publicUrl?.startsWith('https:') ?? false
  const options = { path: '/', sameSite: 'lax', secure, ...(expires && { expires }) } as const
  reply.setCookie(CSRF_COOKIE, randomText(random, CSRF_LENGTH), options)
  reply.header('cache-control', 'no-store')
}

export function clearDjangoCookies(reply: FastifyReply, publicUrl: string | null): void {
  for (const name of SESSION_COOKIES) clearSessionCookie(reply, publicUrl, name)
}
