import type { Principal } from '../domain/account.ts'
import type { Store } from '../store/store.ts'
import type { Wake } from '../domain/signal.ts'
import { type CheckPassword, wrongPassword } from './check-password.ts'

/**
 * Removes the account and everything that is its own: sessions, tokens, codes, links, messages, bots. Needs the password, because a stolen
 * session must not be able to. Refuses with `credentials_invalid` or `too_many_requests`.
 */
export type DeleteAccount = (input: { caller: Principal; password: string; address: string }) => Promise<void>

export function deleteAccount(deps: {
  store: Pick<Store, 'transaction' | 'signal'>
  checkPassword: CheckPassword
  /** Tells the dispatcher of the chat that something was taken away, after the commit. Must not throw. Default: nobody is told. */
  lookAgain?: (lane: Wake) => void
}): DeleteAccount {
  return async ({ caller, password, address }) => {
    const proven = await deps.checkPassword({ login: caller.user.login, password, address })
    const { chats, bots } = await deps.store.transaction(async (records) => {
      const now = await records.getUser(caller.user.id)
      if (now?.passwordHash !== proven.passwordHash) throw wrongPassword()
      const [chats, bots] = [await records.listChats(caller.user.id), await records.listBotsOf(caller.user.id)]
      await records.deleteUser(caller.user.id)
      return { chats, bots }
    })
    for (const { id: botId } of bots) deps.store.signal({ kind: 'bot_changed', botId })
    for (const chat of chats) deps.lookAgain?.(chat)
  }
}
