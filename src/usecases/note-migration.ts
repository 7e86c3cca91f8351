import type { TelegramChat } from '../domain/chat.ts'
import type { Store, Wake } from '../store/store.ts'

export type NoteMigration = (input: {
  botId: string
  fromTelegramChatId: number
  /** The supergroup that the group became. */
  to: TelegramChat
}) => Promise<void>

/**
 * A group was upgraded to a supergroup: links, codes and waiting messages go with it. Telegram says so twice, once in each chat; the
 * second time there is nothing left to do.
 */
export function noteMigration(deps: {
  store: Pick<Store, 'transaction'>
  /** Tells the dispatcher that a lane may have new work; after the commit. */
  wake: (lane: Wake) => void
}): NoteMigration {
  return async ({ botId, fromTelegramChatId, to }) => {
    const peer = await deps.store.transaction(async (records) => {
      const known = await records.findPeer(botId, fromTelegramChatId)
      return known && records.migratePeer(botId, fromTelegramChatId, to)
    })
    if (peer) deps.wake({ botId, peerId: peer.id })
  }
}
