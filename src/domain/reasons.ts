import { DELIVERY_ERRORS } from './message.ts'

/**
 * Every sentence in which this program says why a call, a message or a bot is not well, by its code. The codes are public API: whoever
 * tells people in another language has a sentence for each. In braces stands what differs from time to time: `said` in the words of
 * whoever said it, mostly Telegram, `status` an HTTP status, `error` a code of the operating system or of TLS.
 */
export const REASONS = {
  ...DELIVERY_ERRORS,
  expired_perhaps_arrived:
    'Its time was over before it was sent again. An earlier call was cut off, so it may have arrived.',
  chat_unlinked_on_the_way: 'The chat was unlinked from the account while the message was on its way.',
  bot_deleted_on_the_way: 'The bot was deleted while the message was on its way.',

  // What Telegram answered.
  told_to_wait: 'Telegram asked us to wait {seconds} s.',
  became_supergroup: 'The group became a supergroup.',
  became_unknown_supergroup: 'The group became a supergroup, and Telegram does not say which one.',
  perhaps_in_part: 'Only a part may have been sent.',
  logged_out: 'The bot was logged out of this Bot API server.',
  bot_frozen: 'Telegram froze the bot.',
  api_id_invalid: 'The Bot API server has no valid api-id and api-hash.',
  method_unknown: 'The Bot API server does not know this method.',
  blocked_by_person: 'The person blocked the bot.',
  removed_from_chat: 'The bot was removed from the chat.',
  removed_or_silenced: 'The bot was removed from the chat, or may not write there.',
  no_member: 'The bot is not a member of the chat.',
  account_deleted: 'The Telegram account was deleted.',
  group_deleted: 'The group was deleted.',
  never_started: 'The person has not pressed Start in the chat with the bot.',
  chat_of_a_bot: 'The chat is that of another bot.',
  chat_unknown: 'Telegram does not know this chat, or the bot never met it.',
  right_missing: 'The bot lacks the right to write in the chat.',
  writing_forbidden: 'The bot may not write in the chat.',
  topic_closed: 'The topic of the chat is closed or gone.',
  token_refused: 'Telegram does not accept the bot token.',
  token_unknown: 'Telegram does not know this bot token.',
  token_lost:
    'Its token cannot be decrypted here any more, because the secret key of this installation was changed: enter the token again.',
  bot_not_served: 'The Bot API server does not serve this bot.',
  chat_forbidden: 'Telegram does not let the bot write to the chat.',
  chat_forbidden_saying: 'Telegram does not let the bot write to the chat: "{said}".',
  not_just_now: 'Telegram could not take the message just now.',
  not_just_now_saying: 'Telegram could not take the message just now: "{said}".',
  telegram_error: 'Telegram had an error of its own ({status}); it may have sent the message.',
  message_refused: 'Telegram refused the message.',
  message_refused_saying: 'Telegram refused the message: "{said}".',
  answer_senseless: 'Telegram gave an answer that makes no sense; it may have sent the message.',

  // What something else answered.
  too_large: 'The message is too large for Telegram.',
  no_bot_api: 'There is no Bot API for this bot at the configured address (HTTP {status}).',
  not_telegram: 'Something other than Telegram answered (HTTP {status}).',
  servers_in_trouble: "Telegram's servers have trouble (HTTP {status}); it may have sent the message.",
  answer_unreadable: 'The answer could not be read; Telegram may have sent the message.',

  // No answer to a call that had left.
  cut_after_leaving: 'The call was cut short by us while Telegram worked on it; the message may have arrived.',
  no_answer_in_time: 'Telegram gave no answer in time; the message may have arrived.',
  connection_broke: 'The connection broke before Telegram answered; the message may have arrived.',
  connection_broke_by: 'The connection broke before Telegram answered ({error}); the message may have arrived.',

  // A call that never left.
  cut_before_leaving: 'The call was cut short by us before it left.',
  no_connection_in_time: 'No connection to Telegram in time.',
  no_connection: 'No connection to Telegram ({error}).',
  name_not_found: "The name of Telegram's server was not found.",
  name_not_looked_up: "The name of Telegram's server could not be looked up just now.",
  nothing_answers: "Nothing answers at the address of Telegram's server.",
  no_way: "There is no way to Telegram's server from here.",
  no_network: 'There is no network.',
  certificate_expired: "The certificate of Telegram's server has expired.",
  certificate_untrusted: "The certificate of Telegram's server is not trusted here.",
  certificate_of_another: "The certificate of Telegram's server is for another name.",
  stopped_before_turn: 'The bot was stopped before its turn came; nothing was sent.',
  may_not_serve: 'This process may not serve the bot any more; nothing was sent.',
  database_failed: 'Our database failed before the call; nothing was sent.',

  // What became of a call is not known.
  failed_during_call: 'We failed during the call; it may have arrived.',
  program_stopped: 'The program stopped while the call was under way.',
  end_not_written: 'How the call ended could not be written down.',
  bot_deleted_meanwhile: 'The bot was deleted while the call was under way.',

  // Of a bot.
  telegram_silent: 'Telegram does not answer.',
  telegram_answers: 'Telegram answers HTTP {status}.',
  telegram_answers_otherwise: 'Telegram answers HTTP {status}, but not as a Bot API does.',
  told_to_rest: 'Telegram asks to wait {seconds} s.',
  told_to_begin_later: 'Telegram asks to wait {seconds} s before this bot may begin.',
  waits_to_begin:
    'Many bots begin at once, and Telegram lets only some of them begin each minute. This one waits for its turn.',
  polled_elsewhere:
    'Another program asks Telegram for the updates of this bot, too, so each gets only some of them. Stop the other one. Sending goes on.',
  foreign_webhook:
    'A webhook of another program is set for this bot, so Telegram gives its updates only there. Remove it with deleteWebhook, or take over from it. Sending goes on.',
  foreign_webhook_at:
    'A webhook of another program, at {host}, is set for this bot, so Telegram gives its updates only there. Remove it with deleteWebhook, or take over from it, and this program sets its own. Sending goes on.',
  other_key:
    'A process with another SECRET_KEY or PUBLIC_URL has set the webhook of this bot for itself. Give all processes the same, and start them again. Sending goes on.',
  updates_stuck:
    'Telegram cannot deliver updates to PUBLIC_URL (it does not say why); {count} wait there. Sending goes on.',
  updates_stuck_saying: 'Telegram cannot deliver updates to PUBLIC_URL ({said}); {count} wait there. Sending goes on.',
  address_refused: 'Telegram does not take PUBLIC_URL for a webhook ({said}). Sending goes on.',
  nobody_serves: 'No process serves this bot just now. It goes on as soon as one does.',

  // Of the whole installation.
  not_heard_yet: 'No bot has heard of it yet.',
  no_process: 'No process serves a bot just now.',
} as const

export type ReasonCode = keyof typeof REASONS
export const REASON_CODES = Object.keys(REASONS) as ReasonCode[]

type Blanks<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Blanks<Rest> : never
type Values<Code extends ReasonCode> = Readonly<Record<Blanks<(typeof REASONS)[Code]>, string | number>>
type Given<Code extends ReasonCode> = [Blanks<(typeof REASONS)[Code]>] extends [never] ? [] : [values: Values<Code>]

/** The sentence of a reason, as people read it and as it is stored. `readReason` finds the code of it again. */
export function inWords<Code extends ReasonCode>(code: Code, ...[given]: Given<Code>): string {
  const values: Readonly<Record<string, string | number>> = given ?? {}
  return REASONS[code].replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name]))
}
