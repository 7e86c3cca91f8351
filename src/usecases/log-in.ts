import { MOST_USER_AGENT_LENGTH, type User } from '../domain/account.ts'
import type { Clock } from '../domain/clock.ts'
import { newId } from '../domain/ids.ts'
import type { Random } from '../domain/random.ts'
import type { AccessTokens } from '../domain/secrets.ts'
import type { NewSession, Records, Store } from '../store/store.ts'
import { type CheckPassword, type PasswordClaim, wrongPassword } from './check-password.ts'

export interface LoggedIn {
  /** A JWT that is as alive as its session. */
  accessToken: string
  expiresAtMs: number
  user: User
}

export interface LogInClaim extends PasswordClaim, Client {}

/** What the session is for. */
export interface Client {
  /** As it names itself; nothing when it does not. */
  userAgent?: string | undefined
}

/** Refuses with `credentials_invalid` or `too_many_requests`. */
export type LogIn = (claim: LogInClaim) => Promise<LoggedIn>

export interface LogInDeps {
  store: Pick<Store, 'transaction'>
  checkPassword: CheckPassword
  accessTokens: AccessTokens
  clock: Clock
  random: Random
  /** The setting `ACCESS_TOKEN_TTL`. */
  accessTokenTtlMs: number
}

export function logIn(deps: LogInDeps): LogIn {
  return async (claim) => {
    const { user, session } = await logInAnd(deps, claim, async () => undefined)
    return await loggedIn(deps, user, session)
  }
}

/** `also` is done in the same transaction as the log-in. Refuses as `LogIn` does. */
export async function logInAnd<T>(
  deps: Omit<LogInDeps, 'accessTokens'>,
  claim: LogInClaim,
  also: (records: Records, user: User) => Promise<T>,
): Promise<{ user: User; session: NewSession; also: T }> {
  const { user, passwordHash } = await deps.checkPassword(claim)
  return await deps.store.transaction(async (records) => {
    // The password may have been changed while this one was checked; what it ended must not begin again.
    const now = await records.getUser(user.id)
    if (now?.passwordHash !== passwordHash) throw wrongPassword()
    return { user, session: await openSession(deps, records, user, claim), also: await also(records, user) }
  })
}

export async function openSession(
  deps: Pick<LogInDeps, 'clock' | 'random' | 'accessTokenTtlMs'>,
  records: Records,
  { id: userId }: User,
  { userAgent }: Client,
): Promise<NewSession> {
  const createdAtMs = deps.clock.now()
  const expiresAtMs = wholeSecond(createdAtMs + deps.accessTokenTtlMs)
  const session = {
    id: newId('ses', deps),
    userId,
    createdAtMs,
    expiresAtMs,
    userAgent: userAgent?.trim().slice(0, MOST_USER_AGENT_LENGTH) || null,
  }
  await records.createSession(session)
  return session
}

export async function loggedIn(
  { accessTokens }: Pick<LogInDeps, 'accessTokens'>,
  user: User,
  session: NewSession,
): Promise<LoggedIn> {
  return { accessToken: await accessTokens.issue(session), expiresAtMs: session.expiresAtMs, user }
}

/** JWTs count whole seconds, so the session and its token end at the same moment. A life below a second is not cut to nothing. */
function wholeSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000
}
