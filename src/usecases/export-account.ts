import type { ApiToken, Principal } from '../domain/account.ts'
import type { Bot } from '../domain/bot.ts'
import type { Chat } from '../domain/chat.ts'
import type { Clock } from '../domain/clock.ts'
import type { MessageWithAttempts, Records } from '../store/store.ts'
import { countWaiting } from './count-waiting.ts'
import { inPieces } from './in-pieces.ts'
import type { ListedSession, ListSessions } from './list-sessions.ts'

export interface AccountExport {
  chats: Chat[]
  bots: { bot: Bot; waiting: number }[]
  tokens: ApiToken[]
  sessions: ListedSession[]
  /** The whole history in order of acceptance, read as it is taken. */
  messages: AsyncIterable<MessageWithAttempts[]>
}

/** Everything that is kept of an account. Messages that change while it is taken may be as they were or as they are then. */
export type ExportAccount = (caller: Principal) => Promise<AccountExport>

/** Messages of 32768 characters are two megabytes then. */
const PIECES = { first: 50, least: 20, most: 500 }

interface Deps {
  store: Pick<Records, 'listChats' | 'listBotsOf' | 'countWaiting' | 'listApiTokens' | 'listMessagesWithAttempts'>
  clock: Clock
  listSessions: ListSessions
}

export function exportAccount(deps: Deps): ExportAccount {
  const { store, listSessions } = deps
  const count = countWaiting(deps)
  const withWaiting = async (bot: Bot) => ({ bot, waiting: await count(bot.id) })
  return async (caller) => {
    const { id } = caller.user
    const [chats, bots, tokens, sessions] = await Promise.all([
      store.listChats(id),
      store.listBotsOf(id),
      store.listApiTokens(id),
      listSessions(caller),
    ])
    return { chats, bots: await Promise.all(bots.map(withWaiting)), tokens, sessions, messages: messagesOf(deps, id) }
  }
}

async function* messagesOf({ store, clock }: Deps, userId: string): AsyncGenerator<MessageWithAttempts[]> {
  const piece = inPieces(clock, PIECES)
  let after = {}
  for (;;) {
    const page = { order: 'asc', nowMs: clock.now(), ...after } as const
    const messages = await piece((limit) => store.listMessagesWithAttempts(userId, { ...page, limit }))
    const last = messages.at(-1)
    if (!last) return
    yield messages
    after = { afterId: last.id }
  }
}
