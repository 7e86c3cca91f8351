import { type Static, Type } from 'typebox'
import {
  type ApiToken,
  LOCALES,
  LOGIN_PATTERN,
  MOST_USER_AGENT_LENGTH,
  NAME_LENGTH,
  NAME_PATTERN,
  PASSWORD_LENGTH,
  ROLES,
  SCOPES,
  type User,
} from '../../domain/account.ts'
import type { ListedSession } from '../../usecases/list-sessions.ts'
import type { LoggedIn } from '../../usecases/log-in.ts'
import { nullable, referTo, WireTime, wireTime, wireTimeOrNull } from '../wire.ts'

const USER_EXAMPLE = {
  id: 'usr_01kdvtd8000123456789abcdef',
  login: 'ann',
  name: 'Ann',
  locale: 'en',
  role: 'user',
  createdAt: '2026-01-01T00:00:00.000Z',
} as const
const PASSWORD_EXAMPLE = 'correct horse battery staple'
const ACCESS_TOKEN_EXAMPLE = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ1c3JfMDFr…'

const Locale = Type.Enum([...LOCALES], { description: 'The language in which the account is written to.' })
const Role = Type.Enum([...ROLES], {
  description: 'An `operator` may also see how the whole installation is doing; the first account of all is one.',
})
const Scopes = Type.Array(Type.Enum([...SCOPES]), {
  minItems: 1,
  uniqueItems: true,
  description:
    '`send`: post, cancel and resend messages. `read`: look at everything. `manage`: change the account, its chats and tokens.',
})
const Name = Type.String({
  minLength: NAME_LENGTH.min,
  maxLength: NAME_LENGTH.max,
  pattern: NAME_PATTERN,
  description: 'How the account is addressed in every message. One line, at least one visible character.',
})
const NewPassword = Type.String({
  minLength: PASSWORD_LENGTH.min,
  maxLength: PASSWORD_LENGTH.max,
  format: 'password',
  description: 'Any characters of any script.',
})
/** One that may be wrong, bounded only where nobody's can be. */
const ClaimedPassword = Type.String({ maxLength: PASSWORD_LENGTH.max, format: 'password' })

export const UserSchema = Type.Object(
  { id: Type.String(), login: Type.String(), name: Type.String(), locale: Locale, role: Role, createdAt: WireTime },
  { $id: 'User', title: 'User', examples: [USER_EXAMPLE] },
)

export const SessionSchema = Type.Object(
  {
    accessToken: Type.String({ description: 'For `Authorization: Bearer`. It ends with the session.' }),
    tokenType: Type.Literal('Bearer'),
    expiresAt: WireTime,
    user: referTo(UserSchema),
  },
  {
    $id: 'Session',
    title: 'Session',
    examples: [
      {
        accessToken: ACCESS_TOKEN_EXAMPLE,
        tokenType: 'Bearer',
        expiresAt: '2026-01-02T00:00:00.000Z',
        user: USER_EXAMPLE,
      },
    ],
  },
)

const SESSION_EXAMPLE = {
  id: 'ses_01kdvtd8000123456789abcdef',
  createdAt: '2026-01-01T00:00:00.000Z',
  lastSeenAt: '2026-01-01T00:07:00.000Z',
  expiresAt: '2026-01-02T00:00:00.000Z',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  current: true,
}

export const SessionListSchema = Type.Object(
  {
    items: Type.Array(
      Type.Object({
        id: Type.String(),
        createdAt: WireTime,
        lastSeenAt: Type.String({ format: 'date-time', description: 'To the minute.' }),
        expiresAt: WireTime,
        userAgent: nullable(Type.String({ maxLength: MOST_USER_AGENT_LENGTH }), {
          description: 'What logged in, as it named itself. Null: it did not.',
        }),
        current: Type.Boolean({ description: 'It is the session that asks.' }),
      }),
    ),
  },
  { $id: 'SessionList', title: 'SessionList', examples: [{ items: [SESSION_EXAMPLE] }] },
)

const TOKEN_EXAMPLE = {
  id: 'tok_01kdvtd8000123456789abcdef',
  name: 'Backup script',
  scopes: ['send'],
  hint: 'x8f2',
  createdAt: '2026-01-01T00:00:00.000Z',
  expiresAt: null,
  lastUsedAt: null,
}
const TOKEN_FIELDS = {
  id: Type.String(),
  name: Type.String(),
  scopes: Scopes,
  hint: Type.String({ description: 'The last four characters of the token.' }),
  createdAt: WireTime,
  expiresAt: nullable(WireTime, { description: 'Null: it never expires.' }),
  lastUsedAt: nullable(WireTime, { description: 'To the minute. Null: not used yet.' }),
}

export const ApiTokenSchema = Type.Object(TOKEN_FIELDS, {
  $id: 'ApiToken',
  title: 'ApiToken',
  examples: [TOKEN_EXAMPLE],
})

