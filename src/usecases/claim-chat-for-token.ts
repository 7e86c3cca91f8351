import type { Principal } from '../domain/account.ts'
import type { Clock } from '../domain/clock.ts'
import type { Random } from '../domain/random.ts'
import type { Secrets } from '../domain/secrets.ts'
import type { ClaimChat } from './claim-chat.ts'
import { newApiToken } from './create-api-token.ts'

/** Under which the token stands among the account's API tokens, where it can be seen and revoked. */
export const SENDING_TOKEN_NAME = 'bot token (cabinet)'

/**
 * For interfaces where the code of the bot buys a token to send with: links the chat, which becomes the default one, and answers a new API
 * token of the form `plain` that may send and nothing else. It takes the place of the account's token of this name, which is dead when
 * this resolves. All of it or nothing. Refuses as `ClaimChat` does, and with `scope_missing` when the caller may not send.
 */
export type ClaimChatForToken = (input: { caller: Principal; code: string; address: string }) => Promise<string>

export function claimChatForToken(deps: {
  claim: ClaimChat
  secrets: Secrets
  clock: Clock
  random: Random
}): ClaimChatForToken {
  return async ({ caller, code, address }) => {
    const { user } = caller
    const input = { name: SENDING_TOKEN_NAME, scopes: ['send'], expiresAtMs: null, form: 'plain' } as const
    const { token, secret, hash } = newApiToken(deps, caller, input)
    await deps.claim({
      user,
      code,
      address,
      async also(records, { id: chatId }) {
        await records.setDefaultChat(user.id, chatId)
        const before = (await records.listApiTokens(user.id)).filter(({ name }) => name === SENDING_TOKEN_NAME)
        for (const { id } of before) await records.deleteApiToken(user.id, id)
        await records.createApiToken({ ...token, hash })
      },
    })
    return secret
  }
}
