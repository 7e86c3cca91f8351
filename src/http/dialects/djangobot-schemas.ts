import { Type } from 'typebox'
import { LOGIN_PATTERN, NAME_PATTERN } from '../../domain/account.ts'
import { NO_NULLS, NOT_BLANK } from './drf-fields.ts'

const PERSON = { name: 'Ann', login: 'ann', psw: 'correct horse battery staple' }
const BOT_TOKEN = 'x8f2PD1B0WwEmdVQIc7SzfKFU'

const Name = Type.String({
  description: 'How the messages address the account. One line, at least one visible character.',
  minLength: 1,
  maxLength: 64,
  pattern: NAME_PATTERN,
})
const Login = Type.String({ description: '3 to 64 characters: letters, digits and @ . + - _', pattern: LOGIN_PATTERN })
const Psw = Type.String({ format: 'password', minLength: 8, maxLength: 256, pattern: NO_NULLS })

/** What was sent along; documents and files came as a text there too. */
export const TYPES = ['Text', 'Document', 'File'] as const
const TypeOfMessage = Type.Enum([...TYPES])
const BotToken = Type.String({ description: '25 letters and digits.', pattern: '^[A-Za-z0-9]{25}$' })

export const SCHEMAS = {
  user: Type.Object({ name: Name, login: Login, psw: Psw }, { examples: [PERSON] }),
  change: Type.Object(
    {
      name: Name,
      login: Login,
      psw: Type.String({ ...Psw, description: 'The current one, or a new one in its place.' }),
    },
    { examples: [PERSON] },
  ),
  proof: Type.Object(
    {
      name: Type.Optional(Type.String({ description: 'Not looked at, nor is `login`.' })),
      login: Type.Optional(Type.String()),
      psw: Type.String({ format: 'password', description: 'The current one.' }),
    },
    { examples: [PERSON] },
  ),
  auth: Type.Object(
    { login: Type.String(), psw: Type.String({ format: 'password' }) },
    { examples: [{ login: PERSON.login, psw: PERSON.psw }] },
  ),
  code: Type.Object(
    { code: Type.String({ description: 'As the bot wrote it.' }) },
    { examples: [{ code: 'abcd-efgh-jkmn' }] },
  ),
  page: Type.Object({
    limit: Type.Optional(Type.Integer({ description: '200 by default and at most.' })),
    offset: Type.Optional(Type.Integer()),
  }),
  message: Type.Object(
    {
      text: Type.String({ minLength: 1, maxLength: 32_768, pattern: NOT_BLANK }),
      type: TypeOfMessage,
      bot_token: BotToken,
    },
    { examples: [{ text: 'The backup is done.', type: 'Text', bot_token: BOT_TOKEN }] },
  ),
  answer: Type.Object({ answer: Type.String() }),
  accessToken: Type.Object({ answer: Type.String(), access_token: Type.String() }),
  botToken: Type.Object({ answer: Type.String(), bot_token: BotToken }),
  history: Type.Object({
    answer: Type.String(),
    messages: Type.Array(
      Type.Object({ time: Type.String({ format: 'date-time' }), text: Type.String(), type: TypeOfMessage }),
    ),
    name: Type.String(),
  }),
}
