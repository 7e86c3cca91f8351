import type { Desk } from './cli/house.ts'
import type { Config } from './config/load-config.ts'
import { findPreviousKey, findSecretKey } from './config/secret-key.ts'
import type { TokenSeals } from './domain/secrets.ts'
import { prepareDataDir } from './ops/data-dir.ts'
import { openStore } from './open-store.ts'
import { createTokenSeals } from './ops/token-seals.ts'
import { createPasswords } from './ops/passwords.ts'
import { systemClock } from './ops/system-clock.ts'
import { systemRandom } from './ops/system-random.ts'
import { lostBotTokens } from './usecases/lost-bot-tokens.ts'
import { listUsers } from './usecases/list-users.ts'
import { registerUser } from './usecases/register-user.ts'
import { removeUser } from './usecases/remove-user.ts'
import { setPassword } from './usecases/set-password.ts'
import { setRole } from './usecases/set-role.ts'

/**
 * The composition root of the operator's commands: the database of an installation, and what can be done to its accounts. Needs no
 * lock: the database lets a running server and this work side by side.
 */
export async function openDesk(config: Config, say?: (sentence: string) => void): Promise<Desk> {
  prepareDataDir(config)
  const store = await openStore(config, { clock: systemClock, onMigrationWait: say })
  const passwords = createPasswords()
  return {
    migrate: () => store.migrate(),
    missingSteps: () => store.missingSteps(),
    ping: () => store.ping(),
    // The operator at the command line is not bound by REGISTRATION.
    registerUser: registerUser({ store, passwords, clock: systemClock, random: systemRandom, registration: 'open' }),
    listUsers: listUsers({ store }),
    setPassword: setPassword({ store, passwords }),
    removeUser: removeUser({ store }),
    setRole: setRole({ store }),
    lostBotTokens: () => lostBotTokens({ store, seals: sealsOf(config) })(),
    close: () => store.close(),
  }
}

/** Where there is no key yet, none opens anything. */
function sealsOf(config: Config): Pick<TokenSeals, 'open'> {
  const secretKey = findSecretKey(config)
  return secretKey === undefined
    ? { open: () => undefined }
    : createTokenSeals({ secretKey, previousKey: findPreviousKey(config) })
}
