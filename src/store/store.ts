import type { Activity, ActivityCounts } from '../domain/activity.ts'
import type { ApiToken, Locale, Profile, Role, Session, User } from '../domain/account.ts'
import type { Bot, BotState } from '../domain/bot.ts'
import type { Chat, ChatStatus, Peer, TelegramChat } from '../domain/chat.ts'
import type { ClockMark } from '../domain/clock-mark.ts'
import type { Attempt, Message, DeliveryErrorCode } from '../domain/message.ts'
import type { MessageStatus } from '../domain/message-state.ts'
import type { BotClaim } from '../domain/ownership.ts'
import type { Signal, Wake } from '../domain/signal.ts'
import type { Outbox } from './outbox.ts'

/**
 * What the rest of the house may ask of a database. The suite in `test/contract/` is its meaning, and runs against each engine.
 *
 * All promises reject with `Refusal('store_unavailable')` when the database cannot do it now (locked, full, unreachable); nothing
 * is then half done. Other rejections are bugs.
 */
export interface Store extends Records {
  readonly outbox: Outbox
  /**
   * Runs `work` in one transaction: all of it is committed (and durable) when the promise resolves, and none of it when it rejects.
   * There is one writer: keep it short, and never wait for anything but `records` inside.
   */
  transaction<T>(work: (records: Records) => Promise<T>): Promise<T>
  /** Calls `listener` after each commit, of whichever process, that changed something a user can see. Returns how to stop. */
  onChange(listener: (userId: string) => void): () => void
  /**
   * Calls `listener` after each commit that changed or removed an account or removed one of its API tokens: before the promise of that
   * change resolves when it was made in this process, and soon after when it was another. It must not throw. Returns how to stop.
   */
  onAccountChange(listener: (userId: string) => void): () => void
  /** Tells those who listen in this process, at once, and then, unless one of them says that it was for it, all other processes. */
  signal(signal: Signal): void
  /** Signals of this process and of others on the same database. True: it was for this listener alone. Must not throw. */
  onSignal(listener: (signal: Signal) => boolean): () => void
  /**
   * Calls `listener` when words of other processes may have been lost, because a connection broke: whoever acts by them looks for itself,
   * and whoever remembers by them forgets. It must not throw. Returns how to stop.
   */
  onMissed(listener: () => void): () => void
  /** Applies what is missing and says how many steps that were. Rejects when the database is newer than this program. */
  migrate(): Promise<number>
  /** How many steps that would be. Rejects when the database is newer than this program. */
  missingSteps(): Promise<number>
  /** Resolves when the database answers and would take in what is new; for readiness. Writes nothing. */
  ping(): Promise<void>
  /** How much room the database takes. */
  sizeBytes(): Promise<number>
  close(): Promise<void>
}

/** Everything but the outbox, one verb each. Safe to call alone (its own transaction) or inside `transaction`. */
export interface Records {
  // Users. Logins compare by `loginKey`.
  /** Refuses with `login_taken`. The first user of an empty database becomes operator. */
  createUser(input: NewUser): Promise<User>
  /**
   * Removes the user and everything that is theirs: sessions, tokens, codes, links, messages, attempts, keys, events, and bots, which
   * is to other accounts what `deleteBot` is.
   */
  deleteUser(userId: string): Promise<boolean>
  findUserByLogin(login: string): Promise<UserWithPassword | undefined>
  getUser(userId: string): Promise<UserWithPassword | undefined>
  /** By login key, in its order. */
  listUsers(page: { limit: number; afterLogin?: string }): Promise<User[]>
  /** Refuses with `login_taken`. */
  updateUser(userId: string, change: UserChange): Promise<User | undefined>

  // What operators see: numbers and names.
  /** Costs time that grows with what there is: not for each request. */
  census(): Promise<Census>
  /** By login key, in its order. `search`: somewhere in the login or the name. */
  listUsersWithCounts(page: { limit: number; afterLogin?: string; search?: string }): Promise<UserWithCounts[]>
  listBotsWithOwners(): Promise<BotWithOwner[]>
  /** Adds to what the process did. */
  addActivity(processId: string, activity: Activity): Promise<void>
  /**
   * What all processes did from `fromMs` on, in pieces of `sizeMs` that begin with the days of a place so far east of UTC, oldest first; only
   * those in which something was done.
   */
  activitySince(pieces: {
    fromMs: number
    sizeMs: number
    eastMs: number
  }): Promise<(ActivityCounts & { startMs: number })[]>
  /** What did not arrive from the beginning of that hour on, for each reason and bot, most first. */
  failuresSince(fromHourMs: number): Promise<FailuresOfBot[]>
  /** When Telegram last answered to a call that sends something, as far as that was written down. */
  lastAnswerMs(): Promise<number | null>
  /** Those that are alive, and how many active bots each serves. */
  listProcesses(): Promise<{ id: string; bots: number }[]>

