import type { Bot } from '../domain/bot.ts'
import type { Clock } from '../domain/clock.ts'
import { newAccountCode, normaliseCode } from '../domain/codes.ts'
import type { Random } from '../domain/random.ts'
import { Refusal } from '../domain/refusals.ts'
import type { Secrets } from '../domain/secrets.ts'
import type { Records } from '../store/store.ts'

export interface LinkCode {
  /** Shown once; only its hash is stored. */
  code: string
  /** Opens the bot in Telegram, with a Start button that sends the code. */
  deepLink: string
  botUsername: string
  expiresAtMs: number
}

/** Refuses with `not_found` when the bot is not there or is another user's. */
export type CreateLinkCode = (input: {
  userId: string
  /** The installation's shared bot when absent. */
  botId?: string
}) => Promise<LinkCode>

/** A one-time code of an account, to be sent to the bot by the chat that shall receive its messages. */
export function createLinkCode(deps: {
  store: Pick<Records, 'createAccountCode' | 'getBot' | 'listBots'>
  secrets: Pick<Secrets, 'hashCode'>
  clock: Clock
  random: Random
  /** Life of a code in milliseconds (`LINK_CODE_TTL`). */
  ttlMs: number
}): CreateLinkCode {
  return async ({ userId, botId }) => {
    const bot = await usableBot(deps.store, userId, botId)
    const code = newAccountCode(deps.random)
    const expiresAtMs = deps.clock.now() + deps.ttlMs
    const hash = deps.secrets.hashCode('account-code', normaliseCode(code))
    await deps.store.createAccountCode({ hash, userId, botId: bot.id, expiresAtMs })
    return { code, deepLink: `https://t.me/${bot.username}?start=${code}`, botUsername: bot.username, expiresAtMs }
  }
}

/** The bot through which the account may link chats; the shared one when none is named. Refuses with `not_found`. */
export async function usableBot(
  store: Pick<Records, 'getBot' | 'listBots'>,
  userId: string,
  botId: string | undefined,
): Promise<Bot> {
  if (botId === undefined) {
    const shared = await findSharedBot(store)
    if (!shared) throw new Refusal('not_found', { detail: 'This installation has no shared bot; name a botId.' })
    return shared
  }
  const bot = await store.getBot(botId)
  const mayUse = bot?.ownerId === null ? bot.active : bot?.ownerId === userId
  if (!bot || !mayUse) throw new Refusal('not_found', { detail: 'There is no such bot here, or it is not yours.' })
  return bot
}

/** The bot of the installation, for all accounts. */
export async function findSharedBot(store: Pick<Records, 'listBots'>): Promise<Bot | undefined> {
  return (await store.listBots()).find((bot) => bot.ownerId === null && bot.active)
}
