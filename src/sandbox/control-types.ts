import type {
  ForceReply,
  Message,
  MessageEntity,
  ReplyKeyboardMarkup,
  ReplyKeyboardRemove,
  Update,
  WebhookInfo,
} from '@grammyjs/types'
import type { FaultRule, FaultRuleView } from './faults/fault-rule.ts'

/** A bot by its id or its username (with or without `@`). */
export type BotReference = number | string

/** A group, supergroup or channel by its id or its public username (with or without `@`). */
export type ChatReference = number | string

/** A user by id or by username (with or without `@`). */
export type UserReference = number | string

export interface NewBot {
  /** Ends in "bot", 5 to 32 characters. Creating a bot whose username exists answers the bot that is there. */
  username: string
  /** Default: the username. */
  name?: string
  /** A token of one's own choice; its number part becomes the bot's id. Default: a random one. */
  token?: string
  /** Sees every message in groups, as after BotFather's /setprivacy. Default false. */
  readsAllGroupMessages?: boolean
  /** Stars for paid broadcasts. Default 0. */
  stars?: number
}

/** What a person may change in their own profile. */
export interface UserChange {
  user: UserReference
  firstName?: string
  languageCode?: string
}

export interface BotView {
  id: number
  username: string
  name: string
  token: string
  readsAllGroupMessages: boolean
  loggedOut: boolean
  stars: number
  pendingUpdates: number
  webhook: WebhookInfo
  /** The commands of the default scope and language, as the menu of the app shows them. */
  commands: { command: string; description: string }[]
  description: string
  shortDescription: string
  /** What the app shows in a private chat with the bot, by the person's language; '' is for all others. */
  privateChat: Record<string, { commands: { command: string; description: string }[]; description: string }>
}

export interface NewUser {
  /** Default: a free number. */
  id?: number
  /** Default "User". */
  firstName?: string
  lastName?: string
  username?: string
  /** IETF tag such as "en" or "ru": what `from.language_code` says to the bot. */
  languageCode?: string
}

export interface UserView {
  id: number
  firstName: string
  lastName?: string
  username?: string
  languageCode?: string
  deleted: boolean
}

export interface NewChat {
  type: 'group' | 'supergroup' | 'channel'
  title: string
  /** Public name; supergroups and channels only. */
  username?: string
  /** Users and bots that are members from the start. The first user is the creator. */
  members?: (UserReference | BotReference)[]
  /** A supergroup with topics. */
  forum?: boolean
}

export interface ChatView {
  id: number
  type: 'group' | 'supergroup' | 'channel'
  title: string
  username?: string
  forum: boolean
  members: ChatMemberView[]
  topics: { id: number; name: string; closed: boolean }[]
  deleted: boolean
  /** The supergroup that took this group's place. */
  upgradedTo?: number
}

export type MemberStatus = 'creator' | 'administrator' | 'member' | 'restricted' | 'left' | 'kicked'

export interface ChatMemberView {
  id: number
  bot: boolean
  status: MemberStatus
  /** False: the bot's messages are refused with "not enough rights" (or "need administrator rights" in a channel). */
  canSend: boolean
}

/** One bot and one user: the private chat between them, or that there is none yet. */
export interface DialogView {
  bot: number
  user: number
  /** The user pressed Start once. */
  started: boolean
  blocked: boolean
  messages: number
  /** What the bot shows it is doing (sendChatAction), until `untilMs`. */
  action?: { name: string; untilMs: number }
}

/** Where something happens: the private chat with a bot, or a group, supergroup or channel. Exactly one of the two. */
export type Place = { bot: BotReference; chat?: never } | { chat: ChatReference; bot?: never }

export interface StartInput {
  user: UserReference
  bot: BotReference
  /** 1 to 64 of A-Z a-z 0-9 _ - */
  payload?: string
}

export interface SendContent {
  text?: string
  /** Formatting; commands, mentions, links and the like are found by themselves. */
  entities?: MessageEntity[]
  /** Picture bytes in base64; `true` for a small built-in picture. With `text` as its caption. */
  photo?: string | true
  document?: { name: string; mimeType?: string /** base64 */; content?: string }
  /** An emoji: the sticker's. */
  sticker?: string
  contact?: { phoneNumber: string; firstName: string }
  /** `key` of the message it answers. */
  replyTo?: number
  /** Shows the message as forwarded from this user (by id), or from someone who hides the account (by name). */
  forwardedFrom?: number | string
  /** Topic of a forum. */
  topic?: number
}

