import type { Role, User } from '../domain/account.ts'
import { Refusal } from '../domain/refusals.ts'
import type { Store } from '../store/store.ts'

/** For the operator at the command line: who may see how the whole installation is doing. Refuses with `not_found`. */
export type SetRole = (input: { login: string; role: Role }) => Promise<User>

export function setRole(deps: { store: Pick<Store, 'transaction'> }): SetRole {
  return ({ login, role }) =>
    deps.store.transaction(async (records) => {
      const known = await records.findUserByLogin(login)
      const user = known && (await records.updateUser(known.user.id, { role }))
      if (!user) throw new Refusal('not_found', { detail: 'There is no account with this login.' })
      return user
    })
}
