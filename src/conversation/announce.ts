import type { Clock } from '../domain/clock.ts'
import type { Log } from '../domain/log.ts'
import type { Said } from '../domain/signal.ts'
import type { AnnounceLink } from '../usecases/claim-chat.ts'
import { plainName } from './plain-text.ts'
import { WORDING } from './wording.ts'

export interface AnnounceLinkDeps {
  /** Says something in a chat of a bot; rejects when nobody could. */
  say: (botId: string, said: Said) => Promise<void>
  clock: Clock
  log: Log
}

/** Between tries while nobody serves the bot, in milliseconds: for as long as a restart takes. */
const PAUSES_MS = [1000, 4000, 10_000, 15_000]

/**
 * Says in a chat which account has just entered its code, as the chat is told when it sends a code itself. In the account's language:
 * the chat's own comes with its messages alone. Whoever gave the code away unwittingly learns here that it was used. It is said by
 * whichever process serves the bot of the chat.
 */
export function announceLink({ say, clock, log }: AnnounceLinkDeps): AnnounceLink {
  return async ({ chat, user }) => {
    const text = WORDING[user.locale].linked(plainName(user.name))
    const { id, botId, telegramChatId, type: chatType } = chat
    for (const pauseMs of [...PAUSES_MS, undefined]) {
      try {
        return await say(botId, { telegramChatId, chatType, text })
      } catch (error) {
        if (pauseMs === undefined)
          return log.warn({ err: error, chatId: id }, 'a chat could not be told that it was linked')
        await clock.sleep(pauseMs)
      }
    }
  }
}
