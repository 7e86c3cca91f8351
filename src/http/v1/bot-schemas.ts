import { type Static, Type } from 'typebox'
import { type Bot, BOT_STATES, MOST_TITLE_LENGTH, shownState, TITLE_PATTERN } from '../../domain/bot.ts'
import { MOST_COUNTED } from '../../usecases/count-waiting.ts'
import { CauseOrNull, wireCause } from './cause-schema.ts'
import { nullable, referTo, WireTime, wireTime } from '../wire.ts'

const BOT_EXAMPLE = {
  id: 'bot_01kdvtd8000123456789abcdef',
  username: 'anns_shop_bot',
  name: 'Ann’s shop',
  title: 'Orders',
  active: true,
  echo: false,
  takeOver: false,
  state: 'running',
  stateReason: null,
  stateCause: null,
  stateSince: '2026-01-01T00:00:00.000Z',
  waiting: 0,
  tokenHint: 'x4Qs',
  createdAt: '2026-01-01T00:00:00.000Z',
}

const STATES = `What its connection to Telegram is doing:

- \`starting\`: it was switched on, and nobody serves it yet.
- \`running\`: it hears and sends.
- \`idle\`: it is not active. What waits for it is held.
- \`rejected\`: Telegram does not accept its token any more. What waits is held until there is a new one.
- \`conflict\`: somebody else has set a webhook, and it hears nothing until that is removed, as \`takeOver\` does; or somebody else polls it,
  and it hears only some of what is said until they stop. \`stateReason\` says which. It sends meanwhile.
- \`unreachable\`: Telegram does not answer. It goes on by itself.`

export const BotSchema = Type.Object(
  {
    id: Type.String(),
    username: Type.String({ description: 'In Telegram, without `@`.' }),
    name: Type.String({ description: 'In Telegram.' }),
    title: nullable(Type.String(), { description: 'What you call it.' }),
    active: Type.Boolean(),
    echo: Type.Boolean({ description: 'It repeats what it is told.' }),
    takeOver: Type.Boolean({
      description:
        'It shall take the bot over from a webhook that somebody else has set, and has not yet; `false` again when that is done, or the bot runs and there was none.',
    }),
    state: Type.Enum([...BOT_STATES], { description: STATES }),
    stateReason: nullable(Type.String(), { description: 'Why, in plain words, where there is something to say.' }),
    stateCause: CauseOrNull,
    stateSince: WireTime,
    waiting: Type.Integer({
      minimum: 0,
      maximum: MOST_COUNTED,
      description: `Messages that wait for it, held or for their turn. Counted up to ${MOST_COUNTED}.`,
    }),
    tokenHint: Type.String({ description: 'The last four characters of its token.' }),
    createdAt: WireTime,
  },
  { $id: 'Bot', title: 'Bot', examples: [BOT_EXAMPLE] },
)

const SHARED_EXAMPLE = {
  id: 'bot_01kdvtd8000223456789abcdef',
  username: 'postrider_bot',
  name: 'Postrider',
  state: 'running',
  stateReason: null,
  stateCause: null,
}
const SharedBotSchema = Type.Object(
  {
    id: Type.String(),
    username: Type.String({ description: 'In Telegram, without `@`.' }),
    name: Type.String({ description: 'In Telegram.' }),
    state: Type.Enum([...BOT_STATES], { description: 'As of your own bots.' }),
    stateReason: nullable(Type.String()),
    stateCause: CauseOrNull,
  },
  { $id: 'SharedBot', title: 'SharedBot', examples: [SHARED_EXAMPLE] },
)

export const BotListSchema = Type.Object(
  {
    items: Type.Array(referTo(BotSchema)),
    limit: Type.Integer({ description: 'How many bots an account may have here; inactive ones count.' }),
    shared: nullable(referTo(SharedBotSchema), {
      description: 'The bot of this installation, through which everybody may link chats.',
    }),
  },
  { $id: 'BotList', title: 'BotList', examples: [{ items: [BOT_EXAMPLE], limit: 5, shared: SHARED_EXAMPLE }] },
)

/** Registered with the server, so that the OpenAPI document names them. */
export const BOT_SCHEMAS = [BotSchema, SharedBotSchema, BotListSchema]

/** What has not the shape of a token is refused as a token, and not as a request. */
const Token = Type.String({
  format: 'password',
  writeOnly: true,
  description:
    'As @BotFather gives it; blanks and line breaks around it do not count. It is stored encrypted, and never shown again.',
})
const Wishes = {
  title: Type.Optional(
    nullable(Type.String({ maxLength: MOST_TITLE_LENGTH, pattern: TITLE_PATTERN }), {
      description: 'What you call it; one line. A blank one is none.',
    }),
  ),
  active: Type.Optional(
    Type.Boolean({ description: '`false`: it neither hears nor sends, and what waits for it is held.' }),
  ),
  echo: Type.Optional(Type.Boolean({ description: 'It repeats every text to who said it.' })),
  takeOver: Type.Optional(
    Type.Boolean({
      description:
        'A webhook that somebody else has set on the bot is removed, once. Without it, that is left alone and told as `conflict`.',
    }),
  ),
}
const TOKEN_EXAMPLE = '123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11'

export const NewBotBody = Type.Object(
  { token: Token, ...Wishes },
  { additionalProperties: false, examples: [{ token: TOKEN_EXAMPLE, title: 'Orders' }] },
)

export const ChangeBotBody = Type.Object(
  { token: Type.Optional(Token), ...Wishes },
  { additionalProperties: false, examples: [{ active: false }] },
)

export function wireBot(bot: Bot, waiting: number): Static<typeof BotSchema> {
  const { id, username, name, title, active, echo, takeOver } = bot
  const { state, stateReason } = shownState(bot)
  const times = { stateSince: wireTime(bot.stateSinceMs), createdAt: wireTime(bot.createdAtMs) }
  return {
    id,
    username,
    name,
    title,
    active,
    echo,
    takeOver,
    state,
    stateReason,
    stateCause: wireCause(stateReason),
    waiting,
    tokenHint: bot.tokenHint ?? '',
    ...times,
  }
}

export function wireSharedBot(bot: Bot): Static<typeof SharedBotSchema> {
  const { id, username, name } = bot
  const { state, stateReason } = shownState(bot)
  return { id, username, name, state, stateReason, stateCause: wireCause(stateReason) }
}
