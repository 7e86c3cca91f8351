import type { TestContext } from 'node:test'
import type { Clock } from '../../src/domain/clock.ts'
import type { Passwords } from '../../src/domain/secrets.ts'
import { authenticateRequest } from '../../src/http/authenticate.ts'
import { createAccessTokens } from '../../src/ops/access-tokens.ts'
import { createPasswords } from '../../src/ops/passwords.ts'
import { createSecrets } from '../../src/ops/secrets.ts'
import { systemRandom } from '../../src/ops/system-random.ts'
import type { Store } from '../../src/store/store.ts'
import { authenticate } from '../../src/usecases/authenticate.ts'
import { changeAccount } from '../../src/usecases/change-account.ts'
import { checkPassword } from '../../src/usecases/check-password.ts'
import { createApiToken } from '../../src/usecases/create-api-token.ts'
import { deleteAccount } from '../../src/usecases/delete-account.ts'
import { endSession, endSessions } from '../../src/usecases/end-sessions.ts'
import { guessLimits } from '../../src/usecases/guess-limits.ts'
import { listApiTokens } from '../../src/usecases/list-api-tokens.ts'
import { listSessions } from '../../src/usecases/list-sessions.ts'
import { logIn } from '../../src/usecases/log-in.ts'
import { logOut } from '../../src/usecases/log-out.ts'
import { noteSessionUse } from '../../src/usecases/note-session-use.ts'
import { noteTokenUse } from '../../src/usecases/note-token-use.ts'
import { registerUser } from '../../src/usecases/register-user.ts'
import { rememberApiTokens } from '../../src/usecases/remember-api-tokens.ts'
import { rememberPasswords } from '../../src/usecases/remember-passwords.ts'
import { revokeApiToken } from '../../src/usecases/revoke-api-token.ts'
import { checkedCalls } from './checked-calls.ts'
import { recordingLog, serverWith } from './http-server.ts'
import { ManualClock } from './manual-clock.ts'
import { testStore } from './test-store.ts'

const SECRET_KEY = 'a secret of the test, long enough for it'

export const PASSWORD = 'correct horse battery staple'
export const HOUR = 3_600_000

interface Options {
  registration?: 'open' | 'closed'
  publicUrl?: string
  trustedProxies?: readonly string[]
  /** In which the use of a token is noted a moment later; the test's own by default. */
  tokenUseClock?: Clock
  /** Of another process on the same database. */
  store?: Store
}

/** Everything about accounts, on a real database, with time in the test's hand. argon2 is counted, not replaced. */
export async function startAccounts(t: TestContext, options: Options = {}) {
  const store = options.store ?? (await testStore(t))
  const clock = new ManualClock()
  const random = systemRandom
  const log = recordingLog()
  const secrets = createSecrets(SECRET_KEY)
  const passwords = countPasswords(createPasswords())
  const accessTokens = createAccessTokens({ secretKey: SECRET_KEY, clock })
  const check = checkPassword({ store, passwords, guessLimits: guessLimits({ clock }) })
  const prove = authenticate({
    store,
    findApiToken: rememberApiTokens({ store, clock }),
    accessTokens,
    secrets,
    clock,
    checkPassword: rememberPasswords({ checkPassword: check, store, secrets, clock }),
    noteTokenUse: noteTokenUse({ store, clock: options.tokenUseClock ?? clock, log }),
    noteSessionUse: noteSessionUse({ store, clock, log }),
  })
  const publicUrl = options.publicUrl ?? null
  const registration = options.registration ?? 'open'
  const accounts = {
    register: registerUser({ store, passwords, clock, random, registration }),
    change: changeAccount({ store, passwords, checkPassword: check }),
    delete: deleteAccount({ store, checkPassword: check }),
  }
  const sessions = {
    logIn: logIn({ store, checkPassword: check, accessTokens, clock, random, accessTokenTtlMs: 24 * HOUR }),
    logOut: logOut({ store }),
    list: listSessions({ store, clock }),
    end: endSession({ store }),
    endAll: endSessions({ store }),
  }
  const tokens = {
    create: createApiToken({ store, secrets, clock, random }),
    list: listApiTokens({ store }),
    revoke: revokeApiToken({ store }),
  }
  return { store, clock, random, log, secrets, passwords, accessTokens, prove, publicUrl, accounts, sessions, tokens }
}

function countPasswords(real: Passwords): Passwords & { verified: number } {
  const counted = {
    verified: 0,
    hash: (password: string) => real.hash(password),
    verify: (password: string, hash: string | null) => {
      counted.verified++
      return real.verify(password, hash)
    },
  }
  return counted
}

/** The same behind the real server; each answer is held against the OpenAPI document. */
export async function startAccountsServer(t: TestContext, options: Options = {}) {
  const parts = await startAccounts(t, options)
  const { prove, publicUrl } = parts
  const server = await serverWith(t, {
    ...parts,
    trustedProxies: options.trustedProxies ?? [],
    authenticate: authenticateRequest({ prove, publicUrl }),
  })
  const { document, call } = await checkedCalls(server)

  /** Registers and logs in. */
  async function person(login: string) {
    const registered = await call('POST', '/v1/users', { body: { login, password: PASSWORD, name: login } })
    const loggedIn = await call('POST', '/v1/sessions', { body: { login, password: PASSWORD } })
    const accessToken = String(loggedIn.json['accessToken'])
    return { id: String(registered.json['id']), login, accessToken, bearer: `Bearer ${accessToken}` }
  }

  return { ...parts, server, document, call, person }
}

export function basic(login: string, password: string, encoding: 'utf8' | 'latin1' = 'utf8'): string {
  return `Basic ${Buffer.from(`${login}:${password}`, encoding).toString('base64')}`
}
