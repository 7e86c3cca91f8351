import type {
  ColumnType,
  CompiledQuery,
  Generated,
  Insertable,
  Kysely,
  RawBuilder,
  ReferenceExpression,
  Selectable,
  SqlBool,
  Transaction,
} from 'kysely'
import type { Locale, Role } from '../domain/account.ts'
import type { BotState } from '../domain/bot.ts'
import type { ChatStatus, ChatType } from '../domain/chat.ts'
import type { DeliveryMode, DigestMode, Priority } from '../domain/delivery-options.ts'
import type { AttemptOutcome, DeliveryErrorCode, WaitingFor } from '../domain/message.ts'
import type { MessageStatus } from '../domain/message-state.ts'
import type { AccountEventType } from './store.ts'

/** A yes or no. A number in every engine, so that one set of queries fits all. */
export type Flag = 0 | 1

type WithDefault<T> = ColumnType<T, T | undefined, T>

/** The tables as both engines have them; `sqlite/migrations/` says what each column is for. */
export interface Schema {
  users: {
    id: string
    login: string
    login_key: string
    password_hash: string
    name: string
    locale: Locale
    role: Role
    created_at_ms: number
    number: number
    /** JSON of a `Profile`. */
    profile: WithDefault<string>
  }
  sessions: {
    id: string
    user_id: string
    created_at_ms: number
    expires_at_ms: number
    user_agent: WithDefault<string | null>
    last_seen_ms: WithDefault<number | null>
  }
  api_tokens: {
    id: string
    user_id: string
    hash: string
    name: string
    /** Separated by blanks. */
    scopes: string
    hint: string
    created_at_ms: number
    expires_at_ms: number | null
    last_used_at_ms: number | null
  }
  bots: {
    id: string
    owner_id: string | null
    telegram_bot_id: number
    username: string
    name: string
    title: string | null
    active: Flag
    echo: WithDefault<Flag>
    take_over: WithDefault<Flag>
    met: WithDefault<Flag>
    state: BotState
    state_reason: string | null
    state_since_ms: number
    token_sealed: string | null
    token_hint: string | null
    created_at_ms: number
    revision: WithDefault<number>
    update_offset: WithDefault<number>
    not_before_ms: WithDefault<number>
    held_since_ms: WithDefault<number>
    process_id: WithDefault<string | null>
    fence: WithDefault<number>
    former_fence: WithDefault<number>
  }
  bot_processes: { id: string; alive_until_ms: number }
  peers: {
    id: Generated<number>
    bot_id: string
    telegram_chat_id: number
    type: ChatType
    title: string | null
    username: string | null
    status: WithDefault<ChatStatus>
    status_reason: string | null
    not_before_ms: WithDefault<number>
    held_since_ms: WithDefault<number>
    closed_until_ms: WithDefault<number>
  }
  chats: {
    id: string
    user_id: string
    peer_id: number
    is_private: Flag
    is_default: Flag
    linked_at_ms: number
    name: WithDefault<string | null>
  }
  account_codes: {
    hash: string
    user_id: string
    bot_id: string
    used_by_peer_id: number | null
    expires_at_ms: number
    seed: string | null
  }
  chat_codes: { hash: string; peer_id: number; expires_at_ms: number }
  moves: { hash: string; peer_id: number; to_user_id: string; expires_at_ms: number }
  counters: { name: 'change' | 'claim' | 'user'; value: number }
  messages: {
    seq: number
    id: string
    user_id: string
    chat_id: string
    bot_id: string
    peer_id: number
    status: MessageStatus
    text: string
    silent: Flag
    name: string
    locale: Locale
    created_at_ms: number
    changed_at_ms: number
    sending_since_ms: number | null
    delivered_at_ms: number | null
    telegram_message_id: number | null
    attempt_count: WithDefault<number>
    call_count: WithDefault<number>
    parts_done: WithDefault<number>
    next_attempt_at_ms: WithDefault<number>
    error_code: DeliveryErrorCode | null
    error_detail: string | null
    possible_duplicate: WithDefault<Flag>
    change_seq: number
    turn: number
    priority: WithDefault<Priority>
    delivery: WithDefault<DeliveryMode>
    digest: WithDefault<DigestMode>
    expires_at_ms: number | null
    alone: WithDefault<Flag>
    rank: WithDefault<number>
    label: string | null
  }
  message_times: { slot: number; first_seq: number; last_seq: number }
  attempts: {
    message_seq: number
    number: number
    part: number
    started_at_ms: number
    finished_at_ms: number
    outcome: AttemptOutcome
    reason: string | null
    wait_ms: number | null
  }
  idempotency_keys: {
    scope: string
    user_id: string
    fingerprint: string
    message_id: string
    waiting_for: WaitingFor | null
    created_at_ms: number
  }
  account_events: {
    seq: number
    user_id: string
    type: AccountEventType
    at_ms: number
    /** JSON. */
    data: string
  }
  updates: {
    bot_id: string
    update_id: number
    handled: Flag
    failures: WithDefault<number>
    at_ms: number
  }
  activity: {
    minute_ms: number
    process_id: string
    accepted: number
    delivered: number
    failed: number
    uncertain: number
    expired: number
    throttled: number
    answered_ms: number | null
  }
  failure_counts: {
    hour_ms: number
    process_id: string
    bot_id: string
    code: DeliveryErrorCode
    count: number
    last_ms: number
  }
  clock_marks: { boot_id: string; now_ms: number; uptime_ms: number }
  update_claims: { bot_id: string; lane: string; claim: string; until_ms: number }
}

export type Row<T extends keyof Schema> = Selectable<Schema[T]>
export type NewRow<T extends keyof Schema> = Insertable<Schema[T]>

/** What a query that only reads needs. */
export interface Read {
  readonly db: Kysely<Schema>
  /** The rows of one statement. What is asked in the same breath goes one way to the database and back, in the order of asking. */
  readonly ask: <Row>(query: CompiledQuery<Row>) => Promise<Row[]>
  /** The moment at which the statement runs, by the clock of the database: the one that all processes on it share. */
  readonly databaseNowMs: RawBuilder<number>
  /** Whether a column has this text in it, ignoring case in every language, whatever the database was set up for. */
  readonly contains: (column: ReferenceExpression<Schema, 'messages'>, text: string) => RawBuilder<SqlBool>
}

/** What a query that writes needs: a transaction, and somewhere to say whose view of the world it changed, and whose rights. */
export interface Write extends Read {
  readonly db: Transaction<Schema>
  readonly changedUsers: Set<string>
  /** Accounts that changed, are gone, or whose API tokens are. */
  readonly changedAccounts: Set<string>
  /**
   * Runs statements whose results nobody reads, in order: before the next statement of this transaction or before its commit, whose
   * way to the database they share, and which rejects when one of them fails.
   */
  readonly runAll: (queries: readonly CompiledQuery[]) => Promise<void>
  /**
   * Waits until no other transaction that asked for the same is under way, and then keeps all others off until the end: what is read from
   * now on stays as it is. Changes of messages do so by themselves (`takeNumbers`). First of all, before a row is written, so that no two
   * transactions wait for each other. Costs nothing where writers are alone anyway.
   */
  readonly alone: () => Promise<void>
}

export function flag(value: boolean): Flag {
  return value ? 1 : 0
}
