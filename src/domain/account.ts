/** The languages in which we speak to people. */
export const LOCALES = ['en', 'ru'] as const
export type Locale = (typeof LOCALES)[number]

/** `operator` sees how the whole installation is doing; the first account on an empty database is one. */
export const ROLES = ['user', 'operator'] as const
export type Role = (typeof ROLES)[number]

export interface User {
  id: string
  /** As the person wrote it; unique ignoring case. */
  login: string
  /** How the person is addressed in every message. */
  name: string
  locale: Locale
  role: Role
  createdAtMs: number
  /** 1, 2, 3 … in order of registration; for interfaces whose ids are numbers. Never given twice. */
  number: number
  profile: Profile
}

/** What some interfaces keep of a person. Nothing of ours looks at it. */
export interface Profile {
  firstName?: string
  lastName?: string
  email?: string
}

/** One log-in. Its access token and its cookie name this row, so deleting the row ends both. */
export interface Session {
  id: string
  userId: string
  createdAtMs: number
  expiresAtMs: number
  /** When it last proved somebody, to the minute; the log-in counts. */
  lastSeenMs: number
  /** What logged in, as it named itself. Null when it did not. */
  userAgent: string | null
}

/** Of what a client says of itself, so many characters are kept: browsers say about 120. */
export const MOST_USER_AGENT_LENGTH = 200

/**
 * What an API token may do. `send`: post, cancel and resend messages. `read`: look at everything of the account.
 * `manage`: change the account, its chats, tokens and bots.
 */
export const SCOPES = ['send', 'read', 'manage'] as const
export type Scope = (typeof SCOPES)[number]

export interface ApiToken {
  id: string
  userId: string
  name: string
  scopes: readonly Scope[]
  /** The last four characters, so that a person can tell tokens apart. */
  hint: string
  createdAtMs: number
  expiresAtMs: number | null
  lastUsedAtMs: number | null
}

/** Who asks, as proven by a header or a cookie. */
export interface Principal {
  user: User
  via: 'session' | 'cookie' | 'token' | 'basic'
  scopes: readonly Scope[]
  /** Set when a session (access token or cookie) proved it. */
  sessionId?: string
}

/** Limits of the public contract; characters are Unicode code points. */
export const LOGIN_PATTERN = '^[A-Za-z0-9._@+-]{3,64}$'
export const PASSWORD_LENGTH = { min: 8, max: 256 } as const
export const NAME_LENGTH = { min: 1, max: 64 } as const

/**
 * For names that people see in a line of their own: at least one visible character, no control characters, no line breaks of any
 * kind, no lone surrogates. For regular expressions in `u` mode.
 */
export const NAME_PATTERN =
  '^(?=.*[^\\p{White_Space}\\p{Default_Ignorable_Code_Point}\\u2800])[^\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}]*$'

/** Logins are unique ignoring case, so they are compared by this key. ASCII only, by `LOGIN_PATTERN`. */
export function loginKey(login: string): string {
  return login.toLowerCase()
}
