import { type Static, Type } from 'typebox'
import { DELIVERY_MODES, DIGEST_MODES, PRIORITIES, type Priority } from '../../domain/delivery-options.ts'
import {
  type Attempt,
  type AttemptOutcome,
  type DeliveryError,
  DELIVERY_ERRORS,
  type DeliveryErrorCode,
  type Message,
  TEXT_LENGTH,
  type WaitingFor,
} from '../../domain/message.ts'
import { MESSAGE_STATUSES, type MessageStatus } from '../../domain/message-state.ts'
import { CauseOrNull, wireCause } from './cause-schema.ts'
import { nullable, referTo, WireTime, wireTime, wireTimeOrNull } from '../wire.ts'

const MESSAGE_EXAMPLE = {
  id: 'msg_01kdvtd8000123456789abcdef',
  status: 'queued',
  chatId: 'cht_01kdvtd8000123456789abcdef',
  text: 'The backup is done.',
  createdAt: '2026-01-01T00:00:00.000Z',
  deliveredAt: null,
  telegramMessageId: null,
  attemptCount: 0,
  nextAttemptAt: null,
  waitingFor: null,
  error: null,
  possibleDuplicate: false,
  priority: 3,
  delivery: 'at_least_once',
  digest: 'when_behind',
  expiresAt: null,
}

const Status = Type.Enum([...MESSAGE_STATUSES] as MessageStatus[])
const WAITING_FOR = ['pace', 'retry', 'bot_inactive', 'bot_rejected'] as const satisfies readonly WaitingFor[]
const OUTCOMES = [
  'delivered',
  'throttled',
  'temporary',
  'unknown',
  'refused',
  'blocked',
  'bot_rejected',
  'migrated',
] as const satisfies readonly AttemptOutcome[]

// An integer in the document, and one of five in the code.
const PriorityNumber = Type.Unsafe<Priority>(
  Type.Integer({
    minimum: Math.min(...PRIORITIES),
    maximum: Math.max(...PRIORITIES),
    default: 3,
    description:
      'A higher one overtakes what waits for the same chat. Within a priority the order of acceptance holds.',
  }),
)
const Delivery = Type.Enum([...DELIVERY_MODES], {
  default: 'at_least_once',
  description:
    'When the outcome of a call is unknown: `at_least_once` sends it again, marked `possibleDuplicate`; `at_most_once` ends it as `uncertain`.',
})
const Digest = Type.Enum([...DIGEST_MODES], {
  default: 'when_behind',
  description:
    'When more waits for a chat than it can take in a minute, several messages travel in one Telegram message, each under its own heading; `never` keeps this one out of that.',
})

const MESSAGE_FIELDS = {
  id: Type.String(),
  status: Status,
  chatId: Type.String({ description: 'The chat it goes to, also when it was the default one.' }),
  text: Type.String(),
  createdAt: WireTime,
  deliveredAt: nullable(WireTime),
  telegramMessageId: nullable(Type.Integer(), {
    description: 'Of the first part, when the text was split. Messages that travelled together share it.',
  }),
  attemptCount: Type.Integer({
    description:
      'Calls that count against the limit of attempts; `attempts` has all of them. Not counted: a call that brought a part of a long text but the last, that was told to wait, or that a stop or a switch of the bot cut short.',
  }),
  nextAttemptAt: nullable(WireTime, {
    description:
      'A queued message is not sent before then: the latest of what it, its chat and its bot wait for. Null when nothing of that is known, and always in the answer that accepts it.',
  }),
  waitingFor: nullable(Type.Enum([...WAITING_FOR]), { description: 'Why a queued message is not on its way yet.' }),
  error: nullable(
    Type.Object({
      code: Type.Enum(Object.keys(DELIVERY_ERRORS) as DeliveryErrorCode[]),
      detail: Type.String({ description: 'One sentence that a person understands.' }),
      cause: CauseOrNull,
    }),
    { description: 'Why it did not arrive, or may not have.' },
  ),
  possibleDuplicate: Type.Boolean({
    description: 'A call was cut off, so it was sent again: it may stand there twice.',
  }),
  priority: PriorityNumber,
  delivery: Delivery,
  digest: Digest,
  expiresAt: nullable(WireTime, {
    description: 'When it is of no use any more; it then ends as `expired` if it still waits.',
  }),
}

export const MessageSchema = Type.Object(MESSAGE_FIELDS, {
  $id: 'Message',
  title: 'Message',
  examples: [MESSAGE_EXAMPLE],
})

const AttemptSchema = Type.Object({
  number: Type.Integer({ minimum: 1 }),
  part: Type.Integer({ minimum: 1, description: 'Which part of a split text.' }),
  startedAt: WireTime,
  finishedAt: WireTime,
  outcome: Type.Enum([...OUTCOMES]),
  reason: nullable(Type.String(), { description: 'In plain words; null when delivered.' }),
  cause: CauseOrNull,
  waitMs: nullable(Type.Integer(), {
    description: 'Milliseconds until the next call, because of this one; null when none follows, or nobody knows when.',
  }),
})

