/**
 * What went wrong with one call, free of HTTP and of Telegram's wording, sorted by whose fault it is. `reason` is one sentence that
 * a person understands; it never holds a token or a URL.
 */
export type Failure =
  /** Telegram said when to come back. Certainly not sent; costs no attempt. */
  | { kind: 'throttled'; retryAfterSeconds: number; reason: string }
  /** Certainly not sent, and not the message's fault: no connection, server refuses before it reads. */
  | { kind: 'temporary'; reason: string }
  /** Left, but no usable answer came: it may have arrived. */
  | { kind: 'unknown'; reason: string }
  /** This text will never be accepted. */
  | { kind: 'refused'; reason: string }
  /** This chat is closed to this bot until the person acts. `blocked`: the person did it, and may undo it. */
  | { kind: 'blocked'; reason: string; by: 'person' | 'telegram' }
  /** Our token is not accepted: every message of this bot would fail, so none may be lost. */
  | { kind: 'bot_rejected'; reason: string }
  /** The group became a supergroup: same chat, new id. */
  | { kind: 'migrated'; toTelegramChatId: number; reason: string }

/** What became of one call that sends something. */
export type SendResult = { ok: true; telegramMessageId: number } | { ok: false; failure: Failure }
