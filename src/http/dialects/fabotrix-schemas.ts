import { Type } from 'typebox'
import { LOGIN_PATTERN, NAME_PATTERN } from '../../domain/account.ts'
import { nullable } from '../wire.ts'

const EMAIL = 'ann@example.org'
const PASSWORD = 'correct horse battery staple'

const Email = Type.String({ description: 'The login: 3 to 64 of A-Z a-z 0-9 . _ @ + -', pattern: LOGIN_PATTERN })
const NAME = { minLength: 1, maxLength: 64, pattern: NAME_PATTERN }
const Username = Type.String({ description: 'How messages address you. One line.', ...NAME })
const Password = Type.String({ format: 'password', minLength: 8, maxLength: 256 })
const Message = Type.Object({
  body: Type.String(),
  id: Type.Integer(),
  author_id: Type.Integer(),
  creation_date: Type.String({ format: 'date-time' }),
})

const NewUser = Type.Object(
  { email: Type.Optional(Email), username: Type.Optional(Username), password: Type.Optional(Password) },
  { examples: [{ email: EMAIL, username: 'Ann', password: PASSWORD }] },
)
const NewMessage = Type.Object(
  { message: Type.Optional(Type.String({ minLength: 1, maxLength: 32_768 })) },
  { examples: [{ message: 'The backup is done.' }] },
)

export const SCHEMAS = {
  login: Type.Object(
    {
      username: Type.String({ description: 'The e-mail address.' }),
      password: Type.String({ format: 'password' }),
      grant_type: Type.Optional(Type.String()),
    },
    { examples: [{ username: EMAIL, password: PASSWORD }] },
  ),
  newUser: NewUser,
  change: Type.Object(
    {
      email: Type.Optional(Email),
      username: Type.Optional(Username),
      full_name: Type.Optional(Type.String({ description: 'The same as `username`.', ...NAME })),
      password: Type.Optional(Password),
      current_password: Type.Optional(Type.String({ format: 'password' })),
    },
    { examples: [{ username: 'Ann Lee' }] },
  ),
  newMessage: NewMessage,
  page: Type.Object({
    skip: Type.Optional(Type.Integer({ minimum: 0 })),
    limit: Type.Optional(Type.Integer({ minimum: 0, description: '100 by default, 200 at most.' })),
  }),
  id: Type.Object({ id: Type.Integer() }),
  token: Type.Object({ access_token: Type.String(), token_type: Type.Literal('bearer') }),
  user: Type.Object({
    username: Type.String(),
    email: Type.String(),
    is_active: Type.Boolean(),
    is_superuser: Type.Boolean(),
    id: Type.Integer(),
    telegram_id: nullable(Type.Integer()),
    messages: Type.Array(Message),
  }),
  message: Message,
  messages: Type.Array(Message),
}
