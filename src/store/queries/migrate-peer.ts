import type { Peer, TelegramChat } from '../../domain/chat.ts'
import { MESSAGE_STATUSES } from '../../domain/message-state.ts'
import type { Row, Write } from '../schema.ts'
import { changeMessages, QUEUED, SENDING } from './change-messages.ts'
import { findPeer, holdPeer, savePeer } from './peers.ts'

/** A group became a supergroup. What waits keeps the order of its acceptance, also when two lanes become one. */
export async function migratePeer(
  tx: Write,
  botId: string,
  fromTelegramChatId: number,
  to: TelegramChat,
): Promise<Peer> {
  await tx.alone()
  const from = await findPeer(tx, botId, fromTelegramChatId)
  if (!from || from.telegramChatId === to.telegramChatId) return await savePeer(tx, botId, to)
  const target = await findPeer(tx, botId, to.telegramChatId)
  if (target) await mergePeers(tx, from, target)
  else await renamePeer(tx, from.id, to.telegramChatId)
  return await savePeer(tx, botId, to)
}

async function renamePeer({ db }: Write, peerId: number, telegramChatId: number): Promise<void> {
  await db.updateTable('peers').set({ telegram_chat_id: telegramChatId }).where('id', '=', peerId).execute()
}

async function mergePeers(tx: Write, from: Peer, to: Peer): Promise<void> {
  await moveLane(tx, from, to)
  await moveLinks(tx, from.id, to.id)
  await moveCodes(tx, from.id, to.id)
  const wait = { sinceMs: from.heldSinceMs, untilMs: from.notBeforeMs }
  if (from.notBeforeMs > to.notBeforeMs) await holdPeer(tx, to.id, wait)
  await tx.db.deleteFrom('peers').where('id', '=', from.id).execute()
}

async function moveCodes({ db }: Write, fromPeerId: number, toPeerId: number): Promise<void> {
  const peer = { peer_id: toPeerId }
  await db.updateTable('chat_codes').set(peer).where('peer_id', '=', fromPeerId).execute()
  await db.updateTable('moves').set(peer).where('peer_id', '=', fromPeerId).execute()
  await db
    .updateTable('account_codes')
    .set({ used_by_peer_id: toPeerId })
    .where('used_by_peer_id', '=', fromPeerId)
    .execute()
}

async function moveLane({ db }: Write, from: Peer, to: Peer): Promise<void> {
  for (const status of [QUEUED, SENDING]) {
    await db
      .updateTable('messages')
      .set({ peer_id: to.id })
      .where('bot_id', '=', from.botId)
      .where('peer_id', '=', from.id)
      .where('status', '=', status)
      .execute()
  }
}

async function moveLinks(tx: Write, fromPeerId: number, toPeerId: number): Promise<void> {
  const links = await tx.db.selectFrom('chats').selectAll().where('peer_id', 'in', [fromPeerId, toPeerId]).execute()
  for (const link of links.filter((l) => l.peer_id === fromPeerId)) {
    const kept = links.find((l) => l.peer_id === toPeerId && l.user_id === link.user_id)
    if (kept) await mergeLinks(tx, link, kept)
    else await tx.db.updateTable('chats').set({ peer_id: toPeerId }).where('id', '=', link.id).execute()
  }
}

/** One account had linked both: its messages now belong to the link that stays. */
async function mergeLinks(tx: Write, gone: Row<'chats'>, kept: Row<'chats'>): Promise<void> {
  await tx.db.deleteFrom('chats').where('id', '=', gone.id).execute()
  if (gone.is_default) await tx.db.updateTable('chats').set({ is_default: 1 }).where('id', '=', kept.id).execute()
  if (gone.name !== null && kept.name === null) {
    await tx.db.updateTable('chats').set({ name: gone.name }).where('id', '=', kept.id).execute()
  }
  const ofGone = { user_id: gone.user_id, chat_id: gone.id }
  // Said for the index, which has the status first.
  await changeMessages(tx, (eb) => eb.and([eb.and(ofGone), eb('status', 'in', [...MESSAGE_STATUSES])]), {
    chat_id: kept.id,
  })
}
