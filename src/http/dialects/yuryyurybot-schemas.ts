import { Type } from 'typebox'
import { LOGIN_PATTERN } from '../../domain/account.ts'
import { nullable } from '../wire.ts'
import { NO_NULLS, NOT_BLANK } from './drf-fields.ts'

const PERSON = { username: 'ann', first_name: 'Ann', last_name: 'Lee', email: 'ann@example.org' }
const PASSWORD = 'correct horse battery staple'

const Names = {
  first_name: Type.Optional(Type.String({ maxLength: 150, pattern: NO_NULLS })),
  last_name: Type.Optional(Type.String({ maxLength: 150, pattern: NO_NULLS })),
  email: Type.Optional(Type.String({ format: 'email', maxLength: 254 })),
}
const Username = Type.String({
  description: '3 to 64 characters: letters, digits and @ . + - _',
  pattern: LOGIN_PATTERN,
})
const Password = Type.String({ format: 'password', minLength: 8, maxLength: 256, pattern: NO_NULLS })

const User = Type.Object({
  id: Type.Integer(),
  username: Type.String(),
  first_name: Type.String(),
  last_name: Type.String(),
  email: Type.String(),
})
const Message = Type.Object({
  id: Type.Integer(),
  owner: User,
  created: Type.String({ format: 'date-time' }),
  content: Type.String(),
})

export const SCHEMAS = {
  signup: Type.Object(
    { username: Username, password: Password, password_repeat: Password, ...Names },
    { examples: [{ ...PERSON, password: PASSWORD, password_repeat: PASSWORD }] },
  ),
  login: Type.Object(
    { username: Type.String(), password: Type.String({ format: 'password' }) },
    { examples: [{ username: 'ann', password: PASSWORD }] },
  ),
  profile: Type.Object({ username: Username, ...Names }, { examples: [PERSON] }),
  passwords: Type.Object(
    { old_password: Type.String({ format: 'password' }), new_password: Password },
    { examples: [{ old_password: PASSWORD, new_password: 'another horse, another staple' }] },
  ),
  verify: Type.Object(
    { verification_code: Type.String({ description: 'As the bot wrote it.' }) },
    { examples: [{ verification_code: 'abcd-efgh-jkmn' }] },
  ),
  content: Type.Object(
    { content: Type.String({ minLength: 1, maxLength: 32_768, pattern: NOT_BLANK }) },
    { examples: [{ content: 'The backup is done.' }] },
  ),
  page: Type.Object({
    limit: Type.Optional(Type.Integer({ description: '10 by default, 200 at most.' })),
    offset: Type.Optional(Type.Integer()),
  }),
  user: User,
  nothing: Type.Object({}),
  verified: Type.Object({ tg_id: Type.Integer(), username: Type.String(), user_id: Type.Integer() }),
  message: Message,
  messages: Type.Object({
    count: Type.Integer(),
    next: nullable(Type.String({ format: 'uri' })),
    previous: nullable(Type.String({ format: 'uri' })),
    results: Type.Array(Message),
  }),
}
