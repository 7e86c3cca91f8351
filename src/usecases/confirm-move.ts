import type { Locale, User } from '../domain/account.ts'
import type { Chat, TelegramChat } from '../domain/chat.ts'
import type { Clock } from '../domain/clock.ts'
import { newId } from '../domain/ids.ts'
import type { DeliveryMetrics } from '../domain/metrics.ts'
import type { Random } from '../domain/random.ts'
import type { Secrets } from '../domain/secrets.ts'
import type { Records, Store, Unlinked } from '../store/store.ts'
import type { Wake } from '../domain/signal.ts'

export type MoveOutcome =
  | { result: 'moved'; fromName: string; toName: string; former: FormerOwner }
  /** The person said no: the chat stays where it is. */
  | { result: 'kept'; accountName: string }
  /** Answered before, expired, or the chat changed hands since: nothing happened. Whose chat it is now, if anybody's. */
  | { result: 'closed'; accountName: string | undefined }

/** Whom to tell that the chat is no longer theirs. */
export interface FormerOwner {
  locale: Locale
  /** The account's default chat now; it may belong to another bot. */
  defaultChat: Chat | undefined
}

export type ConfirmMove = (input: {
  botId: string
  chat: TelegramChat
  secret: string
  answer: 'move' | 'keep'
}) => Promise<MoveOutcome>

/**
 * How the secret of a question is found again. The account that the question names as the present owner is part of it: when the chat
 * changed hands meanwhile, the question no longer says the truth, and its buttons are void. So is whether the chat becomes the default one.
 */
export function moveSecretHash(
  secrets: Pick<Secrets, 'hashCode'>,
  { secret, ownerId, makesDefault }: { secret: string; ownerId: string; makesDefault: boolean },
): string {
  return secrets.hashCode('move', `${secret} ${ownerId}${makesDefault ? ' default' : ''}`)
}

/** The person answered whether to move the chat. Taking it from one account and giving it to the other is one transaction. */
export function confirmMove(deps: {
  store: Pick<Store, 'transaction'>
  secrets: Pick<Secrets, 'hashCode'>
  clock: Clock
  random: Random
  /** Tells the dispatcher of the chat that something was taken away, after the commit. Must not throw. Default: nobody is told. */
  lookAgain?: (lane: Wake) => void
  /** Told, after the commit, how many waiting messages ended, and why; for metrics. Must not throw. Default: nobody is told. */
  failed?: DeliveryMetrics['failed']
}): ConfirmMove {
  return async ({ botId, chat, secret, answer }) => {
    const nowMs = deps.clock.now()
    let taken: (Unlinked & { peerId: number }) | undefined
    const outcome = await deps.store.transaction<MoveOutcome>(async (records) => {
      const peer = await records.findPeer(botId, chat.telegramChatId)
      const link = peer && (await records.chatsOfPeer(peer.id))[0]
      if (!link) return { result: 'closed', accountName: undefined }
      const take = (makesDefault: boolean) => {
        const hash = moveSecretHash(deps.secrets, { secret, ownerId: link.user.id, makesDefault })
        return records.takeMove(hash, link.chat.peerId, nowMs)
      }
      const plain = await take(false)
      const move = plain ?? (await take(true))
      const to = move && (await records.getUser(move.toUserId))?.user
      if (!to) return { result: 'closed', accountName: link.user.name }
      if (answer === 'keep') return { result: 'kept', accountName: link.user.name }
      await records.voidChatCodes(link.chat.peerId)
      const { peerId } = link.chat
      const unlinked = await records.unlinkChat(link.user.id, link.chat.id, { nowMs, movedTo: to.name })
      taken = unlinked && { ...unlinked, peerId }
      const { id } = await records.linkChat({ id: newId('cht', deps), userId: to.id, peerId, nowMs })
      if (!plain) await records.setDefaultChat(to.id, id)
      return { result: 'moved', fromName: link.user.name, toName: to.name, former: await former(records, link.user) }
    })
    if (taken) {
      deps.lookAgain?.({ botId, peerId: taken.peerId })
      deps.failed?.(botId, 'chat_unlinked', taken.failed)
    }
    return outcome
  }
}

async function former(records: Records, user: User): Promise<FormerOwner> {
  const chats = await records.listChats(user.id)
  return { locale: user.locale, defaultChat: chats.find((chat) => chat.isDefault) }
}
