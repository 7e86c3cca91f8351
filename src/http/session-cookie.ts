import type { FastifyReply } from 'fastify'
import { SESSION_COOKIE } from './openapi.ts'

/**
 * No script may read it, no other site's form may send it, and it never travels in clear where the site has https. `lax` and not
 * `strict`, so that a link to the page from a mail finds its reader logged in.
 */
function attributes(publicUrl: string | null) {
  return { path: '/', httpOnly: true, sameSite: 'lax', secure: publicUrl?.startsWith('https:') ?? false } as const
}

/** The cookie lives as long as the session. `name`: of another system's clients; our own by default. */
export function setSessionCookie(
  reply: FastifyReply,
  session: { accessToken: string; expiresAtMs: number },
  publicUrl: string | null,
  name: string = SESSION_COOKIE,
): void {
  reply.setCookie(name, session.accessToken, {
    ...attributes(publicUrl),
    expires: new Date(session.expiresAtMs),
  })
}

export function clearSessionCookie(reply: FastifyReply, publicUrl: string | null, name: string = SESSION_COOKIE): void {
  reply.clearCookie(name, attributes(publicUrl))
}
