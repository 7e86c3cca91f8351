import type { Chat, ChatMember, Message, PhotoSize, User } from '@grammyjs/types'
import type {
  BotData,
  ChatData,
  FileData,
  MemberData,
  MessageContent,
  MessageData,
  ServiceFields,
  UserData,
} from './data.ts'
import { fileIdFor } from './files.ts'
import { messageIdFor } from './messages.ts'
import type { World } from './world.ts'

/** The stored world in the Bot API's words, as one bot sees it. */

export function renderUser(user: UserData): User {
  return {
    id: user.id,
    is_bot: false,
    first_name: user.deleted ? '' : user.firstName,
    ...(user.lastName !== undefined && !user.deleted && { last_name: user.lastName }),
    ...(user.username !== undefined && !user.deleted && { username: user.username }),
    ...(user.languageCode !== undefined && !user.deleted && { language_code: user.languageCode }),
  }
}

export function renderBot(bot: BotData): User & { username: string } {
  return { id: bot.id, is_bot: true, first_name: bot.names[''] ?? bot.name, username: bot.username }
}

/** A user or a bot by id. */
export function renderAccount(world: World, id: number): User {
  const bot = world.bots.get(id)
  if (bot !== undefined) return renderBot(bot)
  const user = world.users.get(id)
  return user === undefined ? { id, is_bot: false, first_name: '' } : renderUser(user)
}

export function renderPrivateChat(user: UserData): Chat.PrivateChat {
  return {
    id: user.id,
    first_name: user.deleted ? '' : user.firstName,
    ...(user.lastName !== undefined && !user.deleted && { last_name: user.lastName }),
    ...(user.username !== undefined && !user.deleted && { username: user.username }),
    type: 'private',
  }
}

export function renderChat(chat: ChatData): Chat.GroupChat | Chat.SupergroupChat | Chat.ChannelChat {
  const { id, title } = chat
  if (chat.type === 'group') return { id, title, type: 'group' }
  const username = chat.username === undefined ? {} : { username: chat.username }
  if (chat.type === 'channel') return { id, title, ...username, type: 'channel' }
  return { id, title, ...username, type: 'supergroup', ...(chat.forum && { is_forum: true as const }) }
}

/** A private chat's user or a chat, by chat id. */
export function renderChatOf(world: World, chatId: number): Chat {
  const chat = world.chats.get(chatId)
  if (chat !== undefined) return renderChat(chat)
  const user = world.users.get(chatId)
  return user === undefined ? { id: chatId, first_name: '', type: 'private' } : renderPrivateChat(user)
}

export function renderMember(world: World, id: number, member: MemberData | undefined): ChatMember {
  const user = renderAccount(world, id)
  switch (member?.status) {
    case 'creator':
      return { status: 'creator', user, is_anonymous: false }
    case 'administrator':
      return { status: 'administrator', user, ...administratorRights(member.canSend) }
    case 'member':
      return { status: 'member', user }
    case 'restricted':
      return { status: 'restricted', user, is_member: true, until_date: 0, ...restrictions(member.canSend) }
    case 'kicked':
      return { status: 'kicked', user, until_date: 0 }
    case 'left':
    case undefined:
      return { status: 'left', user }
  }
}

/**
 * A message as `bot` sees it. Without a bot (the phone's view) file ids are those of the bot of the private chat, or of
 * nobody.
 */
export function renderMessage(world: World, message: MessageData, bot: number | undefined, withReply = true): Message {
  const author = message.author === undefined ? undefined : renderAccount(world, message.author)
  const chat = renderChatOf(world, message.chatId)
  const reply = withReply && message.replyTo !== undefined ? world.messages.byKey(message.replyTo) : undefined
  return {
    message_id: messageIdFor(message, bot) ?? 0,
    ...(message.topic !== undefined && { message_thread_id: message.topic, is_topic_message: true }),
    ...(author !== undefined && { from: author }),
    ...(author === undefined && { sender_chat: chat }),
    chat,
    date: Math.floor(message.atMs / 1000),
    ...(message.editDate !== undefined && { edit_date: message.editDate }),
    ...(message.forwardOrigin !== undefined && { forward_origin: message.forwardOrigin }),
    ...(reply !== undefined &&
      reply.deletedAtMs === undefined && {
        reply_to_message: renderReply(world, reply, bot),
      }),
    ...(message.mediaGroupId !== undefined && { media_group_id: message.mediaGroupId }),
    ...renderContent(world, message.content, bot ?? message.bot ?? 0),
    ...(message.linkPreview !== undefined && { link_preview_options: message.linkPreview }),
    ...(message.protectedContent && { has_protected_content: true as const }),
    ...(message.effectId !== undefined && { effect_id: message.effectId }),
    ...(message.inlineKeyboard !== undefined && { reply_markup: message.inlineKeyboard }),
  }
}

