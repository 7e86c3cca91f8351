import type { UpdateKind } from '../world/data.ts'

/** Every kind of update of Bot API 10.3, so that a name can be told from a typing mistake. */
const KINDS = {
  message: true,
  edited_message: true,
  channel_post: true,
  edited_channel_post: true,
  business_connection: true,
  business_message: true,
  edited_business_message: true,
  deleted_business_messages: true,
  guest_message: true,
  stopped_message_generation: true,
  message_reaction: true,
  message_reaction_count: true,
  inline_query: true,
  chosen_inline_result: true,
  callback_query: true,
  shipping_query: true,
  pre_checkout_query: true,
  purchased_paid_media: true,
  poll: true,
  poll_answer: true,
  my_chat_member: true,
  chat_member: true,
  chat_join_request: true,
  chat_boost: true,
  removed_chat_boost: true,
  managed_bot: true,
  subscription: true,
} as const satisfies Record<UpdateKind, true>

/**
 * The `allowed_updates` of a call: `keep` when absent or no array, `default` for an empty array or one without a known
 * name (Bot API server).
 */
export function readAllowedUpdates(raw: string): 'keep' | 'default' | UpdateKind[] {
  if (raw === '') return 'keep'
  let names: unknown
  try {
    names = JSON.parse(raw)
  } catch {
    return 'keep'
  }
  if (!Array.isArray(names)) return 'keep'
  const known = names.filter((name): name is UpdateKind => typeof name === 'string' && Object.hasOwn(KINDS, name))
  return known.length === 0 ? 'default' : known
}
