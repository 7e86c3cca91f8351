import { refusal } from '../refusal.ts'
import { readAllowedUpdates } from '../updates/allowed-updates.ts'
import type { BotData } from '../world/data.ts'
import type { Method, MethodCall } from './method-call.ts'

/** Bot API, getUpdates; the server's timeout ends at 50 s whatever was asked. */
export const getUpdates: Method<'getUpdates'> = async (call) => {
  const { bot, environment, parameters, signal } = call
  const { polls, updates } = environment
  if (bot.webhook !== undefined) {
    await polls.conflict(bot.id, signal)
    throw refusal('webhook_active')
  }
  keepAllowedUpdates(bot, parameters.text('allowed_updates'))
  const offset = parameters.integer('offset', 0, -(2 ** 31), 2 ** 31 - 1)
  const { limit, timeout } = polls.brake(bot.id, {
    offset,
    limit: parameters.integer('limit', 100, 1, 100),
    timeout: parameters.integer('timeout', 0, 0, 50),
  })
  const ready = updates.take(bot, offset, limit)
  if (ready.length > 0 || timeout === 0) return ready
  return await waitForUpdates(call, { offset, limit, timeoutMs: timeout * 1000 })
}

/** The bot's wish for kinds of updates holds until it says otherwise. */
export function keepAllowedUpdates(bot: BotData, raw: string): void {
  const allowed = readAllowedUpdates(raw)
  if (allowed === 'keep') return
  if (allowed === 'default') delete bot.updates.allowed
  else bot.updates.allowed = allowed
}

async function waitForUpdates(call: MethodCall, asked: { offset: number; limit: number; timeoutMs: number }) {
  const { bot, environment, signal } = call
  const { polls, updates } = environment
  const why = await polls.wait(bot.id, asked.timeoutMs, signal, (listener) => updates.onAdd(bot.id, listener))
  switch (why) {
    case 'other_poll':
      await polls.conflict(bot.id, signal)
      throw refusal('other_get_updates')
    case 'set_webhook':
      await polls.conflict(bot.id, signal)
      throw refusal('terminated_by_set_webhook')
    case 'gone':
      return []
    case 'timeout':
    case 'update':
      // Updates that come together go out together: the server waits about 2 ms for more, we one turn of the loop.
      await new Promise((resolve) => setImmediate(resolve))
      return updates.take(bot, Math.max(0, asked.offset), asked.limit)
  }
}
