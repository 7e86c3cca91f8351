import type { Records, UserWithCounts } from '../store/store.ts'
import { readCursor, writeCursor } from './cursor.ts'

export interface AllUsersQuery {
  /** 1 to 200. Default 50. */
  limit?: number
  /** As the page before gave it. */
  cursor?: string
  /** Somewhere in the login or the name. */
  search?: string
}
export interface AllUsersPage {
  items: UserWithCounts[]
  /** Null on the last page. */
  nextCursor: string | null
}

/** For operators: everybody, by login. Refuses with `request_invalid` for a cursor that is not from here. */
export type ListAllUsers = (query: AllUsersQuery) => Promise<AllUsersPage>

export function listAllUsers({ store }: { store: Pick<Records, 'listUsersWithCounts'> }): ListAllUsers {
  return async ({ limit = 50, cursor, search }) => {
    const found = await store.listUsersWithCounts({
      // One more than asked for tells whether there is a next page.
      limit: limit + 1,
      ...(cursor !== undefined && { afterLogin: readCursor(cursor, PLACE)[1] ?? '' }),
      ...(search !== undefined && { search }),
    })
    const items = found.slice(0, limit)
    const last = items.at(-1)
    return { items, nextCursor: found.length > limit && last ? writeCursor(`login:${last.user.login}`) : null }
  }
}
const PLACE = /^login:([A-Za-z0-9._@+-]{1,64})$/
