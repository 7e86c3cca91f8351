import type { Bot } from '../../src/domain/bot.ts'
import type { ChatType, TelegramChat } from '../../src/domain/chat.ts'
import { newId } from '../../src/domain/ids.ts'
import type { Message } from '../../src/domain/message.ts'
import type { DeliveryMetrics } from '../../src/domain/metrics.ts'
import { createAccessTokens } from '../../src/ops/access-tokens.ts'
import { createSecrets } from '../../src/ops/secrets.ts'
import type { Wake } from '../../src/domain/signal.ts'
import { type AnnounceLink, claimChat } from '../../src/usecases/claim-chat.ts'
import { codeGuesses, PER_ACCOUNT, PER_CHAT, PER_NETWORK } from '../../src/usecases/code-guesses.ts'
import { confirmMove } from '../../src/usecases/confirm-move.ts'
import { createLinkCode } from '../../src/usecases/create-link-code.ts'
import { describeChat } from '../../src/usecases/describe-chat.ts'
import { findLinks } from '../../src/usecases/find-links.ts'
import { linkChat } from '../../src/usecases/link-chat.ts'
import { listChats } from '../../src/usecases/list-chats.ts'
import { noteChatStatus } from '../../src/usecases/note-chat-status.ts'
import { noteMigration } from '../../src/usecases/note-migration.ts'
import { offerChatCode } from '../../src/usecases/offer-chat-code.ts'
import { recentMessages } from '../../src/usecases/recent-messages.ts'
import { changeChat } from '../../src/usecases/change-chat.ts'
import { setDefaultChat } from '../../src/usecases/set-default-chat.ts'
import { unlinkChat } from '../../src/usecases/unlink-chat.ts'
import { ManualClock } from './manual-clock.ts'
import { seededRandom } from './seeded-random.ts'
import { type Cleanup, testStore } from './test-store.ts'

export const TTL_MS = 15 * 60_000

/** Everything about linking, on a real database, with time and dice in the test's hand. */
export async function startLinking(
  t: Cleanup,
  shared = { telegramBotId: 1, username: 'PostriderBot' },
  given: { announce?: AnnounceLink; ttlMs?: number } = {},
) {
  const store = await testStore(t)
  const clock = new ManualClock()
  const random = seededRandom(7)
  const secretKey = 'a secret of the test, long enough for it'
  const secrets = createSecrets(secretKey)
  const accessTokens = createAccessTokens({ secretKey, clock })
  const wakes: Wake[] = []
  const announced: Parameters<AnnounceLink>[0][] = []
  const { announce, ttlMs = TTL_MS } = given
  /** What ended while it waited, as the metrics are told. */
  const failures: Parameters<DeliveryMetrics['failed']>[] = []
  const wake = (lane: Wake): void => void wakes.push(lane)
  const failed: DeliveryMetrics['failed'] = (...failure) => void failures.push(failure)
  const deps = { store, clock, random, secrets, ttlMs, wake, failed }
  const bot: Bot = await store.saveSharedBot({ id: newId('bot', deps), name: 'Postrider', ...shared })
  const counting = (limit: typeof PER_CHAT) => codeGuesses({ clock, limit })

  const usecases = {
    createLinkCode: createLinkCode(deps),
    linkChat: linkChat({ ...deps, accessTokens, guesses: counting(PER_CHAT) }),
    confirmMove: confirmMove(deps),
    offerChatCode: offerChatCode(deps),
    claimChat: claimChat({
      ...deps,
      guesses: { byAccount: counting(PER_ACCOUNT), byNetwork: counting(PER_NETWORK) },
      announce: announce ?? (async (linked) => void announced.push(linked)),
    }),
    findLinks: findLinks(deps),
    listChats: listChats(deps),
    changeChat: changeChat(deps),
    setDefaultChat: setDefaultChat(deps),
    unlinkChat: unlinkChat(deps),
    describeChat: describeChat(deps),
    recentMessages: recentMessages(deps),
    noteChatStatus: noteChatStatus(deps),
    noteMigration: noteMigration(deps),
  }

  async function person(login: string, name = login) {
    const id = newId('usr', deps)
    return store.createUser({ id, login, passwordHash: 'none', name, locale: 'en', nowMs: clock.now() })
  }

  /** Makes a code and redeems it. */
  async function link(userId: string, chat: TelegramChat) {
    const { code } = await usecases.createLinkCode({ userId })
    return usecases.linkChat({ botId: bot.id, chat, code })
  }

  /** Accepts a message, as the HTTP API does. */
  async function send(userId: string, text: string, chatId?: string): Promise<Message> {
    const id = newId('msg', deps)
    const message = { id, userId, text, silent: false, nowMs: clock.now(), queueLimit: 0 }
    return (await store.outbox.enqueue({ ...message, ...(chatId !== undefined && { chatId }) })).message
  }

  /** Logs in, as the HTTP API does. */
  async function session(userId: string, ttlMs = 24 * 3_600_000) {
    const opened = { id: newId('ses', deps), userId, createdAtMs: clock.now(), expiresAtMs: clock.now() + ttlMs }
    await store.createSession(opened)
    return { id: opened.id, accessToken: await accessTokens.issue(opened) }
  }

  return { store, clock, random, secrets, bot, wakes, failures, announced, ...usecases, person, link, send, session }
}

export type Linking = Awaited<ReturnType<typeof startLinking>>

export function telegramChat(telegramChatId: number, type: ChatType = 'private', title = 'Ann'): TelegramChat {
  return { telegramChatId, type, title, username: null }
}
