import type { Message, MessageEntity } from '@grammyjs/types'
import type { UpdateQueues } from '../updates/update-queue.ts'
import type { BotData, ChatData, MemberData, MessageData } from './data.ts'
import { renderAccount, renderChatOf, renderMember, renderMessage } from './render.ts'
import type { World } from './world.ts'

/** Tells the bots that may see it about a new or edited message. Bots never hear of messages of bots. */
export function announceMessage(world: World, updates: UpdateQueues, message: MessageData, edited = false): void {
  for (const bot of audience(world, message)) {
    const rendered = renderMessage(world, message, bot.id)
    const { chat, from, edit_date = 0 } = rendered
    const lane = `chat ${chat.id}`
    if (chat.type === 'channel') {
      const post = { ...rendered, chat }
      if (edited) updates.add(bot, { edited_channel_post: { ...post, edit_date } }, 'edited_channel_post', lane)
      else updates.add(bot, { channel_post: post }, 'channel_post', lane)
    } else if (from !== undefined) {
      const update = { ...rendered, chat, from }
      if (edited) updates.add(bot, { edited_message: { ...update, edit_date } }, 'edited_message', lane)
      else updates.add(bot, { message: update }, 'message', lane)
    }
  }
}

/** `my_chat_member`: what happened to the bot in a chat, and who did it. */
export function announceMembership(
  world: World,
  updates: UpdateQueues,
  change: { bot: BotData; chatId: number; by: number; before: MemberData | undefined; after: MemberData },
): void {
  const { bot, chatId } = change
  const update = {
    chat: renderChatOf(world, chatId),
    from: renderAccount(world, change.by),
    date: world.nowSeconds,
    old_chat_member: renderMember(world, bot.id, change.before),
    new_chat_member: renderMember(world, bot.id, change.after),
  }
  updates.add(bot, { my_chat_member: update }, 'my_chat_member', `chat ${chatId}`)
}

function audience(world: World, message: MessageData): BotData[] {
  if (message.bot !== undefined) return [world.bots.get(message.bot)].filter((bot) => bot !== undefined)
  const chat = world.chats.get(message.chatId)
  if (chat === undefined || message.sentByBot !== undefined) return []
  return world.botsIn(chat).filter((bot) => sees(world, bot, chat, message))
}

/**
 * Privacy mode: a bot in a group sees service messages, replies to it and commands for it, unless it is an administrator
 * or BotFather switched the mode off (Telegram, "Bot features").
 */
function sees(world: World, bot: BotData, chat: ChatData, message: MessageData): boolean {
  const status = chat.members[String(bot.id)]?.status
  if (chat.type === 'channel' || bot.readsAllGroupMessages || status === 'administrator') return true
  if (message.content.kind === 'service') return true
  const answered = message.replyTo === undefined ? undefined : world.messages.byKey(message.replyTo)
  return answered?.author === bot.id || isCommandFor(bot, chat, renderMessage(world, message, bot.id, false))
}

/** `/command@bot`, or `/command` when no other bot was the last one to write here. */
function isCommandFor(bot: BotData, chat: ChatData, message: Message): boolean {
  const text = message.text ?? message.caption ?? ''
  const commands = (message.entities ?? message.caption_entities ?? []).filter(({ type }) => type === 'bot_command')
  return commands.some((command) => {
    const name = addressee(text, command)
    if (name !== undefined) return name.toLowerCase() === bot.username.toLowerCase()
    return command.offset === 0 && (chat.lastBot === undefined || chat.lastBot === bot.id)
  })
}

function addressee(text: string, command: MessageEntity): string | undefined {
  return text.slice(command.offset, command.offset + command.length).split('@')[1]
}
