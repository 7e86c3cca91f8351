/**
 * Every refusal a caller can meet, in one table. A code is public API: it is never renamed and never reused.
 * `docs/errors.md` has one heading for each, and a test compares the two in both directions.
 */
export const REFUSALS = {
  request_invalid: { status: 400, title: 'The request does not fit its schema.' },
  credentials_invalid: { status: 401, title: 'The credentials are missing, wrong or no longer valid.' },
  scope_missing: { status: 403, title: 'These credentials do not have the right that this needs.' },
  cross_site_refused: { status: 403, title: 'A cookie alone does not authorise a write from another site.' },
  registration_closed: { status: 403, title: 'Registration is closed here; an operator adds users.' },
  bot_limit_reached: { status: 403, title: 'This account has as many bots as it may have.' },
  not_found: { status: 404, title: 'There is no such thing here, or it is not yours.' },
  method_not_allowed: { status: 405, title: 'This path does not know that method.' },
  login_taken: { status: 409, title: 'Somebody has this login already.' },
  chat_not_linked: { status: 409, title: 'No Telegram chat is linked to this account yet; nothing was stored.' },
  message_not_waiting: { status: 409, title: 'The message no longer waits, so it cannot be cancelled.' },
  message_not_resendable: { status: 409, title: 'Only a failed or uncertain message can be sent again.' },
  bot_token_taken: { status: 409, title: 'This bot belongs to an account already.' },
  body_too_large: { status: 413, title: 'The request body is too large.' },
  media_type_unsupported: { status: 415, title: 'Send JSON: Content-Type: application/json.' },
  link_code_invalid: { status: 422, title: 'The code is wrong, used or expired.' },
  bot_token_invalid: { status: 422, title: 'Telegram does not accept this bot token.' },
  idempotency_conflict: { status: 422, title: 'This Idempotency-Key was used with a different request.' },
  too_many_requests: { status: 429, title: 'Too many attempts; wait before the next one.' },
  queue_full: { status: 429, title: 'Too many messages of this account are waiting.' },
  internal: { status: 500, title: 'Something broke on our side; nothing is known about your request.' },
  store_unavailable: { status: 503, title: 'The database cannot take it now. Nothing was stored; try again.' },
} as const satisfies Record<string, { status: number; title: string }>

export type RefusalCode = keyof typeof REFUSALS

/** One thing that is wrong with a request: where (a JSON pointer such as `/body/text`) and what, in plain words. */
export interface RequestFault {
  where: string
  what: string
}

export interface RefusalDetails {
  /** One sentence about this occurrence. Safe to show: limits, field names; never secrets or message text. */
  detail?: string
  errors?: readonly RequestFault[]
  /** Seconds until it makes sense to try again; sent as `Retry-After`. */
  retryAfterSeconds?: number
  cause?: unknown
}

/** A refusal that we chose. Anything else that is thrown is a bug or a broken dependency. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: RefusalCode
  readonly detail: string | undefined
  readonly errors: readonly RequestFault[] | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(code: RefusalCode, details: RefusalDetails = {}) {
    super(REFUSALS[code].title, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.detail = details.detail
    this.errors = details.errors
    this.retryAfterSeconds = details.retryAfterSeconds
  }
}
