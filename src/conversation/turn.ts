import type { Locale } from '../domain/account.ts'
import type { TelegramChat } from '../domain/chat.ts'
import type { Clock } from '../domain/clock.ts'
import type { Log } from '../domain/log.ts'
import type { Buttons } from '../domain/signal.ts'
import type { TelegramClient } from '../telegram/telegram-client.ts'
import type { ConfirmMove } from '../usecases/confirm-move.ts'
import type { DescribeChat } from '../usecases/describe-chat.ts'
import type { ChatLinks, FindLinks } from '../usecases/find-links.ts'
import type { LinkChat } from '../usecases/link-chat.ts'
import type { NoteChatStatus } from '../usecases/note-chat-status.ts'
import type { NoteMigration } from '../usecases/note-migration.ts'
import type { OfferChatCode } from '../usecases/offer-chat-code.ts'
import type { RecentMessages } from '../usecases/recent-messages.ts'
import type { UnlinkChat } from '../usecases/unlink-chat.ts'
import { plainName } from './plain-text.ts'
import type { Reply } from './reply.ts'
import type { Wording } from './wording.ts'

export interface ConversationDeps {
  /** `echo`: every text is answered with the same text, and what is no code and no command of ours gets no other answer. */
  bot: { id: string; username: string; echo?: boolean }
  reply: Reply
  telegram: Pick<TelegramClient, 'answerCallback' | 'editText' | 'getChatAdministrators'>
  linkChat: LinkChat
  confirmMove: ConfirmMove
  offerChatCode: OfferChatCode
  findLinks: FindLinks
  describeChat: DescribeChat
  recentMessages: RecentMessages
  unlinkChat: UnlinkChat
  noteChatStatus: NoteChatStatus
  noteMigration: NoteMigration
  clock: Clock
  log: Log
}

/** Something was said or done in a chat, and the bot is about to answer. */
export interface Turn {
  chat: TelegramChat
  locale: Locale
  words: Wording
  /** Undefined when it was done in the chat's own name, which only its administrators can. */
  senderId: number | undefined
  links: ChatLinks['links']
  /** Answers in the chat. */
  say(text: string, keyboard?: Buttons): Promise<void>
}

/** A button under a message of the bot was pressed. */
export interface Tap extends Turn {
  /** Puts the result in the place of the question, so that nobody presses its buttons again. */
  conclude(text: string): Promise<void>
  /** A short note that only the person who pressed sees; the question stays. */
  note(text: string): Promise<void>
}

/** More names than that make no sentence. */
const MOST_NAMES = 10

/** The accounts of the chat, as names for a sentence. */
export function accountNames(links: ChatLinks['links']): string[] {
  const names = links.slice(0, MOST_NAMES).map(({ user }) => plainName(user.name))
  return links.length > MOST_NAMES ? [...names, '…'] : names
}
