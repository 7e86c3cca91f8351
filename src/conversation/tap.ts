import type { IncomingTap } from './incoming.ts'
import { answerMove, KEEP, MOVE } from './move.ts'
import { STOP, stopOne } from './stop.ts'
import type { ConversationDeps, Tap, Turn } from './turn.ts'
import { WORDING } from './wording.ts'

type Handle = (deps: ConversationDeps, tap: Tap, data: string) => Promise<void>

/** What the data of a button begins with, and who handles it. */
const BUTTONS: readonly (readonly [prefix: string, handle: Handle])[] = [
  [MOVE, (deps, tap, secret) => answerMove(deps, tap, 'move', secret)],
  [KEEP, (deps, tap, secret) => answerMove(deps, tap, 'keep', secret)],
  [STOP, stopOne],
]

/** A button under a message of the bot was pressed. */
export async function handleTap(deps: ConversationDeps, incoming: IncomingTap): Promise<void> {
  const { chat, messageId, callbackId, data, locale, senderId } = incoming
  const words = WORDING[locale]
  const button = BUTTONS.find(([prefix]) => data.startsWith(prefix))
  if (!chat || messageId === undefined || !button) {
    await deps.telegram.answerCallback(callbackId, words.buttonUnknown)
    return
  }
  const { links } = await deps.findLinks({ botId: deps.bot.id, telegramChatId: chat.telegramChatId })
  const say: Turn['say'] = (text) => deps.reply({ telegramChatId: chat.telegramChatId, chatType: chat.type, text })
  const tap: Tap = {
    chat,
    locale,
    words,
    senderId,
    links,
    say,
    async note(text) {
      // An answer that comes too late is refused, and nobody waits for it any more.
      await deps.telegram.answerCallback(callbackId, beginningOfNote(text))
    },
    async conclude(text) {
      await deps.telegram.answerCallback(callbackId)
      const edited = await deps.telegram.editText({ chatId: chat.telegramChatId, messageId, text })
      // The question may be deleted, or too many edits asked for: then the result is a message of its own.
      if (!edited.ok) await say(text)
    },
  }
  const [prefix, handle] = button
  await handle(deps, tap, data.slice(prefix.length))
}

/** At most 200 characters (Bot API, answerCallbackQuery). */
function beginningOfNote(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 199)}…`
}
