import type { Log } from '../domain/log.ts'
import type { TokenSeals } from '../domain/secrets.ts'
import type { Records } from '../store/store.ts'
import { tokenIsLost } from './lost-bot-tokens.ts'

interface Deps {
  store: Pick<Records, 'listBots' | 'resealBot'>
  seals: TokenSeals
  log: Log
  /** Whether there is a key that was in use before. */
  hasPreviousKey: boolean
}

/**
 * Whatever was sealed under the key before is sealed anew under the present one. Says in the log when the one before may go, and which
 * bots have tokens that no key here opens. Any number of processes may do so at the same time.
 */
export async function resealBotTokens({ store, seals, log, hasPreviousKey }: Deps): Promise<void> {
  const bots = await store.listBots()
  let resealed = 0
  for (const { id, telegramBotId, tokenSealed } of bots) {
    if (tokenSealed === null || seals.isCurrent(tokenSealed)) continue
    const token = seals.open(tokenSealed, telegramBotId)
    if (token === undefined) continue
    await store.resealBot(id, { from: tokenSealed, to: seals.seal(token, telegramBotId) })
    resealed++
  }
  const lost = bots.filter((bot) => tokenIsLost(seals, bot)).map(({ id }) => id)
  if (resealed > 0) log.info({ bots: resealed }, 'bot tokens were encrypted anew under the present SECRET_KEY')
  if (lost.length > 0) log.warn({ bots: lost }, LOST)
  if (hasPreviousKey) log.info({}, MAY_GO)
}

const LOST =
  'the tokens of these bots cannot be decrypted, so what is sent by them waits: set SECRET_KEY_PREVIOUS to the key with which they were added, or let their owners enter the tokens again'

const MAY_GO =
  'no bot token needs the previous secret key any more: once every process runs with the new one, remove SECRET_KEY_PREVIOUS, or the file secret.key.previous; keep the old key as long as backups of that time'