export type SendInput = Place & SendContent & { user: UserReference }

export interface EditInput {
  user: UserReference
  /** `key` of the user's own message. */
  message: number
  text: string
}

export interface TapInput {
  user: UserReference
  /** `key` of the message that carries the button. */
  message: number
  /** The button's callback_data, or else its text. */
  button: string
}

export interface CallbackView {
  id: string
  bot: number
  user: number
  /** `key` of the message whose button was tapped. */
  message: number
  data: string
  tappedAtMs: number
  /** What the bot answered; absent while it has not. */
  answer?: { text?: string; showAlert: boolean; url?: string; atMs: number }
}

/** A message as the people in its chat see it. */
export interface MessageView {
  /** Unique in the world, rising with time. Other calls name messages by it. */
  key: number
  /** The private chat's user id, or the chat's id. */
  chatId: number
  /** The bot of the private chat; absent in groups and channels. */
  bot?: number
  /** True when a bot wrote it. */
  fromBot: boolean
  /** As the Bot API shows it; in a basic group `message_id` is as the first bot member knows it. */
  message: Message
  /** A reply keyboard, its removal or a forced reply that came with it. Inline keyboards are in `message`. */
  keyboard?: ReplyKeyboardMarkup | ReplyKeyboardRemove | ForceReply
  silent: boolean
  /** When the sandbox took it, in milliseconds. */
  atMs: number
  deletedAtMs?: number
}

export interface MessagesQuery {
  /** The private chat of this user with `bot`, or with all bots. */
  user?: UserReference
  bot?: BotReference
  chat?: ChatReference
  /** Only messages with a greater key. */
  after?: number
  /** The newest so many. Default all. */
  limit?: number
  includeDeleted?: boolean
}

export interface RecordedRequest {
  /** Rises by one with each request. */
  sequence: number
  /** When the whole request was there, milliseconds. */
  arrivedAtMs: number
  /** When the answer (or the fault in its place) went out. Absent while it is being worked on, as in a long poll. */
  answeredAtMs?: number
  test: boolean
  /** Absent when the token belongs to no bot. */
  bot?: number
  /** In the spelling of the documentation; as written when unknown. */
  method: string
  /** Path with the token's secret replaced by `***`. */
  path: string
  httpMethod: string
  contentType?: string
  userAgent?: string
  chatId?: string
  /** As parsed; an uploaded file is `<file name, N bytes>`. */
  parameters: Record<string, string>
  status?: number
  /** Bot API description of a refusal. */
  description?: string
  retryAfterSeconds?: number
  /** `key` of each message that it stored, in order. */
  stored: number[]
  /** The fault rule that struck. */
  fault?: number
  /** The request came inside a running 429 cooldown. */
  violation: boolean
}

export interface RequestsQuery {
  bot?: BotReference
  method?: string
  /** As the bot wrote it. */
  chat?: string | number
  /** Only greater sequence numbers. */
  after?: number
  limit?: number
}

export interface Delivery {
  key: number
  bot: number
  chatId: number
  messageId: number
  /** Text or caption. */
  text: string
  atMs: number
  /** `sequence` of the request. */
  request: number
  /** `key` of an earlier message of the same bot in the same chat with the same text. */
  duplicateOf?: number
}

/** What the registry of made-up web files answers when a bot sends a file by URL. */
export interface RemoteFile {
  url: string
  mimeType: string
  sizeBytes: number
  /** The fetch fails. */
  failure?: 'unreachable' | 'wrong_type'
}

/** Everything that a page needs to draw the phone, but the messages. */
export interface WorldState {
  /** Rises with every change. */
  revision: number
  nowMs: number
  url: string
  bots: BotView[]
  users: UserView[]
  chats: ChatView[]
  dialogs: DialogView[]
}

/** What a listener and `GET /_sandbox/events` hear: look again. */
export interface ChangeEvent {
  revision: number
  /** What the change was about; a page may ignore it and read the state. */
  kind: 'bot' | 'user' | 'chat' | 'message' | 'callback' | 'update' | 'request' | 'fault' | 'reset'
  /** For messages and callbacks, and for requests that named one by its number. */
  chatId?: number
  bot?: number
  /** `key` of the message. */
  message?: number
}

