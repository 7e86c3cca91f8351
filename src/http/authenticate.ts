import type { FastifyRequest } from 'fastify'
import type { Principal } from '../domain/account.ts'
import { Refusal } from '../domain/refusals.ts'
import type { Authenticate as Prove, Credentials } from '../usecases/authenticate.ts'
import type { Authenticate } from './caller.ts'
import { SESSION_COOKIE } from './openapi.ts'

export interface AuthenticateRequestDeps {
  /** The use case: whose credentials are these? */
  prove: Prove
  /** The setting `PUBLIC_URL`; null when it was not set, and then the site is whatever host the browser called. */
  publicUrl: string | null
  /** Where the access token may stand as a cookie; the first that is good counts. Default `SESSION_COOKIE`. */
  cookies?: readonly string[]
  /** An access token counts behind any word and behind none. Default false: the word must be `Bearer`. */
  anyWord?: boolean
}

/** Header or cookie, as the public contract says; a header that is there is what counts, and the cookie is not looked at. */
export function authenticateRequest(deps: AuthenticateRequestDeps): Authenticate {
  return async (request, scope) => {
    const header = fromAnyHeader(request, deps)
    const caller = header ? await deps.prove(header) : await proveByCookie(request, deps)
    if (scope !== null && !caller.scopes.includes(scope)) {
      throw new Refusal('scope_missing', { detail: `This needs a token with the scope \`${scope}\`.` })
    }
    return caller
  }
}

/** Undefined when there is none. */
function fromAnyHeader(
  request: FastifyRequest,
  { anyWord = false }: Pick<AuthenticateRequestDeps, 'anyWord'>,
): Credentials | undefined {
  const header = request.headers.authorization
  if (header === undefined) return undefined
  const [, jwt] = (anyWord && JWT_BEHIND_ANY_WORD.exec(header)) || []
  return jwt === undefined ? fromHeader(header, request.ip) : { kind: 'bearer', secret: jwt }
}

/** A browser keeps the cookie of a session that has ended beside another's that goes on. */
async function proveByCookie(request: FastifyRequest, deps: AuthenticateRequestDeps): Promise<Principal> {
  const { prove, publicUrl, cookies = [SESSION_COOKIE] } = deps
  const shown = new Set(cookies.flatMap((name) => request.cookies[name] || []))
  if (shown.size > 0 && isForeignWrite(request, publicUrl)) throw new Refusal('cross_site_refused')
  let refusal = new Refusal('credentials_invalid', {
    detail: 'There is no Authorization header and no session cookie.',
  })
  for (const accessToken of shown) {
    try {
      return await prove({ kind: 'cookie', accessToken })
    } catch (thrown) {
      if (!(thrown instanceof Refusal) || thrown.code !== 'credentials_invalid') throw thrown
      refusal = thrown
    }
  }
  throw refusal
}

/** A scheme in any case, blanks, and one word (RFC 9110, 11.4). */
const AUTHORIZATION = /^([A-Za-z]+) +([^\s]+) *$/

/** Three parts of base64url with dots between (RFC 7515), behind one word of any kind or none. */
const JWT_BEHIND_ANY_WORD = /^ *(?:[^\s]+ +)?([\w-]+\.[\w-]+\.[\w-]+) *$/

function fromHeader(header: string, address: string): Credentials {
  const [, scheme = '', secret = ''] = AUTHORIZATION.exec(header) ?? []
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return { kind: 'bearer', secret }
    case 'token':
      return { kind: 'api-token', secret }
    case 'basic':
      return { kind: 'password', ...fromBasic(secret), address }
    default:
      throw new Refusal('credentials_invalid', {
        detail: 'The Authorization header must be `Bearer`, `Token` or `Basic`, a blank and the credentials.',
      })
  }
}

/** RFC 7617: base 64 of `login:password`. A login has no colon, a password may. */
function fromBasic(encoded: string): { login: string; password: string } {
  const pair = /^[A-Za-z0-9+/_-]+=*$/.test(encoded) ? textOf(Buffer.from(encoded, 'base64')) : ''
  const colon = pair.indexOf(':')
  if (colon < 0) {
    throw new Refusal('credentials_invalid', { detail: 'Basic credentials are the base 64 of `login:password`.' })
  }
  return { login: pair.slice(0, colon), password: pair.slice(colon + 1) }
}

/** UTF-8, as our challenge asks; some older clients send Latin-1 whatever is asked (Python's requests, for one). */
function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return bytes.toString('latin1')
  }
}

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Browsers send the cookie whoever wrote the page, and say whose page it was: in `Sec-Fetch-Site` (to https and to this machine), or
 * at least in `Origin`. A page cannot forge either. What sends neither is no browser, and nobody lured it here.
 */
export function isForeignWrite(
  { method, headers }: Pick<FastifyRequest, 'method' | 'headers'>,
  publicUrl: string | null,
): boolean {
  if (SAFE_METHODS.has(method)) return false
  const { 'sec-fetch-site': fetchSite, origin, host } = headers
  if (fetchSite === 'same-origin' || fetchSite === 'none') return false
  if (origin === undefined) return fetchSite !== undefined
  if (publicUrl !== null) return origin !== new URL(publicUrl).origin
  // Where no address is set we cannot know our own scheme, so this compares hosts, and only where the browser said no better.
  return fetchSite !== undefined || !URL.canParse(origin) || new URL(origin).host !== host
}
