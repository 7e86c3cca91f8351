import { readLinkKey } from '../domain/codes.ts'
import type { LinkOutcome } from '../usecases/link-chat.ts'
import { moveKeyboard } from './move.ts'
import { plainName } from './plain-text.ts'
import { accountNames, type ConversationDeps, type Turn } from './turn.ts'

/** The chat sent what links it to an account. */
export async function link(deps: ConversationDeps, turn: Turn, code: string): Promise<void> {
  const outcome = await deps.linkChat({ botId: deps.bot.id, chat: turn.chat, code })
  const keyboard = outcome.result === 'asks' ? moveKeyboard(turn.words, outcome) : undefined
  await turn.say(answer(turn, outcome, code), keyboard)
}

function answer({ words, links }: Turn, outcome: LinkOutcome, code: string): string {
  const by = readLinkKey(code)?.kind ?? 'code'
  if (outcome.result === 'wait') return words.guessLater(outcome.seconds)
  if (outcome.result === 'code_invalid') {
    return by === 'code' ? words.codeInvalid(accountNames(links)) : words.tokenInvalid(accountNames(links))
  }
  if (outcome.result === 'asks') return words.askMove(plainName(outcome.fromName), plainName(outcome.toName))
  const name = plainName(outcome.accountName)
  if (by === 'access_token') return `Got your token, ${name}! 👌`
  if (by === 'uuid') return ATTACHED[outcome.result](code)
  return outcome.result === 'linked' ? words.linked(name) : words.alreadyLinked(name)
}

/**
 * In the words of the system whose tokens these are, whatever the language of the chat: they are what its people were told to look for. The
 * same holds for an access token.
 */
const ATTACHED = {
  linked: (token: string) => `Successfully attached token '${token}'`,
  already_linked: (token: string) => `You've already attached token '${token}'`,
}
