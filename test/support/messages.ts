import type { TestContext } from 'node:test'
import { SCOPES, type Scope } from '../../src/domain/account.ts'
import { newId } from '../../src/domain/ids.ts'
import { authenticateRequest } from '../../src/http/authenticate.ts'
import { TIMEOUTS } from '../../src/http/server.ts'
import type { Wake } from '../../src/domain/signal.ts'
import { cancelMessage } from '../../src/usecases/cancel-message.ts'
import { enqueueMessage } from '../../src/usecases/enqueue-message.ts'
import { exportAccount } from '../../src/usecases/export-account.ts'
import { followEvents } from '../../src/usecases/follow-events.ts'
import { getMessage } from '../../src/usecases/get-message.ts'
import { listMessages } from '../../src/usecases/list-messages.ts'
import { messageStatistics } from '../../src/usecases/message-statistics.ts'
import { resendMessage } from '../../src/usecases/resend-message.ts'
import { startAccounts } from './accounts.ts'
import { systemClock } from '../../src/ops/system-clock.ts'
import { checkedCalls } from './checked-calls.ts'
import { serverWith } from './http-server.ts'

const BOT = 'bot_shared'

export interface Person {
  id: string
  chatId: string
  peerId: number
  /** The Authorization header with a token that may do everything. */
  as: string
}

/** The API of messages on a real database, with time in the test's hand; each answer is held against the OpenAPI document. */
export async function startMessages(t: TestContext, { queueLimit = 0, timeouts = TIMEOUTS } = {}) {
  // A sleeper of the test's clock is a follower of events, and nothing else.
  const parts = await startAccounts(t, { tokenUseClock: systemClock })
  const { store, clock, random, secrets, prove, publicUrl } = parts
  const wakes: Wake[] = []
  const wake = (lane: Wake): void => void wakes.push(lane)
  const messages = {
    enqueue: enqueueMessage({ outbox: store.outbox, clock, random, secrets, wake, queueLimit }),
    get: getMessage({ store, clock }),
    list: listMessages({ store, clock }),
    cancel: cancelMessage({ store, clock }),
    resend: resendMessage({ store, clock, wake }),
  }
  const statistics = messageStatistics({ store, clock })
  const follow = followEvents({ store, clock, quietMs: 15_000 })
  const authenticate = authenticateRequest({ prove, publicUrl })
  const server = await serverWith(t, {
    ...parts,
    authenticate,
    messages,
    messageStatistics: statistics,
    exportAccount: exportAccount({ store, clock, listSessions: parts.sessions.list }),

    followEvents: follow,
    timeouts,
  })
  const { document, call } = await checkedCalls(server)
  await store.saveSharedBot({ id: BOT, telegramBotId: 1, username: 'rider_bot', name: 'Rider' })

  async function account(login: string): Promise<string> {
    const id = newId('usr', { clock, random })
    await store.createUser({ id, login, passwordHash: 'none', name: login, locale: 'en', nowMs: clock.now() })
    return id
  }

  /** A new token of this account, as an Authorization header. */
  async function tokenFor(userId: string, scopes: readonly Scope[] = SCOPES) {
    const found = await store.getUser(userId)
    if (!found) throw new Error(`there is no user ${userId}`)
    const { token, secret } = await parts.tokens.create(
      { user: found.user, via: 'session', scopes: SCOPES },
      { name: 'test', scopes, expiresAtMs: null },
    )
    return { id: token.id, as: `Bearer ${secret}` }
  }

  let lastTelegramChatId = 100
  async function linkedChat(userId: string): Promise<{ chatId: string; peerId: number }> {
    const telegramChatId = ++lastTelegramChatId
    const peer = await store.savePeer(BOT, { telegramChatId, type: 'private', title: null, username: null })
    const id = newId('cht', { clock, random })
    const chat = await store.linkChat({ id, userId, peerId: peer.id, nowMs: clock.now() })
    return { chatId: chat.id, peerId: peer.id }
  }

  /** An account with a token and a linked chat. */
  async function person(login: string): Promise<Person> {
    const id = await account(login)
    const { as } = await tokenFor(id)
    return { id, as, ...(await linkedChat(id)) }
  }

  /** What the dispatcher would write about one call for this message. */
  async function callEnds(messageId: string, next: Parameters<typeof store.outbox.settle>[0]['next']): Promise<void> {
    await store.outbox.markSending(messageId, clock.now())
    const startedAtMs = clock.now()
    const delivered = next.event === 'deliver' || next.event === 'part'
    const outcome = delivered ? 'delivered' : next.event === 'retry' ? 'temporary' : 'refused'
    const reason = delivered ? null : 'As the test said.'
    await store.outbox.settle({
      messageId,
      attempt: { part: 1, startedAtMs, finishedAtMs: startedAtMs + 250, outcome, reason, waitMs: null },
      next,
    })
  }

  return { ...parts, server, document, wakes, messages, follow, call, account, tokenFor, linkedChat, person, callEnds }
}

export type Messages = Awaited<ReturnType<typeof startMessages>>
