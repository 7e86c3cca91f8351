import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SCOPES } from '../../src/domain/account.ts'
import { claimChat } from '../../src/usecases/claim-chat.ts'
import { claimChatForToken } from '../../src/usecases/claim-chat-for-token.ts'
import { codeGuesses, PER_ACCOUNT, PER_NETWORK } from '../../src/usecases/code-guesses.ts'
import { startLinking, telegramChat } from '../support/linking.ts'

test('a code buys a token or is not used up: the link and the token are one commit', async (t) => {
  const house = await startLinking(t)
  const { clock, store } = house
  let isFull = true
  const failing: Pick<typeof store, 'transaction'> = {
    transaction: (work) =>
      store.transaction((records) =>
        work({
          ...records,
          createApiToken: (token) =>
            isFull ? Promise.reject(new Error('the disk is full')) : records.createApiToken(token),
        }),
      ),
  }
  const guesses = {
    byAccount: codeGuesses({ clock, limit: PER_ACCOUNT }),
    byNetwork: codeGuesses({ clock, limit: PER_NETWORK }),
  }
  const claim = claimChat({ ...house, store: failing, guesses, announce: async () => undefined })
  const buy = claimChatForToken({ ...house, claim })
  const user = await house.person('ann')
  const { code } = await house.offerChatCode({ botId: house.bot.id, chat: telegramChat(77) })
  const input = { caller: { user, via: 'session', scopes: SCOPES } as const, code, address: '::1' }

  await assert.rejects(buy(input), /the disk is full/)
  assert.deepEqual(await house.listChats(user.id), [])
  isFull = false
  const secret = await buy(input)
  assert.equal((await house.listChats(user.id)).length, 1)
  assert.equal((await store.findApiToken(house.secrets.hashToken(secret)))?.user.id, user.id)
})
