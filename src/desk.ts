import type { Desk } from './cli/house.ts'
import type { Config } from './config/load-config.ts'
import { prepareDataDir } from './ops/data-dir.ts'
import { openStore } from './open-store.ts'
import { createPasswords } from './ops/passwords.ts'
import { systemClock } from './ops/system-clock.ts'
import { systemRandom } from './ops/system-random.ts'
import { listUsers } from './usecases/list-users.ts'
import { registerUser } from './usecases/register-user.ts'
import { removeUser } from './usecases/remove-user.ts'
import { setPassword } from './usecases/set-password.ts'
import { setRole } from './usecases/set-role.ts'

/**
 * The composition root of the operator's commands: the database of an installation, and what can be done to its accounts. Needs no
 * lock: the database lets a running server and this work side by side.
 */
export async function openDesk(config: Config): Promise<Desk> {
  prepareDataDir(config)
  const store = await openStore(config, { clock: systemClock })
  const passwords = createPasswords()
  return {
    migrate: () => store.migrate(),
    ping: () => store.ping(),
    // The operator at the command line is not bound by REGISTRATION.
    registerUser: registerUser({ store, passwords, clock: systemClock, random: systemRandom, registration: 'open' }),
    listUsers: listUsers({ store }),
    setPassword: setPassword({ store, passwords }),
    removeUser: removeUser({ store }),
    setRole: setRole({ store }),
    close: () => store.close(),
  }
}
