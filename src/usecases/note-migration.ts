import type { TelegramChat } from '../domain/chat.ts'
import type { Store } from '../store/store.ts'
import type { Wake } from '../domain/signal.ts'

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
  /** Tells it that what it knows of a lane is no longer so; after the commit. Must not throw. Default: nobody is told. */
  lookAgain?: (lane: Wake) => void
}): NoteMigration {
  return async ({ botId, fromTelegramChatId, to }) => {
    const moved = await deps.store.transaction(async (records) => {
      const from = await records.findPeer(botId, fromTelegramChatId)
      return from && { from, to: await records.migratePeer(botId, fromTelegramChatId, to) }
    })
    if (!moved) return
    deps.wake({ botId, peerId: moved.to.id })
    for (const { id: peerId } of [moved.from, moved.to]) deps.lookAgain?.({ botId, peerId })
  }
}
