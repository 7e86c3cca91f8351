import packageJson from '../package.json' with { type: 'json' }
import type { Config } from './config/load-config.ts'
import { announceLink } from './conversation/announce.ts'
import type { createConversation } from './conversation/conversation.ts'
import type { Reply } from './conversation/reply.ts'
import type { AskBot, Bot } from './domain/bot.ts'
import type { Clock } from './domain/clock.ts'
import type { Log } from './domain/log.ts'
import type { DeliveryMetrics, IntakeMetrics } from './domain/metrics.ts'
import type { Random } from './domain/random.ts'
import type { Secrets, TokenSeals } from './domain/secrets.ts'
import { authenticateRequest } from './http/authenticate.ts'
import type { ServerDeps } from './http/server.ts'
import { createAccessTokens } from './ops/access-tokens.ts'
import { createPasswords } from './ops/passwords.ts'
import type { Outbox } from './store/outbox.ts'
import type { Store } from './store/store.ts'
import type { Said, Wake } from './domain/signal.ts'
import type { TelegramContact } from './domain/telegram-contact.ts'
import type { TelegramClient } from './telegram/telegram-client.ts'
import { addBot } from './usecases/add-bot.ts'
import { authenticate } from './usecases/authenticate.ts'
import { cancelMessage } from './usecases/cancel-message.ts'
import { changeAccount } from './usecases/change-account.ts'
import { changeBot } from './usecases/change-bot.ts'
import { changeChat } from './usecases/change-chat.ts'
import { checkPassword } from './usecases/check-password.ts'
import { claimChat } from './usecases/claim-chat.ts'
import { claimChatForToken } from './usecases/claim-chat-for-token.ts'
import { codeGuesses, PER_ACCOUNT, PER_CHAT, PER_NETWORK } from './usecases/code-guesses.ts'
import { confirmMove } from './usecases/confirm-move.ts'
import { countWaiting } from './usecases/count-waiting.ts'
import { createApiToken } from './usecases/create-api-token.ts'
import { createLinkCode, findSharedBot } from './usecases/create-link-code.ts'
import { deleteAccount } from './usecases/delete-account.ts'
import { deleteBot } from './usecases/delete-bot.ts'
import { describeChat } from './usecases/describe-chat.ts'
import { endSession, endSessions } from './usecases/end-sessions.ts'
import { enqueueMessage } from './usecases/enqueue-message.ts'
import { exportAccount } from './usecases/export-account.ts'
import { findLinks } from './usecases/find-links.ts'
import { followEvents } from './usecases/follow-events.ts'
import { getActivity } from './usecases/get-activity.ts'
import { getBot } from './usecases/get-bot.ts'
import { getMessage } from './usecases/get-message.ts'
import { getNumberedMessage } from './usecases/get-numbered-message.ts'
import { getOverview, type Installation } from './usecases/get-overview.ts'
import { guessLimits } from './usecases/guess-limits.ts'
import { keyedSessions } from './usecases/keyed-sessions.ts'
import { linkChat } from './usecases/link-chat.ts'
import { createLinkToken, getLinkToken } from './usecases/link-token.ts'
import { listAllBots } from './usecases/list-all-bots.ts'
import { listAllUsers } from './usecases/list-all-users.ts'
import { listApiTokens } from './usecases/list-api-tokens.ts'
import { listBots } from './usecases/list-bots.ts'
import { listChats } from './usecases/list-chats.ts'
import { listFailures } from './usecases/list-failures.ts'
import { listMessages } from './usecases/list-messages.ts'
import { listNumberedMessages } from './usecases/list-numbered-messages.ts'
import { listSessions } from './usecases/list-sessions.ts'
import { logIn } from './usecases/log-in.ts'
import { logOut } from './usecases/log-out.ts'
import { messageStatistics } from './usecases/message-statistics.ts'
import { noteChatStatus } from './usecases/note-chat-status.ts'
import { noteMigration } from './usecases/note-migration.ts'
import { noteSessionUse } from './usecases/note-session-use.ts'
import { noteTokenUse } from './usecases/note-token-use.ts'
import { offerChatCode } from './usecases/offer-chat-code.ts'
import { proveBotToken } from './usecases/prove-bot-token.ts'
import { recentMessages } from './usecases/recent-messages.ts'
import { registerUser } from './usecases/register-user.ts'
import { rememberApiTokens } from './usecases/remember-api-tokens.ts'
import { rememberPasswords } from './usecases/remember-passwords.ts'
import { resendMessage } from './usecases/resend-message.ts'
import { restateAccount } from './usecases/restate-account.ts'
import { revokeApiToken } from './usecases/revoke-api-token.ts'
import { setDefaultChat } from './usecases/set-default-chat.ts'
import { unlinkChat } from './usecases/unlink-chat.ts'

/** A comment on a quiet stream of events keeps proxies from closing it; the common ones wait 60 s. */
const EVENTS_QUIET_MS = 15_000

/** What almost every use case takes some of. */
export interface Shared {
  config: Config
  log: Log
  clock: Clock
  random: Random
  store: Store
  secrets: Secrets
  /** Tells the dispatcher of a bot that a chat has new work. */
  wake: (wake: Wake) => void
  /** Tells it that something which waited for a chat was taken away. */
  lookAgain: (wake: Wake) => void
  /** Counts messages that ended while they waited. */
  failed: DeliveryMetrics['failed']
  secretKey: string
  /** Bot tokens at rest. */
  seals: TokenSeals
  /** Asks Telegram, wherever that is, whose a token is. */
  askBot: AskBot
}

