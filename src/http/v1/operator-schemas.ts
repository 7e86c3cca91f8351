import { type Static, Type } from 'typebox'
import { ROLES } from '../../domain/account.ts'
import { BOT_STATES, shownState } from '../../domain/bot.ts'
import type { Overview } from '../../usecases/get-overview.ts'
import type { ListedBot } from '../../usecases/list-all-bots.ts'
import type { AllUsersPage } from '../../usecases/list-all-users.ts'
import { CauseOrNull, wireCause } from './cause-schema.ts'
import { nullable, WireTime, wireTime, wireTimeOrNull } from '../wire.ts'

const Count = Type.Integer({ minimum: 0 })
const TIME = '2026-01-01T00:00:00.000Z'

export const OverviewSchema = Type.Object(
  {
    version: Type.String({ description: 'Of the process that answers.' }),
    startedAt: Type.String({ format: 'date-time', description: 'Of the process that answers.' }),
    database: Type.Object({
      engine: Type.Enum(['sqlite', 'postgres']),
      ok: Type.Boolean({ description: 'It answers, and would take in what is new.' }),
      latencyMs: Type.Number({ minimum: 0, description: 'How long it took to say so.' }),
      sizeBytes: nullable(Type.Integer({ minimum: 0 }), { description: 'Null: it does not say.' }),
    }),
    telegram: Type.Object({
      isSandbox: Type.Boolean(),
      apiRoot: Type.String({ description: 'Its host.' }),
      ok: Type.Boolean({ description: 'It answers to at least one of the bots that are served.' }),
      reason: nullable(Type.String(), { description: 'Why not, in plain words.' }),
      cause: CauseOrNull,
      lastAnswerAt: nullable(WireTime, {
        description:
          'When it last answered to the process that answers here, or to a message that another one sent, which is told within a minute. Null: not this month.',
      }),
    }),
    processes: Type.Array(Type.Object({ id: Type.String(), bots: Count }), {
      description: 'Those that serve bots, and how many.',
    }),
    counts: Type.Object({
      users: Count,
      bots: Type.Integer({ minimum: 0, description: 'With the shared one.' }),
      botsRunning: Count,
      chats: Type.Integer({ minimum: 0, description: 'That are linked.' }),
      waiting: Type.Integer({ minimum: 0, description: 'Messages that wait.' }),
      oldestWaitingAt: nullable(WireTime, { description: 'When the oldest of them was accepted.' }),
    }),
  },
  {
    $id: 'Overview',
    title: 'Overview',
    examples: [
      {
        version: '1.0.0',
        startedAt: TIME,
        database: { engine: 'sqlite', ok: true, latencyMs: 0.4, sizeBytes: 1_372_160 },
        telegram: {
          isSandbox: false,
          apiRoot: 'api.telegram.org',
          ok: true,
          reason: null,
          cause: null,
          lastAnswerAt: TIME,
        },
        processes: [{ id: 'prc_01kdvtd8000123456789abcdef', bots: 3 }],
        counts: { users: 12, bots: 3, botsRunning: 3, chats: 14, waiting: 0, oldestWaitingAt: null },
      },
    ],
  },
)

export const OperatorUserPageSchema = Type.Object(
  {
    items: Type.Array(
      Type.Object({
        id: Type.String(),
        login: Type.String(),
        name: Type.String(),
        role: Type.Enum([...ROLES]),
        createdAt: WireTime,
        bots: Type.Integer({ minimum: 0, description: 'Of their own.' }),
        chats: Count,
        waiting: Type.Integer({ minimum: 0, description: 'Messages that wait.' }),
      }),
    ),
    nextCursor: nullable(Type.String(), { description: 'Null on the last page.' }),
  },
  {
    $id: 'OperatorUserPage',
    title: 'OperatorUserPage',
    examples: [
      {
        items: [
          {
            id: 'usr_01kdvtd8000123456789abcdef',
            login: 'ann',
            name: 'Ann',
            role: 'operator',
            createdAt: TIME,
            bots: 1,
            chats: 2,
            waiting: 0,
          },
        ],
        nextCursor: null,
      },
    ],
  },
)

