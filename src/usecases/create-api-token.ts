import { type ApiToken, type Principal, SCOPES, type Scope } from '../domain/account.ts'
import { type ApiTokenForm, newApiTokenSecret } from '../domain/api-token.ts'
import type { Clock } from '../domain/clock.ts'
import { newId } from '../domain/ids.ts'
import type { Random } from '../domain/random.ts'
import { Refusal } from '../domain/refusals.ts'
import type { Secrets } from '../domain/secrets.ts'
import type { Store } from '../store/store.ts'
import { checkAccountFields } from './account-rules.ts'

/** The last moment with a year of four digits, which is all that RFC 3339 can write. */
const LATEST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

export interface NewApiToken {
  name: string
  /** At least one. */
  scopes: readonly Scope[]
  /** Null: it never expires. */
  expiresAtMs: number | null
  /** Default `prefixed`. */
  form?: ApiTokenForm
}

/**
 * The secret is in this answer and nowhere else. Refuses with `scope_missing` (nobody grants what they may not do themselves) or
 * `request_invalid`, and with `credentials_invalid` when the account is gone.
 */
export type CreateApiToken = (caller: Principal, input: NewApiToken) => Promise<{ token: ApiToken; secret: string }>

export interface CreateApiTokenDeps {
  store: Pick<Store, 'transaction'>
  secrets: Secrets
  clock: Clock
  random: Random
}

export function createApiToken(deps: CreateApiTokenDeps): CreateApiToken {
  return async (caller, input) => {
    const { token, secret, hash } = newApiToken(deps, caller, input)
    await deps.store.transaction(async (records) => {
      if (!(await records.getUser(caller.user.id))) throw new Refusal('credentials_invalid')
      await records.createApiToken({ ...token, hash })
    })
    return { token, secret }
  }
}

/** A token that is not stored yet. Refuses as `CreateApiToken` does, but for an account that is gone. */
export function newApiToken(
  deps: Pick<CreateApiTokenDeps, 'secrets' | 'clock' | 'random'>,
  caller: Principal,
  { name, scopes, expiresAtMs, form = 'prefixed' }: NewApiToken,
): { token: ApiToken; secret: string; hash: string } {
  checkAccountFields({ name })
  checkScopes(caller, scopes)
  const nowMs = deps.clock.now()
  if (expiresAtMs !== null && (expiresAtMs <= nowMs || expiresAtMs > LATEST_MS)) throw notInTheFuture()

  const secret = newApiTokenSecret(form, deps.random)
  const token: ApiToken = {
    id: newId('tok', deps),
    userId: caller.user.id,
    name,
    scopes: SCOPES.filter((scope) => scopes.includes(scope)),
    hint: secret.slice(-4),
    createdAtMs: nowMs,
    expiresAtMs,
    lastUsedAtMs: null,
  }
  return { token, secret, hash: deps.secrets.hashToken(secret) }
}

function checkScopes(caller: Principal, wanted: readonly Scope[]): void {
  if (wanted.length === 0) {
    throw new Refusal('request_invalid', { errors: [{ where: '/body/scopes', what: 'must name at least one' }] })
  }
  const missing = wanted.filter((scope) => !caller.scopes.includes(scope))
  if (missing.length === 0) return
  throw new Refusal('scope_missing', {
    detail: `A token can only grant what its maker may do: ${missing.join(', ')} is missing.`,
  })
}

function notInTheFuture(): Refusal {
  const errors = [{ where: '/body/expiresAt', what: 'must be in the future, and before the year 10000' }]
  return new Refusal('request_invalid', { errors })
}
