import { Type } from 'typebox'
import { LOGIN_PATTERN } from '../../domain/account.ts'
import { MOST_TITLE_LENGTH, TITLE_PATTERN } from '../../domain/bot.ts'
import { nullable } from '../wire.ts'
import { NO_NULLS } from './drf-fields.ts'

const PASSWORD = 'correct horse battery staple'
const NEXT = 'another horse, another staple'

const Username = Type.String({
  description: '3 to 64 characters: letters, digits and @ . + - _',
  pattern: LOGIN_PATTERN,
})
const Secret = Type.String({ format: 'password' })
const Password = Type.String({ format: 'password', minLength: 8, maxLength: 256, pattern: NO_NULLS })
const Name = Type.Optional(Type.String({ maxLength: 150, pattern: NO_NULLS }))
const Email = Type.String({ format: 'email', maxLength: 254 })

const Title = nullable(Type.String({ maxLength: MOST_TITLE_LENGTH, pattern: TITLE_PATTERN }), {
  description: 'What you call it; one line.',
})
const Active = Type.Boolean({ description: '`false`: it neither hears nor answers.' })
const NewToken = Type.String({ format: 'password', description: 'As @BotFather gives it.' })

const Bot = Type.Object({
  id: Type.Integer({ description: 'The number of the bot in Telegram.' }),
  token: Type.String({ description: 'The last four characters of its token.' }),
  title: nullable(Type.String()),
  active: Type.Boolean(),
})

export const SCHEMAS = {
  registration: Type.Object(
    { username: Username, password1: Password, password2: Password, email: Type.Optional(Email) },
    { examples: [{ username: 'ann', password1: PASSWORD, password2: PASSWORD }] },
  ),
  login: Type.Object(
    { username: Type.String(), password: Secret, email: Type.Optional(Type.String({ description: 'Not looked at.' })) },
    { examples: [{ username: 'ann', password: PASSWORD }] },
  ),
  key: Type.Object({ key: Type.String({ pattern: '^[0-9a-f]{40}$' }) }),
  detail: Type.Object({ detail: Type.String() }),
  user: Type.Object({
    pk: Type.Integer(),
    username: Type.String(),
    email: Type.String(),
    first_name: Type.String(),
    last_name: Type.String(),
  }),
  names: Type.Object(
    { username: Username, first_name: Name, last_name: Name },
    { examples: [{ username: 'ann', first_name: 'Ann', last_name: 'Lee' }] },
  ),
  passwords: Type.Object(
    { old_password: Secret, new_password1: Password, new_password2: Password },
    { examples: [{ old_password: PASSWORD, new_password1: NEXT, new_password2: NEXT }] },
  ),
  reset: Type.Object({ email: Email }, { examples: [{ email: 'ann@example.org' }] }),
  bot: Bot,
  bots: Type.Array(Bot),
  newBot: Type.Object(
    { token: NewToken, title: Type.Optional(Title), active: Type.Optional(Active) },
    { examples: [{ token: '123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11', title: 'Orders' }] },
  ),
  change: Type.Object(
    { token: Type.Optional(NewToken), title: Type.Optional(Title), active: Type.Optional(Active) },
    { examples: [{ active: false }] },
  ),
  place: Type.Object({ id: Type.Integer() }),
}
