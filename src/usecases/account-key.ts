import { SCOPES, type User } from '../domain/account.ts'
import type { Clock } from '../domain/clock.ts'
import { newId } from '../domain/ids.ts'
import type { Random } from '../domain/random.ts'
import type { Secrets } from '../domain/secrets.ts'
import type { Records } from '../store/store.ts'

/** Under which the key stands among the account's API tokens, where it can be seen and revoked. */
export const ACCOUNT_KEY_NAME = 'key (rest-auth)'

/** Hex digits, as `Token` of Django REST framework has them: 160 bits. */
const KEY_LENGTH = 40

interface Deps {
  secrets: Pick<Secrets, 'derive' | 'hashToken'>
  clock: Clock
  random: Random
}

/**
 * For interfaces where each log-in answers the same key until a log-out: the account's key, made when there is none. It is an API token
 * that may do everything, and like any other it is stored as a hash; that it can be shown again is because it is derived from the id of
 * its row. After a change of `SECRET_KEY` it cannot: then another one is made, and the old one works until the next log-out. For the
 * inside of a transaction.
 */
export async function accountKey(deps: Deps, records: Records, { id: userId }: User): Promise<string> {
  for (const { id } of await keysOf(records, userId)) {
    const key = keyFrom(deps.secrets, id)
    if (await records.findApiToken(deps.secrets.hashToken(key))) return key
  }
  const id = newId('tok', deps)
  const key = keyFrom(deps.secrets, id)
  await records.createApiToken({
    id,
    userId,
    name: ACCOUNT_KEY_NAME,
    scopes: SCOPES,
    hint: key.slice(-4),
    createdAtMs: deps.clock.now(),
    expiresAtMs: null,
    lastUsedAtMs: null,
    hash: deps.secrets.hashToken(key),
  })
  return key
}

/** Every key of the account is dead afterwards. For the inside of a transaction. */
export async function endAccountKeys(records: Records, userId: string): Promise<void> {
  for (const { id } of await keysOf(records, userId)) await records.deleteApiToken(userId, id)
}

async function keysOf(records: Records, userId: string): Promise<{ id: string }[]> {
  return (await records.listApiTokens(userId)).filter(({ name }) => name === ACCOUNT_KEY_NAME)
}

function keyFrom(secrets: Pick<Secrets, 'derive'>, tokenId: string): string {
  return secrets.derive('account-key', tokenId).slice(0, KEY_LENGTH)
}
