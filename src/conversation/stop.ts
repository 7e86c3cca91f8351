import type { Buttons } from '../domain/signal.ts'
import type { ChatLinks } from '../usecases/find-links.ts'
import { plainName, shortName } from './plain-text.ts'
import type { ConversationDeps, Tap, Turn } from './turn.ts'
import type { Wording } from './wording.ts'

type Link = ChatLinks['links'][number]

/** Callback data: this and the link's id, 33 of the 64 bytes that there are. */
export const STOP = 'un:'

/** Telegram shows more, people do not read more. */
const MOST_BUTTONS = 20

/**
 * Unlinks the chat. In a private chat its person may; in a group only those who could also throw the bot out, because a group's
 * messages are not one member's to end.
 */
export async function stop(deps: ConversationDeps, turn: Turn): Promise<void> {
  const { words, links } = turn
  const [only, ...others] = links
  if (!only) return turn.say(words.notLinked)
  const right = await rightToStop(deps, turn)
  if (right !== 'yes') return turn.say(refusal(words, right))
  if (others.length === 0) return turn.say(await unlink(deps, turn, only))
  const hidden = Math.max(0, links.length - MOST_BUTTONS)
  const more = hidden > 0 ? `\n\n${words.stopElsewhere(hidden)}` : ''
  await turn.say(words.stopWhich + more, keyboard(words, links.slice(0, MOST_BUTTONS)))
}

/** A button of `/stop` in a group that belongs to several accounts. */
export async function stopOne(deps: ConversationDeps, tap: Tap, chatId: string): Promise<void> {
  const right = await rightToStop(deps, tap)
  if (right !== 'yes') return tap.note(refusal(tap.words, right))
  const link = tap.links.find(({ chat }) => chat.id === chatId)
  await tap.conclude(link ? await unlink(deps, tap, link) : tap.words.alreadyStopped)
}

async function unlink(deps: ConversationDeps, turn: Turn, { chat, user }: Link): Promise<string> {
  await deps.unlinkChat({ userId: user.id, chatId: chat.id })
  return turn.words.stopped(plainName(user.name), howToLinkAgain(deps, turn))
}

/** The bot gives codes to chats that nobody has linked, and to no channel. */
function howToLinkAgain({ bot }: ConversationDeps, { chat, links, words }: Turn): string {
  if (chat.type === 'private') return words.linkAgain.privateChat
  const getsCode = chat.type !== 'channel' && links.length <= 1
  return getsCode ? words.linkAgain.group(bot.username) : words.linkAgain.byCode(bot.username)
}

async function rightToStop(
  deps: ConversationDeps,
  { chat, senderId }: Pick<Turn, 'chat' | 'senderId'>,
): Promise<'yes' | 'no' | 'unsure'> {
  if (chat.type === 'private' || senderId === undefined) return 'yes'
  const administrators = await deps.telegram.getChatAdministrators(chat.telegramChatId)
  if (!administrators.ok) return 'unsure'
  return administrators.value.includes(senderId) ? 'yes' : 'no'
}

function refusal(words: Wording, right: 'no' | 'unsure'): string {
  return right === 'no' ? words.stopNeedsAdministrator : words.stopUnsure
}

function keyboard(words: Wording, links: readonly Link[]): Buttons {
  const button = ({ chat, user }: Link) => [
    { text: words.stopButton(shortName(user.name)), callback_data: STOP + chat.id },
  ]
  return { inline_keyboard: links.map(button) }
}
