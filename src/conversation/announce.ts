import type { Signal } from '../domain/signal.ts'
import type { AnnounceLink } from '../usecases/claim-chat.ts'
import { plainName } from './plain-text.ts'
import { WORDING } from './wording.ts'

/**
 * Says in a chat which account has just entered its code, as the chat is told when it sends a code itself. In the account's language:
 * the chat's own comes with its messages alone. Whoever gave the code away unwittingly learns here that it was used. It is said by
 * whichever process serves the bot of the chat.
 */
export function announceLink({ signal }: { signal: (signal: Signal) => void }): AnnounceLink {
  return async ({ chat, user }) => {
    const text = WORDING[user.locale].linked(plainName(user.name))
    const { botId, telegramChatId, type: chatType } = chat
    signal({ kind: 'say', botId, telegramChatId, chatType, text })
  }
}