  // Sessions.
  createSession(session: NewSession): Promise<void>
  /** With a user, only one of theirs. */
  deleteSession(sessionId: string, ofUserId?: string): Promise<boolean>
  deleteSessionsOf(userId: string, keep?: { exceptId: string }): Promise<number>
  getSession(sessionId: string): Promise<{ session: Session; user: User } | undefined>
  /** Those that have not expired, the one that was seen last first. */
  listSessions(userId: string, page: { limit: number; nowMs: number }): Promise<Session[]>
  touchSession(sessionId: string, seenAtMs: number): Promise<void>

  // API tokens, found by the hash of their secret.
  createApiToken(token: ApiToken & { hash: string }): Promise<void>
  deleteApiToken(userId: string, tokenId: string): Promise<boolean>
  findApiToken(hash: string): Promise<{ token: ApiToken; user: User } | undefined>
  listApiTokens(userId: string): Promise<ApiToken[]>
  touchApiToken(tokenId: string, usedAtMs: number): Promise<void>

  // Bots.
  getBot(botId: string): Promise<Bot | undefined>
  listBots(): Promise<Bot[]>
  /** The installation's shared bot, by its Telegram id: made or refreshed, active; other shared bots become inactive. */
  saveSharedBot(bot: { id: string; telegramBotId: number; username: string; name: string }): Promise<Bot>
  /**
   * Adds a bot of an account. Refuses with `bot_limit_reached` when the account has `limit` bots, also under any number of calls at the
   * same time, and with `bot_token_taken` when anybody has this bot, or it is the shared one; nothing is stored then.
   */
  addBot(bot: NewBot): Promise<Bot>
  /** Oldest first; those of an account, active or not. */
  listBotsOf(userId: string): Promise<Bot[]>
  /**
   * Undefined when it is not a bot of this user. Refuses with `bot_token_invalid` when the new token is another bot's. A new token, an
   * echo, a taking over and a switch count as a revision where they change something, and with a new token or a switch the bot begins
   * anew: `starting`, or `idle` when it is off.
   */
  changeBot(userId: string, botId: string, change: BotChange): Promise<Bot | undefined>
  /**
   * The bot is gone with its chats and codes. What waits for it ends as failed (`bot_deleted`), what is on its way as uncertain, and
   * both keep their places in the history. Each account that had a chat there gets a `chat.unlinked` event. Undefined when it is not a
   * bot of this user.
   */
  deleteBot(userId: string, botId: string, nowMs: number): Promise<DeletedBot | undefined>
  /** The same token under another key: nothing changes for whoever serves it. False when it is not `from` any more. */
  resealBot(botId: string, tokens: { from: string; to: string }): Promise<boolean>
  /** What others had of the bot was taken: from now on nothing is. No revision of its own. */
  endTakeOver(botId: string): Promise<void>
  /** Telegram answered to its token; forgotten when it gets another one. No revision of its own. */
  noteBotMet(botId: string): Promise<void>
  /** Since when counts from the first time that it was in this state. With a `revision`, only while that is the bot's. */
  setBotState(botId: string, state: BotState, reason: string | null, revision?: number): Promise<void>
  setUpdateOffset(botId: string, offset: number): Promise<void>

  // Who serves which bot: one process at a time, under the number of its claim.
  /**
   * A sign of life of a process that serves bots: it is believed to be alive for `leaseMs` by the clock of the database. Removes
   * processes whose time is over, so that their bots are free, and claims free active bots up to the share of this process (`shares`).
   * `alone`: no other process can be there, so whatever the database says of others is of before. `claim: false`: only what it has
   * counts. Few statements, however many bots.
   */
  beat(process: { id: string; leaseMs: number }, how?: { alone?: boolean; claim?: boolean }): Promise<Beat>
  /** These claims are given back; others take the bots with their next beat. */
  releaseBots(processId: string, claims: readonly BotClaim[]): Promise<void>
  /** The process serves nothing any more, and does not come back. */
  endProcess(processId: string): Promise<void>
  /** Rejects with `OwnershipLost` when the bot was claimed by others since, or is gone. For the beginning of a transaction. */
  assertServes(botId: string, fence: number): Promise<void>

