import type { User } from '../domain/account.ts'
import type { Chat, Peer } from '../domain/chat.ts'
import type { Records } from '../store/store.ts'

/** The accounts to which a Telegram chat is linked through this bot; empty when to none. One at most for a private chat. */
export type FindLinks = (input: { botId: string; telegramChatId: number }) => Promise<ChatLinks>

export interface ChatLinks {
  /** Undefined while the bot never had to remember this chat. */
  peer: Peer | undefined
  links: readonly { chat: Chat; user: User }[]
}

export function findLinks(deps: { store: Pick<Records, 'chatsOfPeer' | 'findPeer'> }): FindLinks {
  return async ({ botId, telegramChatId }) => {
    const peer = await deps.store.findPeer(botId, telegramChatId)
    return { peer, links: peer ? await deps.store.chatsOfPeer(peer.id) : [] }
  }
}