export const ApiTokenListSchema = Type.Object(
  { items: Type.Array(referTo(ApiTokenSchema)) },
  { $id: 'ApiTokenList', title: 'ApiTokenList', examples: [{ items: [TOKEN_EXAMPLE] }] },
)

export const NewApiTokenSchema = Type.Object(
  { ...TOKEN_FIELDS, token: Type.String({ description: 'The token itself. It is shown here and never again.' }) },
  {
    $id: 'NewApiToken',
    title: 'NewApiToken',
    examples: [{ ...TOKEN_EXAMPLE, token: 'pr_0123456789abcdefghjkmnpqrstvwxyz0123x8f2' }],
  },
)

export const WhoAmISchema = Type.Object(
  {
    user: referTo(UserSchema),
    via: Type.Enum(['session', 'cookie', 'token', 'basic'], { description: 'What proved it.' }),
    scopes: Type.Array(Type.Enum([...SCOPES]), { description: 'What these credentials may do.' }),
  },
  { $id: 'WhoAmI', title: 'WhoAmI', examples: [{ user: USER_EXAMPLE, via: 'token', scopes: ['send'] }] },
)

/** Registered with the server, so that the OpenAPI document names them. */
export const ACCOUNT_SCHEMAS = [
  UserSchema,
  SessionSchema,
  SessionListSchema,
  ApiTokenSchema,
  ApiTokenListSchema,
  NewApiTokenSchema,
  WhoAmISchema,
]

export const RegisterBody = Type.Object(
  {
    login: Type.String({ pattern: LOGIN_PATTERN, description: '3 to 64 characters, unique ignoring case.' }),
    password: NewPassword,
    name: Name,
    locale: Type.Optional(Type.Enum([...LOCALES], { default: 'en', description: 'The language of what is sent.' })),
  },
  {
    additionalProperties: false,
    examples: [{ login: 'ann', password: PASSWORD_EXAMPLE, name: 'Ann', locale: 'en' }],
  },
)

export const LogInBody = Type.Object(
  { login: Type.String({ maxLength: 64 }), password: ClaimedPassword },
  { additionalProperties: false, examples: [{ login: 'ann', password: PASSWORD_EXAMPLE }] },
)

export const ChangeAccountBody = Type.Object(
  {
    name: Type.Optional(Name),
    locale: Type.Optional(Locale),
    password: Type.Optional(NewPassword),
    currentPassword: Type.Optional(ClaimedPassword),
  },
  {
    additionalProperties: false,
    description: '`password` needs `currentPassword`, and ends every session but the one that asks.',
    examples: [{ name: 'Ann Lee', locale: 'en' }],
  },
)

export const DeleteAccountBody = Type.Object(
  { password: ClaimedPassword },
  { additionalProperties: false, examples: [{ password: PASSWORD_EXAMPLE }] },
)

export const NewApiTokenBody = Type.Object(
  {
    name: Type.String({
      minLength: NAME_LENGTH.min,
      maxLength: NAME_LENGTH.max,
      pattern: NAME_PATTERN,
      description: 'What it is for, so that you know it again.',
    }),
    scopes: Scopes,
    expiresAt: Type.Optional(nullable(WireTime, { description: 'In the future. None: it never expires.' })),
  },
  {
    additionalProperties: false,
    examples: [{ name: 'Backup script', scopes: ['send'], expiresAt: '2027-01-01T00:00:00.000Z' }],
  },
)

export function wireUser({ id, login, name, locale, role, createdAtMs }: User): Static<typeof UserSchema> {
  return { id, login, name, locale, role, createdAt: wireTime(createdAtMs) }
}

export function wireSession({ accessToken, expiresAtMs, user }: LoggedIn): Static<typeof SessionSchema> {
  return { accessToken, tokenType: 'Bearer', expiresAt: wireTime(expiresAtMs), user: wireUser(user) }
}

export function wireListedSession(session: ListedSession): Static<typeof SessionListSchema>['items'][number] {
  const { id, createdAtMs, lastSeenMs, expiresAtMs, userAgent, isCurrent } = session
  return {
    id,
    createdAt: wireTime(createdAtMs),
    lastSeenAt: wireTime(lastSeenMs),
    expiresAt: wireTime(expiresAtMs),
    userAgent,
    current: isCurrent,
  }
}

export function wireApiToken(token: ApiToken): Static<typeof ApiTokenSchema> {
  const { id, name, scopes, hint, createdAtMs, expiresAtMs, lastUsedAtMs } = token
  return {
    id,
    name,
    scopes: [...scopes],
    hint,
    createdAt: wireTime(createdAtMs),
    expiresAt: wireTimeOrNull(expiresAtMs),
    lastUsedAt: wireTimeOrNull(lastUsedAtMs),
  }
}