  /**
   * Notes how the machine's clock stands, and moves every wait that is stored along when it was set since the last mark. Answers by how
   * much it was set, in milliseconds; 0 when it was not, or nobody can know. For the start of the only process on the database.
   */
  markClock(mark: ClockMark): Promise<number>

  // Peers: Telegram chats as a bot sees them.
  findPeer(botId: string, telegramChatId: number): Promise<Peer | undefined>
  getPeer(peerId: number): Promise<Peer | undefined>
  /**
   * A group became a supergroup: same chat, new id. Its links, waiting messages and codes go with it. When both ids are known
   * already they become one, and a user who linked both keeps one link.
   */
  migratePeer(botId: string, fromTelegramChatId: number, to: TelegramChat): Promise<Peer>
  /** Made, or refreshed with the title and username of now. */
  savePeer(botId: string, chat: TelegramChat): Promise<Peer>
  /**
   * False when it was so already. When true, each account that linked it gets a `chat.blocked` or `chat.unblocked` event.
   * `closedUntilMs`: how long a blocked chat need not be asked; not at all when absent.
   */
  setPeerStatus(
    peerId: number,
    status: ChatStatus,
    reason: string | null,
    nowMs: number,
    closedUntilMs?: number,
  ): Promise<boolean>

  // Chats: links between a user and a peer.
  /** Every link to this chat, with its user: one at most for a private chat. */
  chatsOfPeer(peerId: number): Promise<{ chat: Chat; user: User }[]>
  getChat(userId: string, chatId: string): Promise<Chat | undefined>
  /**
   * Rejects when a private chat has a link of another user (unlink first, in the same transaction). The same user's second link is
   * the first one. It becomes the default when the user has no default whose bot is active. Adds a `chat.linked` event.
   */
  linkChat(input: { id: string; userId: string; peerId: number; nowMs: number }): Promise<Chat>
  listChats(userId: string): Promise<Chat[]>
  /** What the account calls it from now on. Undefined when the user has no such chat. */
  renameChat(userId: string, chatId: string, name: string | null): Promise<Chat | undefined>
  setDefaultChat(userId: string, chatId: string): Promise<Chat | undefined>
  /**
   * The link is gone, its waiting messages end as failed (`chat_unlinked`) and keep their place in the history. Another chat of the
   * user becomes the default. Adds an event: `chat.unlinked`, or `chat.moved` with the name of the account that has it now. Undefined
   * when the user has no such chat.
   */
  unlinkChat(userId: string, chatId: string, how: { nowMs: number; movedTo?: string }): Promise<Unlinked | undefined>

  // One-time codes, stored hashed. A take succeeds once, before the expiry, and never again.
  /** Nothing changes when there is one with this hash, used or not. */
  createAccountCode(code: { hash: string; userId: string; botId: string; expiresAtMs: number }): Promise<void>
  /**
   * An account code that can be shown again, because it is derived from `seed`. False when `shownAccountCode` answers another than
   * `inPlaceOf`; then nothing changes.
   */
  showAccountCode(code: ShownAccountCode, how: { nowMs: number; inPlaceOf?: string | undefined }): Promise<boolean>
  /** The user's code that can be shown again: while it is good, and then while the chat that used it is the user's. */
  shownAccountCode(userId: string, nowMs: number): Promise<{ hash: string; seed: string } | undefined>
  /** Whether there is an account code with this hash, used or not; kept until its expiry. */
  hasAccountCode(hash: string): Promise<boolean>
  createChatCode(code: { hash: string; peerId: number; expiresAtMs: number }): Promise<void>
  /** A question put to a chat: move it to this user? */
  createMove(move: { hash: string; peerId: number; toUserId: string; expiresAtMs: number }): Promise<void>
  /** `peerId` is the chat that uses it, kept for `usedAccountCode`. */
  takeAccountCode(botId: string, hash: string, nowMs: number, peerId: number): Promise<{ userId: string } | undefined>
  /** Whose code this very chat used up, until the code's expiry: a redelivered update is then answered as it was the first time. */
  usedAccountCode(botId: string, hash: string, nowMs: number, peerId: number): Promise<{ userId: string } | undefined>
  /** Voids every other code of that chat. */
  takeChatCode(hash: string, nowMs: number): Promise<{ peerId: number } | undefined>
  /** Who gets the chat on a yes, and until when; undefined when the question is not open. */
  findMove(hash: string, peerId: number, nowMs: number): Promise<{ toUserId: string; expiresAtMs: number } | undefined>
  takeMove(hash: string, peerId: number, nowMs: number): Promise<{ toUserId: string } | undefined>
  /** Voids every code that was given to this chat. Returns how many. */
  voidChatCodes(peerId: number): Promise<number>