/**
 * The message that is answered, without what it answers itself. The package declares that as `Message & { reply_to_message:
 * undefined }`, which no value can satisfy under exactOptionalPropertyTypes: hence the only cast of an answer.
 */
function renderReply(world: World, message: MessageData, bot: number | undefined) {
  return renderMessage(world, message, bot, false) as NonNullable<Message['reply_to_message']>
}

/** A text message, for answers that promise one. */
export function renderTextMessage(world: World, message: MessageData, bot: number): Message.TextMessage {
  const text = message.content.kind === 'text' ? message.content.text : ''
  return { ...renderMessage(world, message, bot), text }
}

/** The fields that differ from one kind of message to the other. */
type Content = Pick<
  Message,
  | 'text'
  | 'entities'
  | 'photo'
  | 'document'
  | 'audio'
  | 'video'
  | 'sticker'
  | 'contact'
  | 'caption'
  | 'caption_entities'
  | keyof ServiceFields
>

function renderContent(world: World, content: MessageContent, bot: number): Content {
  switch (content.kind) {
    case 'text':
      return { text: content.text, ...(content.entities.length > 0 && { entities: content.entities }) }
    case 'photo':
      return { photo: content.sizes.map((size) => renderPhotoSize(world, size, bot)), ...captionOf(content) }
    case 'file':
      return { ...renderFileContent(world, content, bot), ...captionOf(content) }
    case 'contact':
      return { contact: { phone_number: content.phoneNumber, first_name: content.firstName } }
    case 'service':
      return content.fields
  }
}

function captionOf(content: Extract<MessageContent, { caption: string }>): Content {
  if (content.caption === '') return {}
  return {
    caption: content.caption,
    ...(content.entities.length > 0 && { caption_entities: content.entities }),
  }
}

export function renderPhotoSize(
  world: World,
  size: { file: string; width: number; height: number },
  bot: number,
): PhotoSize {
  const file = world.files.byUniqueId(size.file)
  return {
    file_id: fileIdFor(bot, size.file),
    file_unique_id: size.file,
    width: size.width,
    height: size.height,
    file_size: file?.sizeBytes ?? 0,
  }
}

function renderFileContent(world: World, content: Extract<MessageContent, { kind: 'file' }>, bot: number): Content {
  const file = world.files.byUniqueId(content.file)
  const common = {
    file_id: fileIdFor(bot, content.file),
    file_unique_id: content.file,
    file_size: file?.sizeBytes ?? 0,
  }
  const named = { ...common, ...namesOf(file) }
  switch (content.field) {
    case 'document':
      return { document: named }
    case 'audio':
      return { audio: { ...named, duration: 0 } }
    case 'video':
      return { video: { ...named, width: 640, height: 360, duration: 0 } }
    case 'sticker':
      return {
        sticker: {
          ...common,
          type: 'regular',
          width: 512,
          height: 512,
          is_animated: false,
          is_video: false,
          ...(content.emoji !== undefined && { emoji: content.emoji }),
        },
      }
  }
}

function namesOf(file: FileData | undefined): { file_name?: string; mime_type?: string } {
  return file === undefined ? {} : { file_name: file.name, mime_type: file.mimeType }
}

function administratorRights(canPost: boolean) {
  return {
    can_be_edited: false,
    is_anonymous: false,
    can_manage_chat: true,
    can_delete_messages: true,
    can_manage_video_chats: true,
    can_restrict_members: true,
    can_promote_members: false,
    can_change_info: true,
    can_invite_users: true,
    can_post_stories: false,
    can_edit_stories: false,
    can_delete_stories: false,
    can_post_messages: canPost,
    can_edit_messages: canPost,
    can_pin_messages: true,
    can_send_welcome_messages: false,
  }
}

function restrictions(canSend: boolean) {
  return {
    can_send_messages: canSend,
    can_send_audios: canSend,
    can_send_documents: canSend,
    can_send_photos: canSend,
    can_send_videos: canSend,
    can_send_video_notes: canSend,
    can_send_voice_notes: canSend,
    can_send_polls: canSend,
    can_send_other_messages: canSend,
    can_add_web_page_previews: canSend,
    can_react_to_messages: canSend,
    can_change_info: false,
    can_invite_users: false,
    can_edit_tag: false,
    can_pin_messages: false,
    can_manage_topics: false,
  }
}
