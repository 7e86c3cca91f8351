import { type Principal, SCOPES } from '../domain/account.ts'
import { looksLikeApiToken } from '../domain/api-token.ts'
import type { Clock } from '../domain/clock.ts'
import { Refusal } from '../domain/refusals.ts'
import type { AccessTokens, Secrets } from '../domain/secrets.ts'
import type { Records } from '../store/store.ts'
import type { CheckPassword } from './check-password.ts'
import type { NoteSessionUse } from './note-session-use.ts'
import type { NoteTokenUse } from './note-token-use.ts'

/** What a caller shows, free of how it travelled. */
export type Credentials =
  /** An access token or an API token. */
  | { kind: 'bearer'; secret: string }
  | { kind: 'api-token'; secret: string }
  | { kind: 'cookie'; accessToken: string }
  | { kind: 'password'; login: string; password: string; address: string }

/** Refuses with `credentials_invalid`; with a password also with `too_many_requests`. */
export type Authenticate = (credentials: Credentials) => Promise<Principal>

export interface AuthenticateDeps {
  store: Pick<Records, 'getSession'>
  /** The one of `rememberApiTokens`, because it is asked with each request. */
  findApiToken: Records['findApiToken']
  accessTokens: AccessTokens
  secrets: Secrets
  clock: Clock
  /** The one of `rememberPasswords`, because it is asked with each request. */
  checkPassword: CheckPassword
  noteTokenUse: NoteTokenUse
  noteSessionUse: NoteSessionUse
}

export function authenticate(deps: AuthenticateDeps): Authenticate {
  return async (credentials) => {
    if (credentials.kind === 'cookie') return bySession(deps, credentials.accessToken, 'cookie')
    if (credentials.kind === 'password') {
      const { user } = await deps.checkPassword(credentials)
      return { user, via: 'basic', scopes: SCOPES }
    }
    const { kind, secret } = credentials
    if (kind === 'api-token' || looksLikeApiToken(secret)) return byApiToken(deps, secret)
    return bySession(deps, secret, 'session')
  }
}

/** The token's signature says which session; the session's row says whether it still is one. */
async function bySession(deps: AuthenticateDeps, accessToken: string, via: 'session' | 'cookie'): Promise<Principal> {
  const named = await deps.accessTokens.verify(accessToken)
  const found = named && (await deps.store.getSession(named.sessionId))
  const alive = found && found.user.id === named.userId && found.session.expiresAtMs > deps.clock.now()
  if (!alive) throw noLongerValid('The access token is wrong, expired or logged out.')
  deps.noteSessionUse(found.session)
  return { user: found.user, via, scopes: SCOPES, sessionId: found.session.id }
}

async function byApiToken(deps: AuthenticateDeps, secret: string): Promise<Principal> {
  const found = await deps.findApiToken(deps.secrets.hashToken(secret))
  const alive = found && (found.token.expiresAtMs === null || found.token.expiresAtMs > deps.clock.now())
  if (!alive) throw noLongerValid('The API token is wrong, expired or revoked.')
  deps.noteTokenUse(found.token)
  return { user: found.user, via: 'token', scopes: found.token.scopes }
}

function noLongerValid(detail: string): Refusal {
  return new Refusal('credentials_invalid', { detail })
}