  // Messages.
  /** What waits, for each bot that has any. Costs time that grows with the backlog: not for each request. */
  backlog(): Promise<Backlog[]>
  /** How many messages wait for a bot, counted up to `atMost`. */
  countWaiting(botId: string, atMost: number): Promise<number>
  /** How many messages the user's history has. Costs time that grows with it. */
  countMessages(userId: string): Promise<number>
  cancelMessage(userId: string, messageId: string, nowMs: number): Promise<'cancelled' | 'not_waiting' | 'not_found'>
  getMessage(userId: string, messageId: string, nowMs: number): Promise<MessageWithAttempts | undefined>
  /** The same by `Message.number`. */
  getMessageByNumber(userId: string, number: number, nowMs: number): Promise<MessageWithAttempts | undefined>
  listMessages(userId: string, page: MessagePage): Promise<Message[]>
  /** The same with what was tried for each. */
  listMessagesWithAttempts(userId: string, page: MessagePage): Promise<MessageWithAttempts[]>
  /**
   * Looks through a stretch of the history for what no index knows, and so for a bounded time: through `lookThrough` messages that fit the
   * rest. Without a span of time, all of the history is the span.
   */
  searchMessages(userId: string, search: MessageSearch): Promise<SearchedMessages>
  /**
   * What became of the messages of a span, in order of acceptance, `lookThrough` of them at a time, and so for a bounded time. A message
   * that changes meanwhile is counted once.
   */
  tallyMessages(userId: string, search: TallySearch): Promise<Tallied>
  /** How many messages of a user wait or are on their way, counted up to `atMost`, and when the first of them was accepted. */
  waitingOf(userId: string, atMost: number): Promise<Waiting>
  /** Queued again at the end of its priority, all its parts that did not arrive, with a fresh count of attempts. */
  resendMessage(userId: string, messageId: string, nowMs: number): Promise<Resent>
  /** Everything of the user that changed after `afterSeq`, oldest first: messages as they are now, and account events. */
  changesSince(userId: string, page: { afterSeq: number; limit: number; nowMs: number }): Promise<Change[]>
  /** The newest change of the user; 0 when there is none. Where a new follower of events begins. */
  lastChange(userId: string): Promise<number>

  // Updates that Telegram posts, to any process: each is handled once, and one at a time for each lane.
  isUpdateHandled(botId: string, updateId: number): Promise<boolean>
  /**
   * Takes the lane for this update until `untilMs`. `handled`: there is nothing to do. `busy`: another claim on the lane still holds
   * at `nowMs`. Of any number of calls at the same time, from any process, one has the lane.
   */
  beginUpdate(update: UpdateClaim, times: { nowMs: number; untilMs: number }): Promise<'begun' | 'busy' | 'handled'>
  /** False when the claim was lost, because it had run out and another took the lane. */
  extendUpdate(held: Pick<UpdateClaim, 'botId' | 'lane' | 'claim'>, untilMs: number): Promise<boolean>
  /** From now on it is `handled`, and the lane is free if it is still ours. */
  finishUpdate(update: UpdateClaim, nowMs: number): Promise<void>
  /** It could not be handled; the lane is free if it is still ours. Returns how often that was. */
  failUpdate(update: UpdateClaim, nowMs: number): Promise<number>

  /**
   * Forgets what no longer means anything: sessions, tokens, codes and moves past their expiry, idempotency keys older than
   * `keysBeforeMs`, what became of updates before `updatesBeforeMs`, claims that ran out, activity older than `ACTIVITY_KEPT_MS`.
   */
  deleteExpired(before: { nowMs: number; keysBeforeMs: number; updatesBeforeMs: number }): Promise<number>
}

export interface ShownAccountCode {
  hash: string
  seed: string
  userId: string
  botId: string
  expiresAtMs: number
}

/** Who is at work on an update. */
export interface UpdateClaim {
  botId: string
  /** Telegram's `update_id`. */
  updateId: number
  /** What its order matters in: the chat. */
  lane: string
  /** Different for each attempt. */
  claim: string
}

