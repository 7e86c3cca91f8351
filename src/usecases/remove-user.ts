import type { User } from '../domain/account.ts'
import { Refusal } from '../domain/refusals.ts'
import type { Store } from '../store/store.ts'

/** For the operator: removes an account and everything that is its own. Answers who that was; refuses with `not_found`. */
export type RemoveUser = (input: { login: string }) => Promise<User>

export function removeUser(deps: { store: Pick<Store, 'transaction' | 'signal'> }): RemoveUser {
  return async ({ login }) => {
    const { user, bots } = await deps.store.transaction(async (records) => {
      const known = await records.findUserByLogin(login)
      const bots = known ? await records.listBotsOf(known.user.id) : []
      if (!known || !(await records.deleteUser(known.user.id))) {
        throw new Refusal('not_found', { detail: 'There is no account with this login.' })
      }
      return { user: known.user, bots }
    })
    for (const { id: botId } of bots) deps.store.signal({ kind: 'bot_changed', botId })
    return user
  }
}
