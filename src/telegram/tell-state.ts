import type { BotState } from '../domain/bot.ts'
import type { Log } from '../domain/log.ts'

export interface TellStateDeps {
  bot: { id: string }
  /** Called when it changes. */
  saveState(state: BotState, reason: string | null): Promise<void>
  log: Log
}

/** Says how receiving updates goes, when that changes: in the log, and where the bot's owner sees it. Never rejects. */
export function tellState(deps: TellStateDeps): (state: BotState, reason: string | null) => Promise<void> {
  const { bot, log } = deps
  let said: string | undefined
  return async (state, reason) => {
    const news = `${state} ${reason}`
    if (news === said) return
    said = news
    const what = { botId: bot.id, state, reason }
    if (state === 'running') log.info(what, 'the bot receives updates')
    else log.warn(what, 'the bot does not receive updates')
    try {
      await deps.saveState(state, reason)
    } catch (error) {
      said = undefined
      log.warn({ ...what, err: error }, 'the state of the bot could not be saved')
    }
  }
}
