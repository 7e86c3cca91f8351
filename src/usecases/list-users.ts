import type { User } from '../domain/account.ts'
import type { Records } from '../store/store.ts'

const PAGE = 200

/** For the operator: everybody, by login, a page at a time, so that memory does not grow with the number of accounts. */
export type ListUsers = () => AsyncGenerator<User, void, void>

export function listUsers(deps: { store: Pick<Records, 'listUsers'> }): ListUsers {
  return async function* () {
    let page = await deps.store.listUsers({ limit: PAGE })
    while (page.length > 0) {
      yield* page
      const last = page.at(-1)
      if (!last || page.length < PAGE) return
      page = await deps.store.listUsers({ limit: PAGE, afterLogin: last.login })
    }
  }
}
