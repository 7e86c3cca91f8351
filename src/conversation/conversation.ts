import type { Update } from '@grammyjs/types'
import type { Locale } from '../domain/account.ts'
import type { TelegramChat } from '../domain/chat.ts'
import { BoundedMap } from '../domain/bounded-map.ts'
import { echoOf } from './echo.ts'
import { help, unknown } from './help.ts'
import { history } from './history.ts'
import { type Incoming, type IncomingMessage, readUpdate } from './incoming.ts'
import { type Intent, readIntent } from './intent.ts'
import { link } from './link.ts'
import { membership, migration } from './membership.ts'
import type { LeaveAnswer } from './reply.ts'
import { start } from './start.ts'
import { status } from './status.ts'
import { stop } from './stop.ts'
import { handleTap } from './tap.ts'
import type { ConversationDeps, Turn } from './turn.ts'
import { WORDING } from './wording.ts'

/** The kinds of update that the conversation reads; what Telegram shall send (`allowed_updates`). */
export const UPDATES_TO_HEAR = [
  'message',
  'edited_message',
  'channel_post',
  'callback_query',
  'my_chat_member',
] as const

export interface Conversation {
  /**
   * What the update asks for is done and answered when this resolves. Handling an update again does no harm. Rejects only for what
   * may go better the next time: the database, or an answer that was not sent. With `leave` answers are not waited for: each is handed
   * to it, and its turn comes, or it is dropped where nobody would read it.
   */
  handle(update: Update, leave?: LeaveAnswer): Promise<void>
}

/** What the bot says and does in the chats: update, intent, use case, reply. */
export function createConversation(deps: ConversationDeps): Conversation {
  const albums = new BoundedMap<number, string>(1000)

  return {
    async handle(update, leave) {
      const incoming = readUpdate(update)
      if (!incoming) return
      // Each picture of an album is a message of its own; one answer is enough.
      const album = incoming.kind === 'message' ? incoming.albumId : undefined
      const chatId = incoming.kind === 'message' ? incoming.chat.telegramChatId : 0
      if (album !== undefined && albums.get(chatId) === album) return
      await hear(leave ? withoutWaiting(deps, leave) : deps, incoming)
      if (album !== undefined) albums.set(chatId, album)
    },
  }
}

async function hear(deps: ConversationDeps, incoming: Incoming): Promise<void> {
  switch (incoming.kind) {
    case 'message':
      return handleMessage(deps, incoming)
    case 'tap':
      return handleTap(deps, incoming)
    case 'membership':
      return membership(deps, incoming, await beginTurn(deps, incoming))
    case 'migration':
      return migration(deps, incoming)
  }
}

function withoutWaiting(deps: ConversationDeps, leave: LeaveAnswer): ConversationDeps {
  const reply: ConversationDeps['reply'] = async (message) => leave(deps.reply(message))
  return { ...deps, reply }
}

async function handleMessage(deps: ConversationDeps, message: IncomingMessage): Promise<void> {
  const { username, echo = false } = deps.bot
  const said = readIntent(message, username)
  const intent: Intent = echo && said.kind === 'unknown' ? { kind: 'none' } : said
  const words = echo ? echoOf(message, username) : undefined
  if (intent.kind === 'none' && words === undefined) return
  const turn = await beginTurn(deps, message)
  if (words !== undefined) await turn.say(words)
  if (intent.kind === 'none') return
  // The table pairs each handler with its own kind of intent, which the compiler cannot follow through the lookup.
  const answer: (deps: ConversationDeps, turn: Turn, intent: never) => Promise<void> = INTENTS[intent.kind]
  await answer(deps, turn, intent as never)
}

/** Who answers what. */
const INTENTS: {
  [K in Exclude<Intent['kind'], 'none'>]: (
    deps: ConversationDeps,
    turn: Turn,
    intent: Intent & { kind: K },
  ) => Promise<void>
} = {
  link: (deps, turn, { code }) => link(deps, turn, code),
  start,
  status,
  history,
  stop,
  help,
  own_code: (_deps, turn) => turn.say(turn.words.ownCode),
  second_hand: (_deps, turn, { how, what }) => turn.say(turn.words.secondHand[how][what]),
  unknown,
}

/** Finds out with whom we speak. Whoever writes to the bot has not blocked it, whatever we were told before. */
async function beginTurn(
  deps: ConversationDeps,
  said: { chat: TelegramChat; locale: Locale; messageId?: number; senderId?: number | undefined; edited?: boolean },
): Promise<Turn> {
  const { chat, locale, messageId, senderId } = said
  const { telegramChatId } = chat
  const { peer, links } = await deps.findLinks({ botId: deps.bot.id, telegramChatId })
  if (peer?.status === 'blocked' && messageId !== undefined && said.edited !== true) {
    await deps.noteChatStatus({ botId: deps.bot.id, telegramChatId, status: 'active', reason: null })
  }
  const replyTo = chat.type !== 'private' && messageId !== undefined ? { replyToMessageId: messageId } : {}
  return {
    chat,
    locale,
    words: WORDING[locale],
    senderId,
    links,
    say: (text, keyboard) =>
      deps.reply({ telegramChatId, chatType: chat.type, text, ...(keyboard && { keyboard }), ...replyTo }),
  }
}