export const MessageWithAttemptsSchema = Type.Object(
  {
    ...MESSAGE_FIELDS,
    sendingSince: nullable(WireTime, {
      description:
        'While it is `sending`: when the call that is under way left. How it ends becomes an entry of `attempts`.',
    }),
    endedAt: nullable(WireTime, {
      description:
        'When it came to its end: was delivered, failed, expired, was taken back, or was given up as uncertain. Null while it waits or is on its way.',
    }),
    resent: Type.Boolean({ description: 'Somebody asked for it to be sent again after it had failed.' }),
    attempts: Type.Array(AttemptSchema, { description: 'Each call to Telegram that has ended, oldest first.' }),
  },
  {
    $id: 'MessageWithAttempts',
    title: 'MessageWithAttempts',
    examples: [
      {
        ...MESSAGE_EXAMPLE,
        status: 'delivered',
        deliveredAt: '2026-01-01T00:00:00.350Z',
        telegramMessageId: 17,
        attemptCount: 1,
        sendingSince: null,
        endedAt: '2026-01-01T00:00:00.350Z',
        resent: false,
        attempts: [
          {
            number: 1,
            part: 1,
            startedAt: '2026-01-01T00:00:00.050Z',
            finishedAt: '2026-01-01T00:00:00.350Z',
            outcome: 'delivered',
            reason: null,
            cause: null,
            waitMs: null,
          },
        ],
      },
    ],
  },
)

export const MessagePageSchema = Type.Object(
  {
    items: Type.Array(referTo(MessageSchema)),
    nextCursor: nullable(Type.String(), { description: 'For the next page; null on the last one.' }),
  },
  { $id: 'MessagePage', title: 'MessagePage', examples: [{ items: [MESSAGE_EXAMPLE], nextCursor: null }] },
)

/** Registered with the server, so that the OpenAPI document names them. */
export const MESSAGE_SCHEMAS = [MessageSchema, MessageWithAttemptsSchema, MessagePageSchema]

export const NewMessageBody = Type.Object(
  {
    text: Type.String({
      minLength: TEXT_LENGTH.min,
      maxLength: TEXT_LENGTH.max,
      description:
        'Plain text, counted in Unicode code points. What does not fit one Telegram message arrives in parts.',
    }),
    chatId: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description: "One of the account's chats; its default one when absent.",
      }),
    ),
    silent: Type.Optional(Type.Boolean({ default: false, description: 'Arrives without a sound.' })),
    priority: Type.Optional(PriorityNumber),
    delivery: Type.Optional(Delivery),
    digest: Type.Optional(Digest),
    expiresAt: Type.Optional(
      nullable(Type.String({ format: 'date-time', maxLength: 64, examples: ['2030-01-01T00:00:00Z'] }), {
        description:
          'RFC 3339, in the future. A message that still waits then is not sent and ends as `expired`. Never, when absent or null.',
      }),
    ),
  },
  {
    additionalProperties: false,
    examples: [
      { text: 'The backup is done.' },
      { text: 'Nothing urgent.', silent: true, priority: 1 },
      { text: 'The door is open.', priority: 5, expiresAt: '2030-01-01T00:00:00Z' },
    ],
  },
)

export const IdempotencyHeader = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      pattern: '^[\\x21-\\x7e]+$',
      description:
        'Visible ASCII of your choice. The same key with the same body gets the first answer again, and nothing is sent twice.',
    }),
  ),
})

export const MessagesQuery = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
    cursor: Type.Optional(
      Type.String({ minLength: 1, maxLength: 256, description: '`nextCursor` of the page before.' }),
    ),
    status: Type.Optional(Status),
    chatId: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    since: Type.Optional(
      Type.String({ format: 'date-time', maxLength: 64, description: 'RFC 3339. Accepted then or later.' }),
    ),
    until: Type.Optional(
      Type.String({ format: 'date-time', maxLength: 64, description: 'RFC 3339. Accepted before then.' }),
    ),
    text: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'Found anywhere in the text of the message, ignoring case in any language.',
      }),
    ),
    order: Type.Optional(Type.Enum(['desc', 'asc'], { default: 'desc', description: '`desc` is newest first.' })),
  },
  { additionalProperties: false },
)

export function wireMessage(message: Message): Static<typeof MessageSchema> {
  return {
    id: message.id,
    status: message.status,
    chatId: message.chatId,
    text: message.text,
    createdAt: wireTime(message.createdAtMs),
    deliveredAt: wireTimeOrNull(message.deliveredAtMs),
    telegramMessageId: message.telegramMessageId,
    attemptCount: message.attemptCount,
    nextAttemptAt: wireTimeOrNull(message.nextAttemptAtMs),
    waitingFor: message.waitingFor,
    error: message.error && wireError(message.error),
    possibleDuplicate: message.possibleDuplicate,
    priority: message.priority,
    delivery: message.delivery,
    digest: message.digest,
    expiresAt: wireTimeOrNull(message.expiresAtMs),
  }
}

export function wireMessageWithAttempts(
  message: Message & { attempts: readonly Attempt[] },
): Static<typeof MessageWithAttemptsSchema> {
  const { attempts, sendingSinceMs, endedAtMs, wasResent } = message
  return {
    ...wireMessage(message),
    sendingSince: wireTimeOrNull(sendingSinceMs),
    endedAt: wireTimeOrNull(endedAtMs),
    resent: wasResent,
    attempts: attempts.map(wireAttempt),
  }
}

function wireError({ code, detail }: DeliveryError) {
  return { code, detail, cause: wireCause(detail) }
}

function wireAttempt(attempt: Attempt): Static<typeof AttemptSchema> {
  const { number, part, outcome, reason, waitMs } = attempt
  const [startedAt, finishedAt] = [wireTime(attempt.startedAtMs), wireTime(attempt.finishedAtMs)]
  return { number, part, startedAt, finishedAt, outcome, reason, cause: wireCause(reason), waitMs }
}
