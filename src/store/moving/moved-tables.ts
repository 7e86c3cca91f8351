import type { Schema } from '../schema.ts'

/**
 * Who is at work on what, in processes that know nothing of the new place, and how the clock of this machine stood: it stays behind, and
 * so does `bots.process_id`.
 */
type LeftBehind = 'bot_processes' | 'clock_marks' | 'update_claims'
export type MovedTable = Exclude<keyof Schema, LeftBehind>

/** Every other table with the columns that tell its rows apart. What is referred to stands before what refers to it. */
const KEYS = {
  users: ['id'],
  sessions: ['id'],
  api_tokens: ['id'],
  bots: ['id'],
  peers: ['id'],
  chats: ['id'],
  account_codes: ['hash'],
  chat_codes: ['hash'],
  moves: ['hash'],
  counters: ['name'],
  messages: ['seq'],
  message_times: ['slot'],
  attempts: ['message_seq', 'number'],
  idempotency_keys: ['scope'],
  account_events: ['seq'],
  updates: ['bot_id', 'update_id'],
  activity: ['minute_ms', 'process_id'],
  failure_counts: ['hour_ms', 'process_id', 'bot_id', 'code'],
} as const satisfies { readonly [T in MovedTable]: readonly (keyof Schema[T])[] }

const LEFT_BEHIND = ['bot_processes', 'clock_marks', 'update_claims'] as const satisfies readonly LeftBehind[]

export const MOVED_TABLES = Object.keys(KEYS) as MovedTable[]

/** Every table that the migrations make. */
export function isOurTable(name: string): boolean {
  return [...MOVED_TABLES, ...LEFT_BEHIND, 'schema_versions'].some((one) => one === name)
}

export function isMovedTable(name: string): name is MovedTable {
  return Object.hasOwn(KEYS, name)
}

export function keyOf(table: MovedTable): readonly string[] {
  return KEYS[table]
}

/** Of a table's columns, those that are carried over. The others get their defaults. */
export function movedColumns(table: MovedTable, columns: readonly string[]): string[] {
  return columns.filter((column) => table !== 'bots' || column !== 'process_id')
}