export const OperatorBotPageSchema = Type.Object(
  {
    items: Type.Array(
      Type.Object({
        id: Type.String(),
        username: Type.String({ description: 'In Telegram, without `@`.' }),
        title: nullable(Type.String(), { description: 'What its owner calls it.' }),
        owner: nullable(Type.Object({ id: Type.String(), login: Type.String() }), {
          description: 'Null: it is the shared one.',
        }),
        active: Type.Boolean(),
        state: Type.Enum([...BOT_STATES], { description: 'As in `Bot`.' }),
        stateReason: nullable(Type.String()),
        stateCause: CauseOrNull,
        stateSince: WireTime,
        waiting: Type.Integer({ minimum: 0, description: 'Messages that wait for it.' }),
        oldestWaitingAt: nullable(WireTime, { description: 'When the oldest of them was accepted.' }),
      }),
    ),
    nextCursor: nullable(Type.String(), { description: 'Null on the last page.' }),
  },
  {
    $id: 'OperatorBotPage',
    title: 'OperatorBotPage',
    examples: [
      {
        items: [
          {
            id: 'bot_01kdvtd8000123456789abcdef',
            username: 'anns_shop_bot',
            title: 'Orders',
            owner: { id: 'usr_01kdvtd8000123456789abcdef', login: 'ann' },
            active: true,
            state: 'rejected',
            stateReason: 'Telegram does not accept the bot token.',
            stateCause: { code: 'token_refused', values: {} },
            stateSince: TIME,
            waiting: 17,
            oldestWaitingAt: TIME,
          },
        ],
        nextCursor: null,
      },
    ],
  },
)

/** Registered with the server, so that the OpenAPI document names them. */
export const OPERATOR_SCHEMAS = [OverviewSchema, OperatorUserPageSchema, OperatorBotPageSchema]

const PAGE = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
  cursor: Type.Optional(Type.String({ maxLength: 200, description: 'The `nextCursor` of the page before.' })),
}
/** What is nowhere in a database: PostgreSQL takes no U+0000, and half a character is none. */
const SEARCHED = { minLength: 1, maxLength: 64, pattern: '^[^\\u0000\\p{Cs}]*$' }

export const OperatorUsersQuery = Type.Object(
  {
    ...PAGE,
    search: Type.Optional(
      Type.String({ ...SEARCHED, description: 'Somewhere in the login or the name. 1 to 64 characters.' }),
    ),
  },
  { additionalProperties: false },
)
export const OperatorBotsQuery = Type.Object(
  {
    ...PAGE,
    state: Type.Optional(Type.Enum([...BOT_STATES])),
    search: Type.Optional(
      Type.String({
        ...SEARCHED,
        description: 'Somewhere in its names or its owner’s login, ignoring case. 1 to 64 characters.',
      }),
    ),
  },
  { additionalProperties: false },
)

export function wireOverview(overview: Overview): Static<typeof OverviewSchema> {
  const { version, startedAtMs, engine, isSandbox, apiHost, database, telegram, processes, counts } = overview
  const { oldestWaitingMs, ...numbers } = counts
  const { ok, reason, lastAnswerMs } = telegram
  return {
    version,
    startedAt: wireTime(startedAtMs),
    database: { engine, ...database },
    telegram: {
      isSandbox,
      apiRoot: apiHost,
      ok,
      reason,
      cause: wireCause(reason),
      lastAnswerAt: wireTimeOrNull(lastAnswerMs),
    },
    processes,
    counts: { ...numbers, oldestWaitingAt: wireTimeOrNull(oldestWaitingMs) },
  }
}

export function wireOperatorUser({
  user,
  ...counts
}: AllUsersPage['items'][number]): Static<typeof OperatorUserPageSchema>['items'][number] {
  const { id, login, name, role, createdAtMs } = user
  return { id, login, name, role, createdAt: wireTime(createdAtMs), ...counts }
}

export function wireOperatorBot(listed: ListedBot): Static<typeof OperatorBotPageSchema>['items'][number] {
  const { bot, owner, waiting, oldestWaitingMs } = listed
  const { id, username, title, active, stateSinceMs } = bot
  const oldestWaitingAt = wireTimeOrNull(oldestWaitingMs)
  const stateSince = wireTime(stateSinceMs)
  const state = shownState(bot)
  const stateCause = wireCause(state.stateReason)
  return { id, username, title, owner, active, ...state, stateCause, stateSince, waiting, oldestWaitingAt }
}
