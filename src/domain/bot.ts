import { NAME_PATTERN } from './account.ts'
import { inWords } from './reasons.ts'

/** What a bot's connection to Telegram is doing; told to its owner as it is. */
export const BOT_STATES = ['starting', 'running', 'idle', 'rejected', 'conflict', 'unreachable'] as const
export type BotState = (typeof BOT_STATES)[number]

export interface Bot {
  id: string
  /** Null for the installation's shared bot. */
  ownerId: string | null
  /** The number before the colon of its token; stable when the token is revoked and issued again. */
  telegramBotId: number
  username: string
  name: string
  /** What its owner calls it; null when they gave it no name of their own. */
  title: string | null
  active: boolean
  /** It repeats what it is told. */
  echo: boolean
  /** A webhook of somebody else's is to give way; false again when that is done. */
  takeOver: boolean
  state: BotState
  stateReason: string | null
  stateSinceMs: number
  /** A living process serves it. Without one nobody says its state, and what was said last may be over. */
  isServed: boolean
  /** Its token, encrypted; null for the shared bot, whose token is a setting. */
  tokenSealed: string | null
  /** The end of its token, for people to recognise it. */
  tokenHint: string | null
  createdAtMs: number
  /** Telegram has answered to its present token, and so has loaded it for as long as Telegram's own server runs. */
  met: boolean
  /** Grows with each change after which whoever serves the bot has to begin anew. */
  revision: number
  /** The next `getUpdates` offset: everything below it is committed. 0 when none was seen. */
  updateOffset: number
  /** Telegram told the whole bot to wait until then; 0 when it did not. */
  notBeforeMs: number
  /** When that wait began, by the same clock; 0 when nobody noted it. */
  heldSinceMs: number
  /** The number of the claim before the present one; 0 when there was none. */
  formerFence: number
}

/** What a process said last of a bot holds no more when nobody serves it; but a token that was refused is no good without it either. */
export function shownState({ active, state, stateReason, isServed }: Bot): Pick<Bot, 'state' | 'stateReason'> {
  if (!active) return { state: 'idle', stateReason: null }
  if (isServed || state === 'rejected' || state === 'starting') return { state, stateReason }
  return { state: 'starting', stateReason: inWords('nobody_serves') }
}

/** Characters (Unicode code points) that a title may have. */
export const MOST_TITLE_LENGTH = 64
/** One line with something to see in it, or nothing but blanks, which is no title. A Unicode pattern. */
export const TITLE_PATTERN = `^\\s*$|${NAME_PATTERN}`

/** What Telegram says about a token. */
export type BotAnswer =
  | { ok: true; telegramBotId: number; username: string; name: string }
  /** `rejected`: Telegram answered, and does not accept the token. Otherwise no answer came that says anything about it. */
  | { ok: false; rejected: boolean; reason: string; retryAfterSeconds?: number }

/** Asks Telegram whose token this is. Never rejects. */
export type AskBot = (token: string) => Promise<BotAnswer>