/** Every use case that HTTP asks, with what it needs. */
export function serverDeps(
  shared: Shared,
  outside: {
    health: ServerDeps['health']
    /** Says something in a chat of a bot; rejects with `Unsaid` when that may go better later. */
    say: (botId: string, said: Said) => Promise<void>
    intake: IntakeMetrics
    /** Where messages are accepted. */
    outbox: Pick<Outbox, 'enqueue'>
    telegramUpdates: ServerDeps['telegramUpdates']
    phoneUrl: string | null
    installation: Omit<Installation, 'version' | 'engine'>
    contact: TelegramContact
    pageFolder: string | null
    phones: ServerDeps['phones']
  },
): ServerDeps {
  const { config, log, clock, store } = shared
  const { publicUrl } = config
  const passwords = createPasswords()
  const accessTokens = createAccessTokens(shared)
  const check = checkPassword({ store, passwords, guessLimits: guessLimits({ clock }) })
  const prove = authenticate({
    ...shared,
    accessTokens,
    findApiToken: rememberApiTokens(shared),
    checkPassword: rememberPasswords({ ...shared, checkPassword: check }),
    noteTokenUse: noteTokenUse(shared),
    noteSessionUse: noteSessionUse(shared),
  })
  const ttlMs = config.linkCodeTtlMs
  const guesses = () => ({
    byAccount: codeGuesses({ clock, limit: PER_ACCOUNT }),
    byNetwork: codeGuesses({ clock, limit: PER_NETWORK }),
  })
  const { registration, accessTokenTtlMs } = config
  const forAccounts = { ...shared, passwords, accessTokens, checkPassword: check, registration, accessTokenTtlMs }
  const proveToken = proveBotToken({ ...shared, guesses: guesses() })
  const announce = announceLink({ ...shared, say: outside.say })
  const claim = claimChat({ ...shared, guesses: guesses(), announce })
  return {
    log,
    answered: outside.intake.answered,
    version: packageJson.version,
    publicUrl,
    trustedProxies: config.trustedProxies,
    telegramUpdates: outside.telegramUpdates,
    phoneUrl: outside.phoneUrl,
    pageFolder: outside.pageFolder,
    phones: outside.phones,
    authenticate: authenticateRequest({ prove, publicUrl }),
    prove,
    random: shared.random,
    dialects: config.dialects,
    accounts: {
      register: registerUser(forAccounts),
      change: changeAccount({ store, passwords, checkPassword: check }),
      delete: deleteAccount({ ...shared, checkPassword: check }),
    },
    sessions: {
      logIn: logIn(forAccounts),
      logOut: logOut(shared),
      list: listSessions(shared),
      end: endSession(shared),
      endAll: endSessions(shared),
    },
    keyedSessions: keyedSessions(forAccounts),
    tokens: { create: createApiToken(shared), list: listApiTokens(shared), revoke: revokeApiToken(shared) },
    messages: {
      enqueue: enqueueMessage({
        ...shared,
        outbox: outside.outbox,
        queueLimit: config.queueLimit,
        accepted: outside.intake.accepted,
      }),
      get: getMessage(shared),
      list: listMessages(shared),
      cancel: cancelMessage(shared),
      resend: resendMessage(shared),
    },
    messageStatistics: messageStatistics(shared),
    exportAccount: exportAccount({ ...shared, listSessions: listSessions(shared) }),
    restateAccount: restateAccount({ ...shared, passwords, checkPassword: check }),
    claimChatForToken: claimChatForToken({ ...shared, claim }),
    linkTokens: { create: createLinkToken({ ...shared, ttlMs }), get: getLinkToken(shared) },
    numbered: { get: getNumberedMessage(shared), list: listNumberedMessages(shared) },
    followEvents: followEvents({ ...shared, quietMs: EVENTS_QUIET_MS }),
    chats: {
      claim,
      list: listChats(shared),
      change: changeChat(shared),
      setDefault: setDefaultChat(shared),
      unlink: unlinkChat(shared),
    },
    createLinkCode: createLinkCode({ ...shared, ttlMs }),
    bots: {
      add: addBot({ ...shared, proveToken, limit: config.maxBotsPerUser }),
      list: listBots(shared),
      findShared: () => findSharedBot(store),
      limit: config.maxBotsPerUser,
      get: getBot(shared),
      change: changeBot({ ...shared, proveToken }),
      delete: deleteBot(shared),
      countWaiting: countWaiting(shared),
    },
    operator: {
      overview: getOverview({ ...shared, ...outside, installation: installationOf(config, outside.installation) }),
      users: listAllUsers(shared),
      bots: listAllBots(shared),
      activity: getActivity(shared),
      failures: listFailures(shared),
    },
    health: outside.health,
  }
}

function installationOf({ database }: Config, outside: Omit<Installation, 'version' | 'engine'>): Installation {
  return { ...outside, version: packageJson.version, engine: database.engine }
}

/** Every use case that the bot asks, with what it needs. */
export function conversationDeps(
  shared: Shared,
  { bot, telegram, reply }: { bot: Bot; telegram: TelegramClient; reply: Reply },
): Parameters<typeof createConversation>[0] {
  const ttlMs = shared.config.linkCodeTtlMs
  return {
    bot: { id: bot.id, username: bot.username, echo: bot.echo },
    reply,
    telegram,
    linkChat: linkChat({
      ...shared,
      accessTokens: createAccessTokens(shared),
      guesses: codeGuesses({ clock: shared.clock, limit: PER_CHAT }),
      ttlMs,
    }),
    confirmMove: confirmMove(shared),
    offerChatCode: offerChatCode({ ...shared, ttlMs }),
    findLinks: findLinks(shared),
    describeChat: describeChat(shared),
    recentMessages: recentMessages(shared),
    unlinkChat: unlinkChat(shared),
    noteChatStatus: noteChatStatus(shared),
    noteMigration: noteMigration(shared),
    clock: shared.clock,
    log: shared.log,
  }
}
