import type { Buttons } from '../domain/signal.ts'
import type { MoveOutcome } from '../usecases/confirm-move.ts'
import { plainName, shortName } from './plain-text.ts'
import type { ConversationDeps, Tap } from './turn.ts'
import { WORDING, type Wording } from './wording.ts'

/** Callback data has at most 64 bytes (Bot API, InlineKeyboardButton); a secret has 43. */
export const MOVE = 'mv:'
export const KEEP = 'mn:'

export function moveKeyboard(words: Wording, question: { fromName: string; toName: string; secret: string }): Buttons {
  return {
    inline_keyboard: [
      [{ text: words.moveButton(shortName(question.toName)), callback_data: MOVE + question.secret }],
      [{ text: words.keepButton(shortName(question.fromName)), callback_data: KEEP + question.secret }],
    ],
  }
}

/** The person pressed Yes or No under the question whether to move the chat. */
export async function answerMove(
  deps: ConversationDeps,
  tap: Tap,
  answer: 'move' | 'keep',
  secret: string,
): Promise<void> {
  const outcome = await deps.confirmMove({ botId: deps.bot.id, chat: tap.chat, secret, answer })
  await tap.conclude(result(tap.words, outcome))
  if (outcome.result === 'moved') await tellFormerOwner(deps, tap, outcome)
}

function result(words: Wording, outcome: MoveOutcome): string {
  if (outcome.result === 'moved') return words.moved(plainName(outcome.fromName), plainName(outcome.toName))
  if (outcome.result === 'kept') return words.kept(plainName(outcome.accountName))
  return words.questionClosed(outcome.accountName === undefined ? undefined : plainName(outcome.accountName))
}

/**
 * Says so in the chat that remains to the former account, if it is this bot's and open. The account's event tells it in any case, so
 * a failure here must not make the whole tap be handled again.
 */
async function tellFormerOwner(
  deps: ConversationDeps,
  tap: Tap,
  { former, fromName, toName }: MoveOutcome & { result: 'moved' },
): Promise<void> {
  const { defaultChat: chat, locale } = former
  if (!chat || chat.botId !== deps.bot.id || chat.status !== 'active') return
  const lost = plainName(tap.chat.title ?? String(tap.chat.telegramChatId))
  const text = WORDING[locale].movedAway(lost, plainName(fromName), plainName(toName))
  try {
    await deps.reply({ telegramChatId: chat.telegramChatId, chatType: chat.type, text })
  } catch (error) {
    deps.log.warn({ err: error, chatId: chat.id }, 'the former account could not be told that its chat was moved')
  }
}
