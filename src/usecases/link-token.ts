import type { Clock } from '../domain/clock.ts'
import { ACCOUNT_CODE_LENGTH, readLinkKey, uuidFrom } from '../domain/codes.ts'
import { randomText } from '../domain/ids.ts'
import type { Random } from '../domain/random.ts'
import type { Secrets } from '../domain/secrets.ts'
import type { Records } from '../store/store.ts'
import { usableBot } from './create-link-code.ts'

/**
 * A code of an account in the form of a UUID, for interfaces that show it again: it links one chat, once, within the life of a code.
 * Undefined when the account has one that is good, or that linked a chat which is still its own. Refuses with `not_found` where there
 * is no shared bot.
 */
export type CreateLinkToken = (userId: string) => Promise<string | undefined>

/** The one that `CreateLinkToken` made, as long as that would make no other; undefined when there is none. */
export type GetLinkToken = (userId: string) => Promise<string | undefined>

interface Deps {
  store: Pick<Records, 'listBots' | 'getBot' | 'showAccountCode' | 'shownAccountCode'>
  secrets: Pick<Secrets, 'hashCode'>
  clock: Clock
}

export function createLinkToken(deps: Deps & { random: Random; ttlMs: number }): CreateLinkToken {
  return async (userId) => {
    const { id: botId } = await usableBot(deps.store, userId, undefined)
    const nowMs = deps.clock.now()
    const present = await deps.store.shownAccountCode(userId, nowMs)
    if (present && isDerived(deps.secrets, present)) return undefined
    const seed = randomText(deps.random, ACCOUNT_CODE_LENGTH)
    const token = derive(deps.secrets, seed)
    const code = { hash: hashOf(deps.secrets, token), seed, userId, botId, expiresAtMs: nowMs + deps.ttlMs }
    const isNew = await deps.store.showAccountCode(code, { nowMs, inPlaceOf: present?.hash })
    return isNew ? token : undefined
  }
}

export function getLinkToken({ store, secrets, clock }: Deps): GetLinkToken {
  return async (userId) => {
    const present = await store.shownAccountCode(userId, clock.now())
    return present && isDerived(secrets, present) ? derive(secrets, present.seed) : undefined
  }
}

/** The database has what it is derived from and its hash, and neither is worth anything without our key. */
function derive(secrets: Pick<Secrets, 'hashCode'>, seed: string): string {
  return uuidFrom(Buffer.from(secrets.hashCode('link-token', seed), 'base64url').toString('hex'))
}

/** False when it was made under another secret key: then nobody knows it any more. */
function isDerived(secrets: Pick<Secrets, 'hashCode'>, { hash, seed }: { hash: string; seed: string }): boolean {
  return hashOf(secrets, derive(secrets, seed)) === hash
}

/** As `link-chat.ts` looks it up. */
function hashOf(secrets: Pick<Secrets, 'hashCode'>, token: string): string {
  const key = readLinkKey(token)
  if (key?.kind !== 'uuid') throw new Error('a link token is a UUID')
  return secrets.hashCode('account-code', key.uuid)
}
