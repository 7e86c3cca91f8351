import type { LinkOutcome } from '../usecases/link-chat.ts'
import { moveKeyboard } from './move.ts'
import { plainName } from './plain-text.ts'
import { accountNames, type ConversationDeps, type Turn } from './turn.ts'

/** The chat sent a code of an account. */
export async function link(deps: ConversationDeps, turn: Turn, code: string): Promise<void> {
  const outcome = await deps.linkChat({ botId: deps.bot.id, chat: turn.chat, code })
  const keyboard = outcome.result === 'asks' ? moveKeyboard(turn.words, outcome) : undefined
  await turn.say(answer(turn, outcome), keyboard)
}

function answer({ words, links }: Turn, outcome: LinkOutcome): string {
  if (outcome.result === 'wait') return words.guessLater(outcome.seconds)
  if (outcome.result === 'code_invalid') return words.codeInvalid(accountNames(links))
  if (outcome.result === 'asks') return words.askMove(plainName(outcome.fromName), plainName(outcome.toName))
  const name = plainName(outcome.accountName)
  return outcome.result === 'linked' ? words.linked(name) : words.alreadyLinked(name)
}
