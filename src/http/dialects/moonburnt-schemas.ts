import { Type } from 'typebox'
import { LOGIN_PATTERN, NAME_PATTERN } from '../../domain/account.ts'
import { NO_NULLS, NOT_BLANK } from './drf-fields.ts'

const PASSWORD = 'correct horse battery staple'

const Message = Type.Object({
  id: Type.Integer(),
  message: Type.String(),
  created: Type.String({ format: 'date-time' }),
})
const Token = Type.Object({ token: Type.String({ format: 'uuid' }) })

export const SCHEMAS = {
  register: Type.Object(
    {
      username: Type.String({
        description: '3 to 64 characters: letters, digits and @ . + - _',
        pattern: LOGIN_PATTERN,
      }),
      first_name: Type.String({
        description: 'How messages address you; the username when it is blank.',
        maxLength: 64,
        pattern: `^\\s*$|${NAME_PATTERN}`,
      }),
      password: Type.String({ format: 'password', minLength: 8, maxLength: 256, pattern: NO_NULLS }),
    },
    { examples: [{ username: 'ann', first_name: 'Ann', password: PASSWORD }] },
  ),
  login: Type.Object(
    {
      username: Type.String(),
      password: Type.String({ format: 'password' }),
      next: Type.Optional(
        Type.String({ description: 'A path of this server to go to; `/` when it is left out.', pattern: NO_NULLS }),
      ),
    },
    { examples: [{ username: 'ann', password: PASSWORD }] },
  ),
  map: Type.Object({ message: Type.String(), 'auth/register': Type.String(), token: Type.String() }),
  form: Type.Object({ username: Type.String(), password: Type.String() }),
  token: Token,
  tokens: Type.Array(Token, { maxItems: 1 }),
  newMessage: Type.Object(
    { message: Type.String({ minLength: 1, maxLength: 32_768, pattern: NOT_BLANK }) },
    { examples: [{ message: 'The backup is done.' }] },
  ),
  page: Type.Object({
    limit: Type.Optional(Type.Integer({ description: '200 by default and at most.' })),
    offset: Type.Optional(Type.Integer({ description: 'How many of the newest to leave out.' })),
  }),
  id: Type.Object({ id: Type.Integer() }),
  message: Message,
  messages: Type.Array(Message),
}
