import { Type } from 'typebox'

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
      username: Type.String({ description: '3 to 64 characters: letters, digits and @ . + - _', maxLength: 64 }),
      first_name: Type.String({
        description: 'How messages address you; the username when it is blank.',
        maxLength: 64,
      }),
      password: Type.String({ format: 'password', minLength: 8, maxLength: 256 }),
    },
    { examples: [{ username: 'ann', first_name: 'Ann', password: PASSWORD }] },
  ),
  login: Type.Object(
    {
      username: Type.String(),
      password: Type.String({ format: 'password' }),
      next: Type.Optional(Type.String({ description: 'A path of this server to go to; `/` when it is left out.' })),
    },
    { examples: [{ username: 'ann', password: PASSWORD }] },
  ),
  form: Type.Object({ username: Type.String(), password: Type.String() }),
  token: Token,
  tokens: Type.Array(Token, { maxItems: 1 }),
  newMessage: Type.Object(
    { message: Type.String({ minLength: 1, maxLength: 32_768 }) },
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