export interface RatesConfiguration {
  /** `documented`: what Telegram's FAQ says; `strict`: no bursts in private chats, long penalties; `off`: everything passes. */
  profile?: 'documented' | 'strict' | 'off'
  /** Serve waits of up to 8 s by a late answer instead of a 429, as TDLib does for bots. Default false. */
  absorb?: boolean
  /** What a cooldown stops. Default `chat`; the whole bot whenever the bot's own limit was exceeded. */
  scope?: 'chat' | 'bot' | 'random'
  /** Text above 500 characters counts twice (folklore of Telegram's bot support). Default false. */
  longTextWeight?: boolean
  /** Requests into a running cooldown make it longer. Default true. */
  penalty?: boolean
  /** Channels have the limit of groups, which is not documented. Default true. */
  channelLimit?: boolean
}

export interface MemberInput {
  chat: ChatReference
  member: UserReference | BotReference
  /** Who does it. Default: the chat's creator. */
  by?: UserReference
}

/**
 * The control API: what BotFather, the people and the weather do. The same calls are served over HTTP as
 * `POST /_sandbox/<name>` (see docs/sandbox.md). Throws `ControlError` for what cannot be done.
 */
export interface SandboxControl {
  createBot(input: NewBot): BotView
  bot(bot: BotReference): BotView
  revokeToken(bot: BotReference): BotView
  /** Ends the lock-out after logOut. */
  revive(bot: BotReference): BotView

  createUser(input?: NewUser): UserView
  changeUser(change: UserChange): UserView
  user(user: UserReference): UserView
  deleteAccount(user: UserReference): void

  createChat(input: NewChat): ChatView
  chat(chat: ChatReference): ChatView
  addMember(input: MemberInput & { /** Adds a bot by its `startgroup` link. */ payload?: string }): void
  /** `kick` bans it; otherwise it leaves (a bot: is removed and may come back). */
  removeMember(input: MemberInput & { kick?: boolean }): void
  setRights(input: MemberInput & { status: 'administrator' | 'member' | 'restricted'; canSend?: boolean }): void
  upgradeGroup(chat: ChatReference): ChatView
  deleteChat(chat: ChatReference): void
  createTopic(input: { chat: ChatReference; name: string }): { id: number }
  setTopicClosed(input: { chat: ChatReference; topic: number; closed: boolean }): void

  start(input: StartInput): MessageView
  send(input: SendInput): MessageView
  edit(input: EditInput): MessageView
  tap(input: TapInput): CallbackView
  callback(id: string): CallbackView
  block(input: { user: UserReference; bot: BotReference }): void
  unblock(input: { user: UserReference; bot: BotReference }): void

  /** By its `key`. */
  message(key: number): MessageView
  messages(query?: MessagesQuery): MessageView[]
  deliveries(query?: { bot?: BotReference; chat?: number }): Delivery[]
  requests(query?: RequestsQuery): RecordedRequest[]
  clearRequests(): void
  /** Updates that the bot has not confirmed, oldest first. */
  pendingUpdates(bot: BotReference): Update[]
  /** Makes the bot's next update number jump. */
  jumpUpdateId(input: { bot: BotReference; by: number }): void
  addRemoteFile(file: RemoteFile): void

  addFault(rule: FaultRule): FaultRuleView
  faults(): FaultRuleView[]
  removeFault(id: number): void
  clearFaults(): void

  rates(bot: BotReference): RateCountersView
  configureRates(configuration: RatesConfiguration): void

  /** Moves an injected clock that can be moved; otherwise refuses. */
  advanceClock(ms: number): void
  state(): WorldState
  /** Hears every change. Answers the function that ends it. */
  subscribe(listener: (event: ChangeEvent) => void): () => void
  /** Forgets the world, the requests, the faults and the rate counters. */
  reset(): void
  /** The same calls for the separate world behind `/bot<token>/test/<method>`. */
  readonly testEnvironment: SandboxControl
}

/** Counters of the rate model for one bot. */
export interface RateCountersView {
  /** Requests that were made inside a running cooldown. */
  violations: number
  [counter: string]: unknown
}
