// Printed by `npm run docs` from docs/openapi.json: what the HTTP API takes and answers, in the shape that openapi-fetch reads.

export interface Api {
  paths: {
    '/v1/users': {
      post: {
        parameters: {}
        requestBody: {
          content: {
            'application/json': {
              /**
               * 3 to 64 characters, unique ignoring case.
               */
              login: string
              /**
               * Any characters of any script.
               */
              password: string
              /**
               * How the account is addressed in every message. One line, at least one visible character.
               */
              name: string
              /**
               * The language of what is sent.
               */
              locale?: 'en' | 'ru'
            }
          }
        }
        responses: {
          201: {
            content: {
              'application/json': User
            }
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
    }
    '/v1/me': {
      get: {
        parameters: {}
        responses: {
          200: {
            content: {
              'application/json': User
            }
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
      patch: {
        parameters: {}
        requestBody: {
          content: {
            /**
             * `password` needs `currentPassword`, and ends every session but the one that asks.
             */
            'application/json': {
              /**
               * How the account is addressed in every message. One line, at least one visible character.
               */
              name?: string
              /**
               * The language in which the account is written to.
               */
              locale?: 'en' | 'ru'
              /**
               * Any characters of any script.
               */
              password?: string
              currentPassword?: string
            }
          }
        }
        responses: {
          200: {
            content: {
              'application/json': User
            }
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
      delete: {
        parameters: {}
        requestBody: {
          content: {
            'application/json': {
              password: string
            }
          }
        }
        responses: {
          204: {
            content: never
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
    }
    '/v1/whoami': {
      get: {
        parameters: {}
        responses: {
          200: {
            content: {
              'application/json': WhoAmI
            }
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
    }
    '/v1/sessions': {
      post: {
        parameters: {}
        requestBody: {
          content: {
            'application/json': {
              login: string
              password: string
            }
          }
        }
        responses: {
          201: {
            content: {
              'application/json': Session
            }
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
      get: {
        parameters: {}
        responses: {
          200: {
            content: {
              'application/json': SessionList
            }
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
      delete: {
        parameters: {
          query?: {
            keepCurrent?: boolean
          }
        }
        responses: {
          204: {
            content: never
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
    }
    '/v1/sessions/current': {
      delete: {
        parameters: {}
        responses: {
          204: {
            content: never
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
    }
    '/v1/sessions/{id}': {
      delete: {
        parameters: {
          path: {
            id: string
          }
        }
        responses: {
          204: {
            content: never
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
    }
    '/v1/tokens': {
      get: {
        parameters: {}
        responses: {
          200: {
            content: {
              'application/json': ApiTokenList
            }
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
      post: {
        parameters: {}
        requestBody: {
          content: {
            'application/json': {
              /**
               * What it is for, so that you know it again.
               */
              name: string
              /**
               * `send`: post, cancel and resend messages. `read`: look at everything. `manage`: change the account, its chats and tokens.
               *
               * @minItems 1
               */
              scopes: ('send' | 'read' | 'manage')[]
              /**
               * In the future. None: it never expires.
               */
              expiresAt?: string | null
            }
          }
        }
        responses: {
          201: {
            content: {
              'application/json': NewApiToken
            }
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
    }
    '/v1/tokens/{id}': {
      delete: {
        parameters: {
          path: {
            id: string
          }
        }
        responses: {
          204: {
            content: never
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
    }
    '/v1/messages': {
      post: {
        parameters: {
          header?: {
            'idempotency-key'?: string
          }
        }
        requestBody: {
          content: {
            'application/json': {
              /**
               * Plain text, counted in Unicode code points. What does not fit one Telegram message arrives in parts.
               */
              text: string
              /**
               * One of the account's chats; its default one when absent.
               */
              chatId?: string
              /**
               * Arrives without a sound.
               */
              silent?: boolean
              /**
               * A higher one overtakes what waits for the same chat. Within a priority the order of acceptance holds.
               */
              priority?: number
              /**
               * When the outcome of a call is unknown: `at_least_once` sends it again, marked `possibleDuplicate`; `at_most_once` ends it as `uncertain`.
               */
              delivery?: 'at_least_once' | 'at_most_once'
              /**
               * When more waits for a chat than it can take in a minute, several messages travel in one Telegram message, each under its own heading; `never` keeps this one out of that.
               */
              digest?: 'when_behind' | 'never'
              /**
               * RFC 3339, in the future. A message that still waits then is not sent and ends as `expired`. Never, when absent or null.
               */
              expiresAt?: string | null
            }
          }
        }
        responses: {
          202: {
            content: {
              'application/json': Message
            }
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
      get: {
        parameters: {
          query?: {
            limit?: number
            cursor?: string
            status?: 'queued' | 'sending' | 'delivered' | 'failed' | 'uncertain' | 'cancelled' | 'expired'
            chatId?: string
            since?: string
            until?: string
            text?: string
            order?: 'desc' | 'asc'
          }
        }
        responses: {
          200: {
            content: {
              'application/json': MessagePage
            }
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
    }
    '/v1/messages/{id}': {
      get: {
        parameters: {
          path: {
            id: string
          }
        }
        responses: {
          200: {
            content: {
              'application/json': MessageWithAttempts
            }
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
      delete: {
        parameters: {
          path: {
            id: string
          }
        }
        responses: {
          204: {
            content: never
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
    }
    '/v1/messages/{id}/resend': {
      post: {
        parameters: {
          path: {
            id: string
          }
        }
        responses: {
          202: {
            content: {
              'application/json': Message
            }
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
    }
    '/v1/me/export': {
      get: {
        parameters: {}
        responses: {
          200: {
            content: {
              'application/json': AccountExport
            }
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
    }
    '/v1/statistics': {
      get: {
        parameters: {
          query?: {
            by?: 'hour' | 'day'
            utcOffset?: number
          }
        }
        responses: {
          200: {
            content: {
              'application/json': Statistics
            }
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
    }
    '/v1/events': {
      get: {
        parameters: {
          query?: {
            lastEventId?: string
          }
          header?: {
            'last-event-id'?: string
          }
        }
        responses: {
          200: {
            content: {
              'text/event-stream': string
            }
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
    }
    '/s/{token}': {
      post: {
        parameters: {
          path: {
            token: string
          }
          header?: {
            'idempotency-key'?: string
          }
        }
        requestBody: {
          content: {
            /**
             * One line break at its end is no part of it.
             */
            'text/plain': string
            'application/json': {
              /**
               * Plain text, counted in Unicode code points. What does not fit one Telegram message arrives in parts.
               */
              text: string
              /**
               * One of the account's chats; its default one when absent.
               */
              chatId?: string
              /**
               * Arrives without a sound.
               */
              silent?: boolean
              /**
               * A higher one overtakes what waits for the same chat. Within a priority the order of acceptance holds.
               */
              priority?: number
              /**
               * When the outcome of a call is unknown: `at_least_once` sends it again, marked `possibleDuplicate`; `at_most_once` ends it as `uncertain`.
               */
              delivery?: 'at_least_once' | 'at_most_once'
              /**
               * When more waits for a chat than it can take in a minute, several messages travel in one Telegram message, each under its own heading; `never` keeps this one out of that.
               */
              digest?: 'when_behind' | 'never'
              /**
               * RFC 3339, in the future. A message that still waits then is not sent and ends as `expired`. Never, when absent or null.
               */
              expiresAt?: string | null
            }
            'application/x-www-form-urlencoded': {
              /**
               * Plain text, counted in Unicode code points. What does not fit one Telegram message arrives in parts.
               */
              text: string
              /**
               * One of the account's chats; its default one when absent.
               */
              chatId?: string
              /**
               * Arrives without a sound.
               */
              silent?: boolean
              /**
               * A higher one overtakes what waits for the same chat. Within a priority the order of acceptance holds.
               */
              priority?: number
              /**
               * When the outcome of a call is unknown: `at_least_once` sends it again, marked `possibleDuplicate`; `at_most_once` ends it as `uncertain`.
               */
              delivery?: 'at_least_once' | 'at_most_once'
              /**
               * When more waits for a chat than it can take in a minute, several messages travel in one Telegram message, each under its own heading; `never` keeps this one out of that.
               */
              digest?: 'when_behind' | 'never'
              expiresAt?: string
            }
            'multipart/form-data': {
              /**
               * Plain text, counted in Unicode code points. What does not fit one Telegram message arrives in parts.
               */
              text: string
              /**
               * One of the account's chats; its default one when absent.
               */
              chatId?: string
              /**
               * Arrives without a sound.
               */
              silent?: boolean
              /**
               * A higher one overtakes what waits for the same chat. Within a priority the order of acceptance holds.
               */
              priority?: number
              /**
               * When the outcome of a call is unknown: `at_least_once` sends it again, marked `possibleDuplicate`; `at_most_once` ends it as `uncertain`.
               */
              delivery?: 'at_least_once' | 'at_most_once'
              /**
               * When more waits for a chat than it can take in a minute, several messages travel in one Telegram message, each under its own heading; `never` keeps this one out of that.
               */
              digest?: 'when_behind' | 'never'
              expiresAt?: string
            }
          }
        }
        responses: {
          202: {
            content: {
              'application/json': Message
            }
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
    }
    '/v1/chats': {
      post: {
        parameters: {}
        requestBody: {
          content: {
            'application/json': {
              /**
               * As the bot gave it to a chat. Case, blanks and dashes do not matter.
               */
              code: string
            }
          }
        }
        responses: {
          201: {
            content: {
              'application/json': Chat
            }
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
      get: {
        parameters: {}
        responses: {
          200: {
            content: {
              'application/json': ChatList
            }
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
    }
    '/v1/chats/{id}': {
      patch: {
        parameters: {
          path: {
            id: string
          }
        }
        requestBody: {
          content: {
            'application/json': {
              /**
               * What you call it; one line. Null takes the name away.
               */
              name?: string | null
              /**
               * `true` makes this chat the default one; to end it, make another chat the default.
               */
              isDefault?: boolean
            }
          }
        }
        responses: {
          200: {
            content: {
              'application/json': Chat
            }
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
      delete: {
        parameters: {
          path: {
            id: string
          }
        }
        responses: {
          204: {
            content: never
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
    }
    '/v1/link-codes': {
      post: {
        parameters: {}
        requestBody: {
          content: {
            'application/json': {
              /**
               * One of the account's own bots; else the shared bot.
               */
              botId?: string
            }
          }
        }
        responses: {
          201: {
            content: {
              'application/json': LinkCode
            }
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
    }
    '/v1/bots': {
      get: {
        parameters: {}
        responses: {
          200: {
            content: {
              'application/json': BotList
            }
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
      post: {
        parameters: {}
        requestBody: {
          content: {
            'application/json': {
              /**
               * As @BotFather gives it; blanks and line breaks around it do not count. It is stored encrypted, and never shown again.
               */
              token: string
              /**
               * What you call it; one line. A blank one is none.
               */
              title?: string | null
              /**
               * `false`: it neither hears nor sends, and what waits for it is held.
               */
              active?: boolean
              /**
               * It repeats every text to who said it.
               */
              echo?: boolean
              /**
               * A webhook that somebody else has set on the bot is removed, once. Without it, that is left alone and told as `conflict`.
               */
              takeOver?: boolean
            }
          }
        }
        responses: {
          201: {
            content: {
              'application/json': Bot
            }
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
    }
    '/v1/bots/{id}': {
      get: {
        parameters: {
          path: {
            id: string
          }
        }
        responses: {
          200: {
            content: {
              'application/json': Bot
            }
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
      patch: {
        parameters: {
          path: {
            id: string
          }
        }
        requestBody: {
          content: {
            'application/json': {
              /**
               * As @BotFather gives it; blanks and line breaks around it do not count. It is stored encrypted, and never shown again.
               */
              token?: string
              /**
               * What you call it; one line. A blank one is none.
               */
              title?: string | null
              /**
               * `false`: it neither hears nor sends, and what waits for it is held.
               */
              active?: boolean
              /**
               * It repeats every text to who said it.
               */
              echo?: boolean
              /**
               * A webhook that somebody else has set on the bot is removed, once. Without it, that is left alone and told as `conflict`.
               */
              takeOver?: boolean
            }
          }
        }
        responses: {
          200: {
            content: {
              'application/json': Bot
            }
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
      delete: {
        parameters: {
          path: {
            id: string
          }
        }
        responses: {
          204: {
            content: never
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
    }
    '/v1/operator/overview': {
      get: {
        parameters: {}
        responses: {
          200: {
            content: {
              'application/json': Overview
            }
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
    }
    '/v1/operator/users': {
      get: {
        parameters: {
          query?: {
            limit?: number
            cursor?: string
            search?: string
          }
        }
        responses: {
          200: {
            content: {
              'application/json': OperatorUserPage
            }
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
    }
    '/v1/operator/bots': {
      get: {
        parameters: {
          query?: {
            limit?: number
            cursor?: string
            state?: 'starting' | 'running' | 'idle' | 'rejected' | 'conflict' | 'unreachable'
            search?: string
          }
        }
        responses: {
          200: {
            content: {
              'application/json': OperatorBotPage
            }
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
    }
    '/v1/operator/activity': {
      get: {
        parameters: {
          query: {
            by: 'minute' | 'hour' | 'day'
            utcOffset?: number
          }
        }
        responses: {
          200: {
            content: {
              'application/json': Activity
            }
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
    }
    '/v1/operator/failures': {
      get: {
        parameters: {
          query?: {
            since?: string
          }
        }
        responses: {
          200: {
            content: {
              'application/json': Failures
            }
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
    }
    '/v1/sandbox': {
      get: {
        parameters: {}
        responses: {
          200: {
            content: {
              'application/json': Sandbox
            }
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
    }
    '/health/live': {
      get: {
        parameters: {}
        responses: {
          200: {
            content: {
              'application/json': {
                status: 'live'
              }
            }
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
    }
    '/health/ready': {
      get: {
        parameters: {}
        responses: {
          200: {
            content: {
              'application/json': {
                status: 'ready'
              }
            }
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
    }
    '/metrics': {
      get: {
        parameters: {}
        responses: {
          200: {
            content: {
              'text/plain': string
            }
          }
          default: {
            content: {
              'application/problem+json': Problem
            }
          }
        }
      }
    }
  }
  schemas: {
    User: User
    Problem: Problem
    WhoAmI: WhoAmI
    Session: Session
    SessionList: SessionList
    ApiTokenList: ApiTokenList
    ApiToken: ApiToken
    NewApiToken: NewApiToken
    Message: Message
    Cause: Cause
    MessagePage: MessagePage
    MessageWithAttempts: MessageWithAttempts
    AccountExport: AccountExport
    Chat: Chat
    Bot: Bot
    Statistics: Statistics
    ChatList: ChatList
    LinkCode: LinkCode
    BotList: BotList
    SharedBot: SharedBot
    Overview: Overview
    OperatorUserPage: OperatorUserPage
    OperatorBotPage: OperatorBotPage
    Activity: Activity
    Failures: Failures
    Sandbox: Sandbox
  }
}
export interface User {
  id: string
  login: string
  name: string
  /**
   * The language in which the account is written to.
   */
  locale: 'en' | 'ru'
  /**
   * An `operator` may also see how the whole installation is doing; the first account of all is one.
   */
  role: 'user' | 'operator'
  createdAt: string
}
/**
 * A refusal (RFC 9457, application/problem+json).
 */
export interface Problem {
  /**
   * Where this refusal is explained.
   */
  type: string
  /**
   * What happened, the same for each occurrence.
   */
  title: string
  /**
   * The HTTP status.
   */
  status: number
  /**
   * What to switch on. Never renamed, never reused.
   */
  code:
    | 'request_invalid'
    | 'credentials_invalid'
    | 'scope_missing'
    | 'operator_only'
    | 'cross_site_refused'
    | 'registration_closed'
    | 'bot_limit_reached'
    | 'not_found'
    | 'method_not_allowed'
    | 'login_taken'
    | 'chat_not_linked'
    | 'message_not_waiting'
    | 'message_not_resendable'
    | 'bot_token_taken'
    | 'body_too_large'
    | 'media_type_unsupported'
    | 'link_code_invalid'
    | 'bot_token_invalid'
    | 'idempotency_conflict'
    | 'too_many_requests'
    | 'queue_full'
    | 'internal'
    | 'telegram_unavailable'
    | 'store_unavailable'
  /**
   * One sentence about this occurrence, or what to do.
   */
  detail: string
  /**
   * Always with `request_invalid`: everything that is wrong, as far as it could be read. `/` is the whole request.
   */
  errors?: {
    /**
     * A JSON pointer such as `/body/text`.
     */
    where: string
    what: string
  }[]
}
export interface WhoAmI {
  user: User
  /**
   * What proved it.
   */
  via: 'session' | 'cookie' | 'token' | 'basic'
  /**
   * What these credentials may do.
   */
  scopes: ('send' | 'read' | 'manage')[]
}
export interface Session {
  /**
   * For `Authorization: Bearer`. It ends with the session.
   */
  accessToken: string
  tokenType: 'Bearer'
  expiresAt: string
  user: User
}
export interface SessionList {
  items: {
    id: string
    createdAt: string
    /**
     * To the minute.
     */
    lastSeenAt: string
    expiresAt: string
    /**
     * What logged in, as it named itself. Null: it did not.
     */
    userAgent: string | null
    /**
     * It is the session that asks.
     */
    current: boolean
  }[]
}
export interface ApiTokenList {
  items: ApiToken[]
}
export interface ApiToken {
  id: string
  name: string
  /**
   * `send`: post, cancel and resend messages. `read`: look at everything. `manage`: change the account, its chats and tokens.
   *
   * @minItems 1
   */
  scopes: ('send' | 'read' | 'manage')[]
  /**
   * The last four characters of the token.
   */
  hint: string
  createdAt: string
  /**
   * Null: it never expires.
   */
  expiresAt: string | null
  /**
   * To the minute. Null: not used yet.
   */
  lastUsedAt: string | null
}
export interface NewApiToken {
  id: string
  name: string
  /**
   * `send`: post, cancel and resend messages. `read`: look at everything. `manage`: change the account, its chats and tokens.
   *
   * @minItems 1
   */
  scopes: ('send' | 'read' | 'manage')[]
  /**
   * The last four characters of the token.
   */
  hint: string
  createdAt: string
  /**
   * Null: it never expires.
   */
  expiresAt: string | null
  /**
   * To the minute. Null: not used yet.
   */
  lastUsedAt: string | null
  /**
   * The token itself. It is shown here and never again.
   */
  token: string
}
export interface Message {
  id: string
  status: 'queued' | 'sending' | 'delivered' | 'failed' | 'uncertain' | 'cancelled' | 'expired'
  /**
   * The chat it goes to, also when it was the default one.
   */
  chatId: string
  text: string
  createdAt: string
  deliveredAt: string | null
  /**
   * Of the first part, when the text was split. Messages that travelled together share it.
   */
  telegramMessageId: number | null
  /**
   * Calls that count against the limit of attempts; `attempts` has all of them. Not counted: a call that brought a part of a long text but the last, that was told to wait, or that a stop or a switch of the bot cut short.
   */
  attemptCount: number
  /**
   * A queued message is not sent before then: the latest of what it, its chat and its bot wait for. Null when nothing of that is known, and always in the answer that accepts it.
   */
  nextAttemptAt: string | null
  /**
   * Why a queued message is not on its way yet.
   */
  waitingFor: ('pace' | 'retry' | 'bot_inactive' | 'bot_rejected') | null
  /**
   * Why it did not arrive, or may not have.
   */
  error: {
    code:
      | 'chat_blocked'
      | 'chat_unreachable'
      | 'chat_unlinked'
      | 'bot_deleted'
      | 'text_refused'
      | 'attempts_exhausted'
      | 'outcome_unknown'
      | 'expired'
    /**
     * One sentence that a person understands.
     */
    detail: string
    /**
     * The same for programs; null where there is no sentence, or one of an older version.
     */
    cause: Cause | null
  } | null
  /**
   * A call was cut off, so it was sent again: it may stand there twice.
   */
  possibleDuplicate: boolean
  /**
   * A higher one overtakes what waits for the same chat. Within a priority the order of acceptance holds.
   */
  priority: number
  /**
   * When the outcome of a call is unknown: `at_least_once` sends it again, marked `possibleDuplicate`; `at_most_once` ends it as `uncertain`.
   */
  delivery: 'at_least_once' | 'at_most_once'
  /**
   * When more waits for a chat than it can take in a minute, several messages travel in one Telegram message, each under its own heading; `never` keeps this one out of that.
   */
  digest: 'when_behind' | 'never'
  /**
   * When it is of no use any more; it then ends as `expired` if it still waits.
   */
  expiresAt: string | null
}
/**
 * A reason for programs, such as one that tells it in another language.
 */
export interface Cause {
  /**
   * Which sentence it is. There may be more of them in later versions.
   */
  code:
    | 'chat_blocked'
    | 'chat_unreachable'
    | 'chat_unlinked'
    | 'bot_deleted'
    | 'text_refused'
    | 'attempts_exhausted'
    | 'outcome_unknown'
    | 'expired'
    | 'expired_perhaps_arrived'
    | 'chat_unlinked_on_the_way'
    | 'bot_deleted_on_the_way'
    | 'told_to_wait'
    | 'became_supergroup'
    | 'became_unknown_supergroup'
    | 'perhaps_in_part'
    | 'logged_out'
    | 'bot_frozen'
    | 'api_id_invalid'
    | 'method_unknown'
    | 'blocked_by_person'
    | 'removed_from_chat'
    | 'removed_or_silenced'
    | 'no_member'
    | 'account_deleted'
    | 'group_deleted'
    | 'never_started'
    | 'chat_of_a_bot'
    | 'chat_unknown'
    | 'right_missing'
    | 'writing_forbidden'
    | 'topic_closed'
    | 'token_refused'
    | 'token_unknown'
    | 'token_lost'
    | 'bot_not_served'
    | 'chat_forbidden'
    | 'chat_forbidden_saying'
    | 'not_just_now'
    | 'not_just_now_saying'
    | 'telegram_error'
    | 'message_refused'
    | 'message_refused_saying'
    | 'answer_senseless'
    | 'too_large'
    | 'no_bot_api'
    | 'not_telegram'
    | 'servers_in_trouble'
    | 'answer_unreadable'
    | 'cut_after_leaving'
    | 'no_answer_in_time'
    | 'connection_broke'
    | 'connection_broke_by'
    | 'cut_before_leaving'
    | 'no_connection_in_time'
    | 'no_connection'
    | 'name_not_found'
    | 'name_not_looked_up'
    | 'nothing_answers'
    | 'no_way'
    | 'no_network'
    | 'certificate_expired'
    | 'certificate_untrusted'
    | 'certificate_of_another'
    | 'stopped_before_turn'
    | 'may_not_serve'
    | 'database_failed'
    | 'failed_during_call'
    | 'program_stopped'
    | 'end_not_written'
    | 'bot_deleted_meanwhile'
    | 'telegram_silent'
    | 'telegram_answers'
    | 'telegram_answers_otherwise'
    | 'told_to_rest'
    | 'told_to_begin_later'
    | 'waits_to_begin'
    | 'polled_elsewhere'
    | 'foreign_webhook'
    | 'foreign_webhook_at'
    | 'other_key'
    | 'updates_stuck'
    | 'updates_stuck_saying'
    | 'address_refused'
    | 'nobody_serves'
    | 'not_heard_yet'
    | 'no_process'
  /**
   * What was filled into it: `said` in the words of Telegram or whoever said it, `status` (HTTP), `error`, `seconds`, `count`, `host`.
   */
  values: {
    [k: string]: string
  }
}
export interface MessagePage {
  items: Message[]
  /**
   * For the next page; null on the last one.
   */
  nextCursor: string | null
}
export interface MessageWithAttempts {
  id: string
  status: 'queued' | 'sending' | 'delivered' | 'failed' | 'uncertain' | 'cancelled' | 'expired'
  /**
   * The chat it goes to, also when it was the default one.
   */
  chatId: string
  text: string
  createdAt: string
  deliveredAt: string | null
  /**
   * Of the first part, when the text was split. Messages that travelled together share it.
   */
  telegramMessageId: number | null
  /**
   * Calls that count against the limit of attempts; `attempts` has all of them. Not counted: a call that brought a part of a long text but the last, that was told to wait, or that a stop or a switch of the bot cut short.
   */
  attemptCount: number
  /**
   * A queued message is not sent before then: the latest of what it, its chat and its bot wait for. Null when nothing of that is known, and always in the answer that accepts it.
   */
  nextAttemptAt: string | null
  /**
   * Why a queued message is not on its way yet.
   */
  waitingFor: ('pace' | 'retry' | 'bot_inactive' | 'bot_rejected') | null
  /**
   * Why it did not arrive, or may not have.
   */
  error: {
    code:
      | 'chat_blocked'
      | 'chat_unreachable'
      | 'chat_unlinked'
      | 'bot_deleted'
      | 'text_refused'
      | 'attempts_exhausted'
      | 'outcome_unknown'
      | 'expired'
    /**
     * One sentence that a person understands.
     */
    detail: string
    /**
     * The same for programs; null where there is no sentence, or one of an older version.
     */
    cause: Cause | null
  } | null
  /**
   * A call was cut off, so it was sent again: it may stand there twice.
   */
  possibleDuplicate: boolean
  /**
   * A higher one overtakes what waits for the same chat. Within a priority the order of acceptance holds.
   */
  priority: number
  /**
   * When the outcome of a call is unknown: `at_least_once` sends it again, marked `possibleDuplicate`; `at_most_once` ends it as `uncertain`.
   */
  delivery: 'at_least_once' | 'at_most_once'
  /**
   * When more waits for a chat than it can take in a minute, several messages travel in one Telegram message, each under its own heading; `never` keeps this one out of that.
   */
  digest: 'when_behind' | 'never'
  /**
   * When it is of no use any more; it then ends as `expired` if it still waits.
   */
  expiresAt: string | null
  /**
   * While it is `sending`: when the call that is under way left. How it ends becomes an entry of `attempts`.
   */
  sendingSince: string | null
  /**
   * When it came to its end: was delivered, failed, expired, was taken back, or was given up as uncertain. Null while it waits or is on its way.
   */
  endedAt: string | null
  /**
   * Somebody asked for it to be sent again after it had failed.
   */
  resent: boolean
  /**
   * Each call to Telegram that has ended, oldest first.
   */
  attempts: {
    number: number
    /**
     * Which part of a split text.
     */
    part: number
    startedAt: string
    finishedAt: string
    outcome: 'delivered' | 'throttled' | 'temporary' | 'unknown' | 'refused' | 'blocked' | 'bot_rejected' | 'migrated'
    /**
     * In plain words; null when delivered.
     */
    reason: string | null
    /**
     * The same for programs; null where there is no sentence, or one of an older version.
     */
    cause: Cause | null
    /**
     * Milliseconds until the next call, because of this one; null when none follows, or nobody knows when.
     */
    waitMs: number | null
  }[]
}
export interface AccountExport {
  account: User
  chats: Chat[]
  bots: Bot[]
  tokens: ApiToken[]
  sessions: {
    id: string
    createdAt: string
    /**
     * To the minute.
     */
    lastSeenAt: string
    expiresAt: string
    /**
     * What logged in, as it named itself. Null: it did not.
     */
    userAgent: string | null
    /**
     * It is the session that asks.
     */
    current: boolean
  }[]
  /**
   * All of them, in order of acceptance.
   */
  messages: MessageWithAttempts[]
}
export interface Chat {
  id: string
  /**
   * The bot through which the chat is linked.
   */
  botId: string
  type: 'private' | 'group' | 'supergroup' | 'channel'
  /**
   * Of a private chat: the name of the person in Telegram.
   */
  title: string | null
  /**
   * In Telegram, without `@`.
   */
  username: string | null
  /**
   * What you call it. Telegram never sees it.
   */
  name: string | null
  /**
   * `blocked`: the person blocked the bot, or the group removed it. Active again when they return.
   */
  status: 'active' | 'blocked'
  /**
   * Gets the messages that name no chat.
   */
  isDefault: boolean
  linkedAt: string
}
export interface Bot {
  id: string
  /**
   * In Telegram, without `@`.
   */
  username: string
  /**
   * In Telegram.
   */
  name: string
  /**
   * What you call it.
   */
  title: string | null
  active: boolean
  /**
   * It repeats what it is told.
   */
  echo: boolean
  /**
   * It shall take the bot over from a webhook that somebody else has set, and has not yet; `false` again when that is done, or the bot runs and there was none.
   */
  takeOver: boolean
  /**
   * What its connection to Telegram is doing:
   *
   * - `starting`: it was switched on, and nobody serves it yet.
   * - `running`: it hears and sends.
   * - `idle`: it is not active. What waits for it is held.
   * - `rejected`: Telegram does not accept its token any more. What waits is held until there is a new one.
   * - `conflict`: somebody else has set a webhook, and it hears nothing until that is removed, as `takeOver` does; or somebody else polls it,
   *   and it hears only some of what is said until they stop. `stateReason` says which. It sends meanwhile.
   * - `unreachable`: Telegram does not answer. It goes on by itself.
   */
  state: 'starting' | 'running' | 'idle' | 'rejected' | 'conflict' | 'unreachable'
  /**
   * Why, in plain words, where there is something to say.
   */
  stateReason: string | null
  /**
   * The same for programs; null where there is no sentence, or one of an older version.
   */
  stateCause: Cause | null
  stateSince: string
  /**
   * Messages that wait for it, held or for their turn. Counted up to 100000.
   */
  waiting: number
  /**
   * The last four characters of its token.
   */
  tokenHint: string
  createdAt: string
}
export interface Statistics {
  by: 'hour' | 'day'
  /**
   * Every hour or day of the time, oldest first; the last one is still under way.
   */
  buckets: {
    start: string
    /**
     * All of them; the others add up to this.
     */
    accepted: number
    delivered: number
    failed: number
    uncertain: number
    expired: number
    cancelled: number
    /**
     * Queued or being sent.
     */
    waiting: number
  }[]
  total: {
    /**
     * All of them; the others add up to this.
     */
    accepted: number
    delivered: number
    failed: number
    uncertain: number
    expired: number
    cancelled: number
    /**
     * Queued or being sent.
     */
    waiting: number
  }
  /**
   * Queued or being sent, whenever they were accepted. Counted up to 100000.
   */
  waitingNow: number
  /**
   * When the first of those was accepted.
   */
  oldestWaitingAt: string | null
  /**
   * From acceptance to delivery: half of the messages took no longer than `p50Ms`, 95 of 100 no longer than `p95Ms`.
   */
  deliveryTime: {
    count: number
    /**
     * In milliseconds, rounded down to the first two digits; null when nothing was delivered.
     */
    p50Ms: number | null
    /**
     * In milliseconds, rounded down to the first two digits; null when nothing was delivered.
     */
    p95Ms: number | null
  }
}
export interface ChatList {
  items: Chat[]
}
export interface LinkCode {
  /**
   * Send it to the bot from the chat that shall get the messages. Works once.
   */
  code: string
  /**
   * Opens the bot in Telegram and sends the code.
   */
  deepLink: string
  /**
   * Without `@`.
   */
  botUsername: string
  expiresAt: string
}
export interface BotList {
  items: Bot[]
  /**
   * How many bots an account may have here; inactive ones count.
   */
  limit: number
  /**
   * The bot of this installation, through which everybody may link chats.
   */
  shared: SharedBot | null
}
export interface SharedBot {
  id: string
  /**
   * In Telegram, without `@`.
   */
  username: string
  /**
   * In Telegram.
   */
  name: string
  /**
   * As of your own bots.
   */
  state: 'starting' | 'running' | 'idle' | 'rejected' | 'conflict' | 'unreachable'
  stateReason: string | null
  /**
   * The same for programs; null where there is no sentence, or one of an older version.
   */
  stateCause: Cause | null
}
export interface Overview {
  /**
   * Of the process that answers.
   */
  version: string
  /**
   * Of the process that answers.
   */
  startedAt: string
  database: {
    engine: 'sqlite' | 'postgres'
    /**
     * It answers, and would take in what is new.
     */
    ok: boolean
    /**
     * How long it took to say so.
     */
    latencyMs: number
    /**
     * Null: it does not say.
     */
    sizeBytes: number | null
  }
  telegram: {
    isSandbox: boolean
    /**
     * Its host.
     */
    apiRoot: string
    /**
     * It answers to at least one of the bots that are served.
     */
    ok: boolean
    /**
     * Why not, in plain words.
     */
    reason: string | null
    /**
     * The same for programs; null where there is no sentence, or one of an older version.
     */
    cause: Cause | null
    /**
     * When it last answered to the process that answers here, or to a message that another one sent, which is told within a minute. Null: not this month.
     */
    lastAnswerAt: string | null
  }
  /**
   * Those that serve bots, and how many.
   */
  processes: {
    id: string
    bots: number
  }[]
  counts: {
    users: number
    /**
     * With the shared one.
     */
    bots: number
    botsRunning: number
    /**
     * That are linked.
     */
    chats: number
    /**
     * Messages that wait.
     */
    waiting: number
    /**
     * When the oldest of them was accepted.
     */
    oldestWaitingAt: string | null
  }
}
export interface OperatorUserPage {
  items: {
    id: string
    login: string
    name: string
    role: 'user' | 'operator'
    createdAt: string
    /**
     * Of their own.
     */
    bots: number
    chats: number
    /**
     * Messages that wait.
     */
    waiting: number
  }[]
  /**
   * Null on the last page.
   */
  nextCursor: string | null
}
export interface OperatorBotPage {
  items: {
    id: string
    /**
     * In Telegram, without `@`.
     */
    username: string
    /**
     * What its owner calls it.
     */
    title: string | null
    /**
     * Null: it is the shared one.
     */
    owner: {
      id: string
      login: string
    } | null
    active: boolean
    /**
     * As in `Bot`.
     */
    state: 'starting' | 'running' | 'idle' | 'rejected' | 'conflict' | 'unreachable'
    stateReason: string | null
    /**
     * The same for programs; null where there is no sentence, or one of an older version.
     */
    stateCause: Cause | null
    stateSince: string
    /**
     * Messages that wait for it.
     */
    waiting: number
    /**
     * When the oldest of them was accepted.
     */
    oldestWaitingAt: string | null
  }[]
  /**
   * Null on the last page.
   */
  nextCursor: string | null
}
export interface Activity {
  /**
   * All of them, oldest first; the last one is that of now.
   */
  buckets: {
    start: string
    accepted: number
    delivered: number
    failed: number
    uncertain: number
    expired: number
    /**
     * Answers 429 of Telegram.
     */
    throttled: number
  }[]
}
export interface Failures {
  /**
   * The beginning of the first hour that is counted.
   */
  since: string
  /**
   * Most first.
   */
  items: {
    /**
     * The `code` of the messages’ `error`.
     */
    reason:
      | 'chat_blocked'
      | 'chat_unreachable'
      | 'chat_unlinked'
      | 'bot_deleted'
      | 'text_refused'
      | 'attempts_exhausted'
      | 'outcome_unknown'
      | 'expired'
    count: number
    lastAt: string
    /**
     * The ids of those of which most were, at most five. Some may be deleted by now.
     *
     * @maxItems 5
     */
    bots: string[]
  }[]
}
export interface Sandbox {
  /**
   * The page with the phone, for a frame. Add `&lang=en` or `ru` and `&theme=light`, `dark` or `auto`.
   */
  phoneUrl: string
  person: {
    /**
     * The person's number in the sandbox, which is that of their private chats.
     */
    id: number
    firstName: string
    /**
     * Such as `en` or `ru`.
     */
    languageCode: string
  }
  bot: {
    /**
     * Of the shared bot, without `@`.
     */
    username: string
  }
}

export type paths = Api['paths']
export type Schemas = Api['schemas']
