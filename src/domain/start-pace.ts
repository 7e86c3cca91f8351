import type { Limits } from './pacing.ts'

/**
 * How many bots may begin to talk to Telegram, from one address. The Bot API server takes first requests of tokens that it has not
 * loaded at 20 in a minute and 600 in an hour from each address, and answers 429 beyond that (github.com/tdlib/telegram-bot-api,
 * ClientManager.cpp, `send`). It does not unload them again while it runs, so a token counts once, whoever shows it.
 *
 * So many as begin in a minute may begin at once, and from then on they are spread evenly: never more than twice as many in a minute,
 * and 61 times as many in an hour. With nine that keeps both limits and leaves some for tokens that people enter, and a bot that has to be
 * next waits for seven seconds. A few bots start at once; a thousand that Telegram has never met take two hours, where it would take
 * them in a hundred minutes at best.
 */
export const BOT_STARTS_PER_MINUTE = 9

/** No limit at all with 0, as for a Bot API server of one's own, which does not count requests out of its own network. */
export function startLimits(perMinute: number): Limits {
  return perMinute === 0 ? [] : [{ kind: 'rate', intervalMs: 60_000 / perMinute, burst: perMinute }]
}
