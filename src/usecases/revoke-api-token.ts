import { Refusal } from '../domain/refusals.ts'
import type { Records } from '../store/store.ts'

/** The token is dead when this resolves. Refuses with `not_found` when the account has no such token. */
export type RevokeApiToken = (input: { userId: string; tokenId: string }) => Promise<void>

export function revokeApiToken(deps: { store: Pick<Records, 'deleteApiToken'> }): RevokeApiToken {
  return async ({ userId, tokenId }) => {
    if (!(await deps.store.deleteApiToken(userId, tokenId))) throw new Refusal('not_found')
  }
}
