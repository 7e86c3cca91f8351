import type { ApiToken } from '../domain/account.ts'
import type { Records } from '../store/store.ts'

/** Without their secrets, which nobody knows any more. */
export type ListApiTokens = (userId: string) => Promise<ApiToken[]>

export function listApiTokens(deps: { store: Pick<Records, 'listApiTokens'> }): ListApiTokens {
  return (userId) => deps.store.listApiTokens(userId)
}
