import type {
  BotCommand,
  ForceReply,
  InlineKeyboardMarkup,
  LinkPreviewOptions,
  MenuButton,
  Message,
  MessageEntity,
  MessageOrigin,
  ReplyKeyboardMarkup,
  ReplyKeyboardRemove,
  Update,
} from '@grammyjs/types'
import type { CallbackView, MemberStatus } from '../control-types.ts'

/** Everything in this file is plain JSON: it is what the world file holds. */

export interface QueuedUpdate {
  update: Update
  kind: UpdateKind
  /** Updates of one lane go to a webhook one after the other. */
  lane: string
  expiresAtMs: number
}

export type UpdateKind = Exclude<keyof Update, 'update_id'>

export interface UpdateQueueData {
  nextId: number
  lastAddedAtMs: number
  /** Undefined means the default set. */
  allowed?: UpdateKind[]
  entries: QueuedUpdate[]
}

export interface WebhookData {
  url: string
  ipAddress?: string
  certificate?: string
  maxConnections: number
  secretToken?: string
  lastErrorAtMs?: number
  lastErrorMessage?: string
}

export interface BotData {
  id: number
  /** The part of the token after the colon. */
  secret: string
  username: string
  name: string
  readsAllGroupMessages: boolean
  stars: number
  /** The four by language code; '' is for everyone else. */
  names: Record<string, string>
  descriptions: Record<string, string>
  shortDescriptions: Record<string, string>
  /** By scope and language, see methods/commands.ts. */
  commands: Record<string, BotCommand[]>
  /** By chat id; 'default' is for all the others. */
  menuButtons: Record<string, MenuButton>
  /** Private chats and basic groups share one counter per bot account. */
  nextMessageId: number
  loggedOutAtMs?: number
  updates: UpdateQueueData
  webhook?: WebhookData
}

export interface UserData {
  id: number
  firstName: string
  lastName?: string
  username?: string
  languageCode?: string
  deleted: boolean
}

export interface MemberData {
  bot: boolean
  status: MemberStatus
  canSend: boolean
}

export interface ChatData {
  id: number
  type: 'group' | 'supergroup' | 'channel'
  title: string
  username?: string
  forum: boolean
  /** By id of the user or bot; who was never there is not in it. */
  members: Record<string, MemberData>
  topics: { id: number; name: string; closed: boolean }[]
  deleted: boolean
  upgradedTo?: number
  /** Supergroups and channels count for themselves. */
  nextMessageId: number
  /** The last bot that wrote here: commands without a name go to it. */
  lastBot?: number
}

export interface DialogData {
  bot: number
  user: number
  started: boolean
  blocked: boolean
}

export type FileField = 'document' | 'audio' | 'video' | 'sticker'

export type MessageContent =
  | { kind: 'text'; text: string; entities: MessageEntity[] }
  | {
      kind: 'photo'
      sizes: { file: string; width: number; height: number }[]
      caption: string
      entities: MessageEntity[]
    }
  | { kind: 'file'; field: FileField; file: string; emoji?: string; caption: string; entities: MessageEntity[] }
  | { kind: 'contact'; phoneNumber: string; firstName: string }
  | { kind: 'service'; fields: ServiceFields }

export type ServiceFields = Pick<
  Message,
  | 'new_chat_members'
  | 'left_chat_member'
  | 'migrate_to_chat_id'
  | 'migrate_from_chat_id'
  | 'group_chat_created'
  | 'forum_topic_created'
>

export type OtherKeyboard = ReplyKeyboardMarkup | ReplyKeyboardRemove | ForceReply

export interface MessageData {
  key: number
  /** The private chat's user id, or the chat's id. */
  chatId: number
  /** The bot of the private chat. */
  bot?: number
  /** message_id by bot id; under 'chat' in supergroups and channels, where all see the same number. */
  ids: Record<string, number>
  /** Id of the user or bot that wrote it; absent for channel posts. */
  author?: number
  /** The bot that sent it, also when the post shows only the channel. */
  sentByBot?: number
  atMs: number
  editDate?: number
  content: MessageContent
  inlineKeyboard?: InlineKeyboardMarkup
  otherKeyboard?: OtherKeyboard
  replyTo?: number
  topic?: number
  silent: boolean
  protectedContent: boolean
  effectId?: string
  linkPreview?: LinkPreviewOptions
  mediaGroupId?: string
  forwardOrigin?: MessageOrigin
  deletedAtMs?: number
}

export type FileKind = 'photo' | FileField

export interface FileData {
  uniqueId: string
  kind: FileKind
  name: string
  mimeType: string
  sizeBytes: number
}

export type CallbackData = CallbackView

export interface WorldData {
  bots: BotData[]
  users: UserData[]
  chats: ChatData[]
  dialogs: DialogData[]
  messages: MessageData[]
  files: FileData[]
  callbacks: CallbackData[]
}
