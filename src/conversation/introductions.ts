import type { Bot } from '../domain/bot.ts'
import type { Log } from '../domain/log.ts'
import type { TelegramClient } from '../telegram/telegram-client.ts'
import { introduceBot } from './commands.ts'

export interface Introductions {
  /**
   * Beside the work: nothing waits for it, not even a stop. Once for each bot, unless something could not be set. When `over` aborts, the
   * client is closed, and what could not be set because of that is nothing to tell.
   */
  begin(bot: Pick<Bot, 'id' | 'ownerId'>, telegram: TelegramClient, over: AbortSignal): void
}

/** Of all bots of a process. What Telegram has already is not set again, so that a start changes nothing and a switch asks nothing. */
export function createIntroductions(log: Log): Introductions {
  const done = new Set<string>()
  return {
    begin(bot, telegram, over) {
      if (done.has(bot.id)) return
      done.add(bot.id)
      void introduceBot(telegram, { ofAccount: bot.ownerId !== null }).then((problems) => {
        if (problems.length === 0) return
        done.delete(bot.id)
        if (over.aborted) return
        log.info({ bot: bot.id, problems }, 'the menu or the descriptions of the bot could not be set')
      })
    },
  }
}
