/**
 * Every refusal a caller can meet, in one table. A code is public API: it is never renamed and never reused.
 * `docs/errors.md` has one heading for each, and a test compares the two in both directions. `advice` is the `detail` of an occurrence
 * about which nothing more can be said.
 */
export const REFUSALS = {
  request_invalid: {
    status: 400,
    title: 'The request does not fit its schema.',
    advice: 'This is nothing that can be understood here; the documentation of the route says what can.',
  },
  credentials_invalid: {
    status: 401,
    title: 'The credentials are missing, wrong or no longer valid.',
    advice: 'Log in with `POST /v1/sessions`, or use an API token that is still good.',
  },
  scope_missing: {
    status: 403,
    title: 'These credentials do not have the right that this needs.',
    advice: 'Use a token with the scope that this needs.',
  },
  operator_only: {
    status: 403,
    title: 'Only operators of this installation may see this.',
    advice: 'Somebody with access to the machine makes an account an operator with `postrider user role`.',
  },
  cross_site_refused: {
    status: 403,
    title: 'A cookie alone does not authorise a write from another site.',
    advice: 'Call from a page of this server, or send an `Authorization` header.',
  },
  registration_closed: {
    status: 403,
    title: 'Registration is closed here; an operator adds users.',
    advice: 'Ask the operator, who adds accounts with `postrider user add`.',
  },
  bot_limit_reached: {
    status: 403,
    title: 'This account has as many bots as it may have.',
    advice: 'Delete a bot that is no longer needed; inactive ones count too.',
  },
  not_found: {
    status: 404,
    title: 'There is no such thing here, or it is not yours.',
    advice: 'Look at the path and the id; what belongs to another account looks as if it were not there.',
  },
  method_not_allowed: {
    status: 405,
    title: 'This path does not know that method.',
    advice: 'Look at the `Allow` header for those that it knows.',
  },
  login_taken: {
    status: 409,
    title: 'Somebody has this login already.',
    advice: 'Choose another login; upper and lower case make no difference.',
  },
  chat_not_linked: {
    status: 409,
    title: 'No Telegram chat is linked to this account yet; nothing was stored.',
    advice:
      'Make a code with `POST /v1/link-codes` and send it to the bot, or enter the bot’s code with `POST /v1/chats`.',
  },
  message_not_waiting: {
    status: 409,
    title: 'The message no longer waits, so it cannot be cancelled.',
    advice:
      'Look at its `status`: it is on its way, or has reached an end. A long text is on its way from its first part on.',
  },
  message_not_resendable: {
    status: 409,
    title: 'Only a failed or uncertain message can be sent again.',
    advice: 'Look at its `status`: it still waits, is on its way, arrived, or was taken back.',
  },
  bot_token_taken: {
    status: 409,
    title: 'This bot is in use here already.',
    advice: 'Delete the bot where it was added before, or make another one with @BotFather.',
  },
  body_too_large: {
    status: 413,
    title: 'The request body is too large.',
    advice: 'A body may have 512 KiB; a text may have 32768 characters.',
  },
  media_type_unsupported: {
    status: 415,
    title: 'This type of body is not read here.',
    advice:
      'Send JSON with `Content-Type: application/json`; a path that reads other types says so in the documentation.',
  },
  link_code_invalid: {
    status: 422,
    title: 'The code is wrong, used or expired.',
    advice: 'Get a new code: each works once, for a short time.',
  },
  bot_token_invalid: {
    status: 422,
    title: 'Telegram does not accept this bot token.',
    advice: 'Copy the token again from @BotFather; it may have been revoked.',
  },
  idempotency_conflict: {
    status: 422,
    title: 'This Idempotency-Key was used with a different request.',
    advice: 'Repeat a request unchanged to get its first answer, or take a new key for a new request.',
  },
  too_many_requests: {
    status: 429,
    title: 'Too many attempts; wait before the next one.',
    advice: '`Retry-After` says in how many seconds.',
  },
  queue_full: {
    status: 429,
    title: 'Too many messages of this account are waiting.',
    advice: 'Wait until some have arrived, or cancel those that no longer matter.',
  },
  internal: {
    status: 500,
    title: 'Something broke on our side; nothing is known about your request.',
    advice: 'Look whether it was done before trying again. The operator finds the cause in the log.',
  },
  telegram_unavailable: {
    status: 503,
    title: 'Telegram cannot be asked now. Nothing was stored; try again.',
    advice: 'It did not answer, or asks to wait.',
  },
  store_unavailable: {
    status: 503,
    title: 'The database cannot take it now. Nothing was stored; try again.',
    advice: 'A disk may be full or the database locked; what was accepted before is safe.',
  },
} as const satisfies Record<string, { status: number; title: string; advice: string }>

export type RefusalCode = keyof typeof REFUSALS

/** One thing that is wrong with a request: where (a JSON pointer such as `/body/text`) and what, in plain words. */
export interface RequestFault {
  where: string
  what: string
}

export interface RefusalDetails {
  /** One sentence about this occurrence; the catalogue's advice when absent. Safe to show: limits, field names; never secrets or message text. */
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
  readonly detail: string
  readonly errors: readonly RequestFault[] | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(code: RefusalCode, details: RefusalDetails = {}) {
    super(REFUSALS[code].title, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.detail = details.detail ?? REFUSALS[code].advice
    this.errors = details.errors
    this.retryAfterSeconds = details.retryAfterSeconds
  }
}
