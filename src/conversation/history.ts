import type { Message } from '../domain/message.ts'
import { beginning, shortName, utcTime } from './plain-text.ts'
import { greet } from './start.ts'
import { accountNames, type ConversationDeps, type Turn } from './turn.ts'

/** Ten of them with date, state and name stay below 3000 of the 4096 characters that a message may have. */
const SHOWN = 10
const BEGINNING_LENGTH = 200

/** `/history`: the last ten messages of this chat's account to this chat, oldest first, as they stand above it in the chat. */
export async function history(deps: ConversationDeps, turn: Turn): Promise<void> {
  const { links, words } = turn
  if (links.length === 0) return greet(deps, turn)
  const chats = links.map(({ user, chat }) => ({ userId: user.id, chatId: chat.id }))
  const messages = await deps.recentMessages(chats, SHOWN)
  if (messages.length === 0) return turn.say(words.historyEmpty)
  await turn.say(
    [words.historyOf(accountNames(links)), ...messages.map((message) => entry(turn, message))].join('\n\n'),
  )
}

function entry({ chat, links, words }: Turn, message: Message): string {
  const sender = links.length > 1 ? links.find(({ user }) => user.id === message.userId)?.user.name : undefined
  const head = [utcTime(message.createdAtMs), words.status[message.status], ...(sender ? [shortName(sender)] : [])]
  // What its owner took back was never meant for the others in a group.
  const isWithheld = message.status === 'cancelled' && chat.type !== 'private'
  return isWithheld ? head.join(' · ') : `${head.join(' · ')}\n${beginning(message.text, BEGINNING_LENGTH)}`
}