/** What a process serves. */
export interface OwnedBot extends BotClaim {
  /** False when it was switched off: it is to be stopped, and given back. */
  active: boolean
  /** Of the bot as it is now: when it grew, what was made for the bot is to be made anew. */
  revision: number
}
export interface Beat {
  owned: OwnedBot[]
  /** How many active bots this process should serve. Whatever it serves above that is to be given back. */
  share: number
  /** How many processes serve bots now, this one included. */
  processes: number
}
export interface Backlog {
  botId: string
  waiting: number
  /** When the oldest of them was accepted. */
  oldestMs: number
}
export interface Unlinked {
  /** How many waiting messages ended with the link. */
  failed: number
}
export interface NewBot extends BotToken {
  id: string
  userId: string
  title: string | null
  active: boolean
  echo: boolean
  takeOver: boolean
  nowMs: number
  /** Bots that an account may have. */
  limit: number
}
/** A token that works, and whose bot it is. */
export interface BotToken {
  telegramBotId: number
  username: string
  name: string
  tokenSealed: string
  tokenHint: string
}
/** What is absent stays as it is. */
export interface BotChange {
  title?: string | null
  active?: boolean
  echo?: boolean
  takeOver?: boolean
  token?: BotToken
}
export interface DeletedBot {
  /** How many messages waited, and how many were on their way. */
  failed: number
  lost: number
}
export interface NewUser {
  id: string
  login: string
  passwordHash: string
  name: string
  locale: Locale
  /** Nothing when absent. */
  profile?: Profile
  nowMs: number
}
/** Seen at its log-in; of a client that did not name itself when nothing is said. */
export type NewSession = Omit<Session, 'lastSeenMs' | 'userAgent'> & Partial<Pick<Session, 'userAgent'>>
export interface UserWithPassword {
  user: User
  passwordHash: string
}
export interface UserWithCounts {
  user: User
  /** Of their own. */
  bots: number
  chats: number
  /** Messages that wait. */
  waiting: number
}
export interface Census {
  users: number
  bots: number
  chats: number
}
export interface FailuresOfBot {
  code: DeliveryErrorCode
  botId: string
  count: number
  lastMs: number
}
export interface BotWithOwner {
  bot: Bot
  /** Null for the shared bot. */
  ownerLogin: string | null
}
export interface UserChange {
  login?: string
  name?: string
  locale?: Locale
  passwordHash?: string
  role?: Role
  /** All of it: what is not in it is gone. */
  profile?: Profile
}
export interface MessagePage {
  limit: number
  order: 'asc' | 'desc'
  nowMs: number
  /** The last message of the page before: what follows it, in `order`. */
  afterId?: string
  /** How many to leave out first; 0 when absent. Costs time that grows with it, where `afterId` costs none. */
  offset?: number
  status?: MessageStatus
  chatId?: string
}
export interface MessageSearch extends Omit<MessagePage, 'offset'> {
  /** When it was accepted: since then … */
  sinceMs?: number
  /** … and before then. */
  untilMs?: number
  /** Found anywhere in the message's, ignoring case. */
  text?: string
  /** How many messages to look through at most. */
  lookThrough: number
}
export interface SearchedMessages {
  /** `limit` at most. */
  found: Message[]
  /** The last message of the stretch; undefined when nothing follows it. */
  lookedThroughId: string | undefined
}
export interface TallySearch {
  /** Accepted since then … */
  sinceMs: number
  /** … and before then. */
  untilMs: number
  /** The length of a slot of time. The slot of a moment is `(ms + offsetMs) / slotMs`, rounded down. */
  slotMs: number
  offsetMs: number
  /** `lookedThrough` of the call before. */
  afterNumber?: number
  lookThrough: number
}
/** So many messages that were accepted in one slot of time, are in one state, and took so long. */
export interface Tally {
  slot: number
  status: MessageStatus
  /** From acceptance to delivery, rounded down to its first two digits; null when it was not delivered. */
  deliveryMs: number | null
  count: number
}
export interface Tallied {
  tallies: Tally[]
  /** The number of the last message that was looked at; undefined when nothing follows it. */
  lookedThrough: number | undefined
}
export interface Waiting {
  count: number
  oldestMs: number | null
}
export interface MessageWithAttempts extends Message {
  attempts: Attempt[]
}
export type Resent =
  | { result: 'queued'; message: Message; wake: Wake }
  | { result: 'not_resendable' | 'not_found' | 'chat_not_linked' }

export type AccountEventType = 'chat.linked' | 'chat.unlinked' | 'chat.moved' | 'chat.blocked' | 'chat.unblocked'
export type Change =
  | { seq: number; kind: 'message'; message: Message }
  | {
      seq: number
      kind: 'account'
      type: AccountEventType
      atMs: number
      data: Readonly<Record<string, string | null>>
    }
