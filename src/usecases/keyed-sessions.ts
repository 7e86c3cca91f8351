import type { Principal } from '../domain/account.ts'
import type { Store } from '../store/store.ts'
import { accountKey, endAccountKeys } from './account-key.ts'
import {
  type Client,
  type LoggedIn,
  loggedIn,
  type LogInClaim,
  type LogInDeps,
  logInAnd,
  openSession,
} from './log-in.ts'
import { newUser, type RegisterUserDeps, type Registration } from './register-user.ts'
import type { Secrets } from '../domain/secrets.ts'

/** A session, and the account's key beside it. */
export type LoggedInWithKey = LoggedIn & { key: string }

/** Accounts as interfaces know them where whoever registers or logs in gets a session and the account's key (`accountKey`). */
export interface KeyedSessions {
  /** Whoever registers is logged in. Refuses as `RegisterUser` does; all of it or nothing. */
  register: (registration: Registration & Client) => Promise<LoggedInWithKey>
  /** Refuses as `LogIn` does. */
  logIn: (claim: LogInClaim) => Promise<LoggedInWithKey>
  /** Ends these sessions and the keys of their accounts, wherever the keys are used. */
  logOut: (callers: readonly Principal[]) => Promise<void>
}

type Deps = LogInDeps &
  RegisterUserDeps & {
    store: Pick<Store, 'transaction'>
    secrets: Pick<Secrets, 'derive' | 'hashToken'>
  }

export function keyedSessions(deps: Deps): KeyedSessions {
  return {
    async register(registration) {
      const input = await newUser(deps, registration)
      const { user, session, key } = await deps.store.transaction(async (records) => {
        const made = await records.createUser(input)
        return {
          user: made,
          session: await openSession(deps, records, made, registration),
          key: await accountKey(deps, records, made),
        }
      })
      return { ...(await loggedIn(deps, user, session)), key }
    },
    async logIn(claim) {
      const { user, session, also } = await logInAnd(deps, claim, (records, whose) => accountKey(deps, records, whose))
      return { ...(await loggedIn(deps, user, session)), key: also }
    },
    async logOut(callers) {
      await deps.store.transaction(async (records) => {
        for (const { user, sessionId } of callers) {
          await endAccountKeys(records, user.id)
          if (sessionId !== undefined) await records.deleteSession(sessionId)
        }
      })
    },
  }
}
