import type { Bot } from '../domain/bot.ts'
import type { Log } from '../domain/log.ts'
import type { AnnounceLink } from '../usecases/claim-chat.ts'
import { plainName } from './plain-text.ts'
import type { Reply } from './reply.ts'
import { WORDING } from './wording.ts'

/**
 * Says in a chat which account has just entered its code, as the chat is told when it sends a code itself. In the account's language:
 * the chat's own comes with its messages alone. Whoever gave the code away unwittingly learns here that it was used.
 */
export function announceLink(deps: {
  bot: Pick<Bot, 'id'>
  replies: { reply: Reply }
  log: Pick<Log, 'warn'>
}): AnnounceLink {
  return async ({ chat, user }) => {
    if (chat.botId !== deps.bot.id) return
    const text = WORDING[user.locale].linked(plainName(user.name))
    try {
      await deps.replies.reply({ telegramChatId: chat.telegramChatId, chatType: chat.type, text })
    } catch (error) {
      deps.log.warn({ err: error, chatId: chat.id }, 'a chat could not be told that it was linked')
    }
  }
}
