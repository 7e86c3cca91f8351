import { accountNames, type ConversationDeps, type Turn } from './turn.ts'

/** `/start` without a code: somebody came, or came back. */
export async function start(deps: ConversationDeps, turn: Turn): Promise<void> {
  if (turn.links.length === 0) return greet(deps, turn)
  await turn.say(turn.words.welcomeBack(accountNames(turn.links)))
}

/**
 * Gives a chat that is not linked a code to enter in the account. Not in a channel: everybody who reads it could enter the code, so
 * there the code comes from the account.
 */
export async function greet(deps: ConversationDeps, turn: Turn): Promise<void> {
  await turn.say(await greeting(deps, turn))
}

export async function greeting(deps: ConversationDeps, { chat, words }: Turn): Promise<string> {
  if (chat.type === 'channel') return words.channelGreeting(deps.bot.username)
  const { code, expiresAtMs } = await deps.offerChatCode({ botId: deps.bot.id, chat })
  // Rounded up: the moments since the code was made shall not make 14 minutes of 15.
  const seconds = Math.ceil((expiresAtMs - deps.clock.now()) / 1000)
  return words.greeting(code, Math.max(1, seconds))
}
