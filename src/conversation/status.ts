import { COUNTED, type QueueState } from '../usecases/describe-chat.ts'
import { plainName, utcTime } from './plain-text.ts'
import { greet } from './start.ts'
import { accountNames, type ConversationDeps, type Turn } from './turn.ts'
import type { Wording } from './wording.ts'

/** So that the longest names and sentences still fit one message. */
const MOST_ACCOUNTS = 8

/** `/status`: which account, and what waits for this chat. */
export async function status(deps: ConversationDeps, turn: Turn): Promise<void> {
  const { links, words } = turn
  if (links.length === 0) return greet(deps, turn)
  const shown = links.slice(0, MOST_ACCOUNTS)
  const states = await Promise.all(
    shown.map(({ user, chat }) => deps.describeChat({ userId: user.id, chatId: chat.id })),
  )
  const blocks = states.map((state, at) => {
    const name = plainName(shown[at]?.user.name ?? '')
    const head = links.length === 1 ? words.linkedTo(accountNames(links)) : words.statusOf(name)
    return [head, ...queueLines(words, state)].join('\n')
  })
  const hidden = links.length - shown.length
  await turn.say([...blocks, ...(hidden > 0 ? [words.moreAccounts(hidden)] : [])].join('\n\n'))
}

function queueLines(words: Wording, { waiting, next, newest }: QueueState): string[] {
  const lines = waiting === 0 ? [words.nothingWaits] : [words.waiting(waiting, waiting === COUNTED)]
  if (next?.waitingFor) lines.push(words.waitingFor[next.waitingFor])
  const isHeld = next?.waitingFor === 'retry' || next?.waitingFor === 'pace'
  if (isHeld && next.nextAttemptAtMs !== null) lines.push(words.nextTry(utcTime(next.nextAttemptAtMs)))
  if (newest) lines.push(words.newest(utcTime(newest.createdAtMs), newest.status))
  return lines
}
