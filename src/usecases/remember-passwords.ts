import { loginKey } from '../domain/account.ts'
import type { Clock } from '../domain/clock.ts'
import type { Secrets } from '../domain/secrets.ts'
import type { Records, UserWithPassword } from '../store/store.ts'
import { BoundedMap } from '../domain/bounded-map.ts'
import type { CheckPassword } from './check-password.ts'

/** Long enough that a client which sends its password each time pays argon2 rarely, short enough that a stolen memory tells little. */
const REMEMBERED_MS = 5 * 60_000

/** Accounts whose password is remembered; each is about 200 bytes. */
const MOST_REMEMBERED = 10_000

export interface RememberPasswordsDeps {
  checkPassword: CheckPassword
  store: Pick<Records, 'findUserByLogin'>
  secrets: Secrets
  clock: Clock
}

/**
 * The same check for clients that send login and password with each request: a right password is remembered for five minutes, as a
 * digest under a key that only this process knows. The stored hash is part of the digest and is read each time, so a new password
 * or the account's end, by whatever process, is felt at once. Equal claims at the same time are checked once.
 */
export function rememberPasswords(deps: RememberPasswordsDeps): CheckPassword {
  const remembered = new BoundedMap<string, { digest: string; untilMs: number }>(MOST_REMEMBERED)
  const underWay = new Map<string, Promise<UserWithPassword>>()

  const digestOf = (login: string, password: string, passwordHash: string | undefined): string =>
    deps.secrets.hashCode('basic', JSON.stringify([loginKey(login), password, passwordHash]))

  return async (claim) => {
    const known = await deps.store.findUserByLogin(claim.login)
    const digest = digestOf(claim.login, claim.password, known?.passwordHash)
    const memory = known && remembered.get(known.user.id)
    if (memory && memory.untilMs > deps.clock.now() && deps.secrets.equal(memory.digest, digest)) return known

    const key = `${claim.address} ${digest}`
    const check = underWay.get(key) ?? deps.checkPassword(claim).finally(() => underWay.delete(key))
    underWay.set(key, check)
    const proven = await check
    remembered.set(proven.user.id, {
      digest: digestOf(claim.login, claim.password, proven.passwordHash),
      untilMs: deps.clock.now() + REMEMBERED_MS,
    })
    return proven
  }
}
