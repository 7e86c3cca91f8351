import { badRequest, refusal } from '../refusal.ts'
import type { Method } from './method-call.ts'

/** Characters of the notification (Bot API, answerCallbackQuery). */
const MOST_CHARACTERS = 200

/** Bot API, answerCallbackQuery: the first answer within the window counts, any other is too late. */
export const answerCallbackQuery: Method<'answerCallbackQuery'> = (call) => {
  const { parameters } = call
  const { rules, world } = call.environment
  const callback = world.callbacks.get(parameters.text('callback_query_id'))
  const now = world.clock.now()
  if (callback === undefined || callback.bot !== call.bot.id || callback.answer !== undefined)
    throw refusal('query_too_old')
  if (now - callback.tappedAtMs > rules.callbackWindowMs) throw refusal('query_too_old')
  const text = parameters.text('text')
  const url = parameters.text('url')
  if (Array.from(text).length > MOST_CHARACTERS) throw badRequest('MESSAGE_TOO_LONG')
  callback.answer = {
    showAlert: parameters.flag('show_alert'),
    atMs: now,
    ...(text !== '' && { text }),
    ...(url !== '' && { url }),
  }
  world.changes.emit({ kind: 'callback', bot: call.bot.id, message: callback.message })
  return true
}
