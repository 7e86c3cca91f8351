import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Failure } from '../../src/domain/failure.ts'
import { type ApiAnswer, classify } from '../../src/telegram/classify.ts'

/** An answer as the Bot API gives it. */
function said(code: number, description: string, parameters?: object): ApiAnswer {
  return { status: code, body: { ok: false, error_code: code, description, ...(parameters && { parameters }) } }
}

/** Whose fault it is, in short: the kind, and for a closed chat who closed it. */
function verdict(failure: Failure): string {
  return failure.kind === 'blocked' ? `blocked by ${failure.by}` : failure.kind
}

const person = 'blocked by person'
const telegram = 'blocked by telegram'

/** What the Bot API answers to a send, word for word, and whose fault that is. */
const TABLE: readonly (readonly [number, string, string])[] = [
  [401, 'Unauthorized', 'bot_rejected'],
  [404, 'Not Found', 'bot_rejected'],
  [404, 'Not Found: method not found', 'bot_rejected'],
  [401, 'Unauthorized: invalid token specified', 'bot_rejected'],
  [421, 'Misdirected Request: unallowed token specified', 'bot_rejected'],
  [401, 'Unauthorized: invalid api-id/api-hash', 'bot_rejected'],
  [400, 'Logged out', 'bot_rejected'],
  [400, 'Bad Request: FROZEN_METHOD_INVALID', 'bot_rejected'],

  [403, 'Forbidden: bot was blocked by the user', person],
  [403, 'Forbidden: bot was kicked from the group chat', person],
  [403, 'Forbidden: bot was kicked from the supergroup chat', person],
  [403, 'Forbidden: bot was kicked from the channel chat', person],
  [403, 'Forbidden: bot is not a member of the group chat', person],
  [403, 'Forbidden: bot is not a member of the supergroup chat', person],
  [403, 'Forbidden: bot is not a member of the channel chat', person],

  [403, 'Forbidden: user is deactivated', telegram],
  [403, "Forbidden: bot can't initiate conversation with a user", telegram],
  [403, "Forbidden: the bot can't send messages to the bot", telegram],
  [403, "Forbidden: bot can't send messages to bots", telegram],
  [400, 'Bad Request: chat not found', telegram],
  [400, 'Bad Request: private chat not found', telegram],
  [400, 'Bad Request: PEER_ID_INVALID', telegram],
  [403, 'Forbidden: the group chat was deleted', telegram],
  [400, 'Bad Request: not enough rights to send text messages to the chat', telegram],
  [400, 'Bad Request: not enough rights to send photos to the chat', telegram],
  [400, 'Bad Request: need administrator rights in the channel chat', telegram],
  [400, 'Bad Request: have no write access to the chat', telegram],
  [400, 'Bad Request: CHAT_WRITE_FORBIDDEN', telegram],
  [400, 'Bad Request: CHAT_RESTRICTED', telegram],
  [400, 'Bad Request: CHAT_ADMIN_REQUIRED', telegram],
  [400, 'Bad Request: message thread not found', telegram],
  [400, 'Bad Request: TOPIC_CLOSED', telegram],
  [400, 'Bad Request: TOPIC_DELETED', telegram],

  [400, 'Bad Request: chat_id is empty', telegram],
  [402, 'Payment Required', telegram],
  [400, 'Bad Request: group chat was upgraded to a supergroup chat', 'temporary'],
  [400, 'Bad Request: message to be replied not found', 'refused'],
  [400, 'Bad Request: message text is empty', 'refused'],
  [400, 'Bad Request: text must be non-empty', 'refused'],
  [400, 'Bad Request: message is too long', 'refused'],
  [400, 'Bad Request: message caption is too long', 'refused'],
  [400, 'Bad Request: text is too long', 'refused'],
  [400, "Bad Request: can't parse entities: Can't find end of Bold entity at byte offset 0", 'refused'],
  [400, `Bad Request: can't parse entities: Unsupported start tag "x" at byte offset 3`, 'refused'],
  [400, 'Bad Request: unsupported parse_mode', 'refused'],
  [400, 'Bad Request: object expected as reply markup', 'refused'],
  [400, "Bad Request: can't parse reply keyboard markup JSON object", 'refused'],
  [400, "Bad Request: inline keyboard button URL 'localhost' is invalid: Wrong HTTP URL", 'refused'],
  [400, 'Bad Request: BUTTON_URL_INVALID', 'refused'],
  [400, 'Bad Request: BUTTON_DATA_INVALID', 'refused'],
  [400, 'Bad Request: reply markup is too long', 'refused'],
  [400, 'Bad Request: wrong file identifier/HTTP URL specified', 'refused'],
  [400, "Bad Request: wrong remote file identifier specified: can't unserialize it", 'refused'],
  [400, 'Bad Request: failed to get HTTP URL content', 'refused'],
  [400, 'Bad Request: wrong type of the web page content', 'refused'],
  [400, "Bad Request: can't upload file by URL", 'refused'],
  [400, 'Bad Request: there is no photo in the request', 'refused'],
  [400, 'Bad Request: there is no document in the request', 'refused'],
  [400, 'Bad Request: file must be non-empty', 'refused'],
  [400, 'Bad Request: PHOTO_INVALID_DIMENSIONS', 'refused'],
  [400, 'Bad Request: IMAGE_PROCESS_FAILED', 'refused'],
  [400, 'Bad Request: photo has unsupported extension. Use one of .jpg, .jpeg, .gif, .png, .tif or .bmp', 'refused'],
  [
    400,
    'Bad Request: file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes',
    'refused',
  ],
  [413, 'Request Entity Too Large', 'refused'],
  [400, 'Bad Request: file is too big', 'refused'],
  [
    400,
    'Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
    'refused',
  ],
  [400, 'Bad Request: message to edit not found', 'refused'],
  [400, "Bad Request: message can't be edited", 'refused'],
  [400, 'Bad Request: there is no text in the message to edit', 'refused'],
  [400, 'Bad Request: message to delete not found', 'refused'],
  [400, "Bad Request: message can't be deleted", 'refused'],
  [400, "Bad Request: message can't be deleted for everyone", 'refused'],
  [400, 'Bad Request: query is too old and response timeout expired or query ID is invalid', 'refused'],

  [400, 'Bad Request: failed to send message #1 with the error message "Too Many Requests: retry after 8"', 'unknown'],
  [
    409,
    'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
    'temporary',
  ],
  [
    409,
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    'temporary',
  ],
  [409, 'Conflict: terminated by setWebhook request', 'temporary'],
  [409, 'Conflict: terminated by other setWebhook', 'temporary'],
  [500, 'Internal Server Error: restart', 'unknown'],
  [502, 'Bad Gateway', 'unknown'],
]

describe('each known answer, by whose fault it is', () => {
  for (const [code, description, expected] of TABLE) {
    test(`${code} ${description}`, () => assert.equal(verdict(classify(said(code, description))), expected))
  }
})

describe('an answer with a text that nobody knows is judged by its code', () => {
  const rows = [
    [400, 'refused'],
    [401, 'bot_rejected'],
    [402, telegram],
    [403, telegram],
    [404, 'bot_rejected'],
    [408, 'temporary'],
    [409, 'temporary'],
    [413, 'refused'],
    [418, 'refused'],
    [421, 'bot_rejected'],
    [429, 'throttled'],
    [500, 'unknown'],
    [599, 'unknown'],
  ] as const
  for (const [code, expected] of rows) {
    test(`${code}`, () => assert.equal(verdict(classify(said(code, 'Something new'))), expected))
  }
})

describe('an answer that is not the Bot API’s condemns neither text nor chat', () => {
  const html = '<html><head><title>Bad Gateway</title></head><body><h1>502</h1></body></html>'
  const rows = [
    [200, 'unknown'],
    [302, 'temporary'],
    [400, 'temporary'],
    [401, 'bot_rejected'],
    [403, 'temporary'],
    [404, 'bot_rejected'],
    [407, 'temporary'],
    [413, 'refused'],
    [429, 'throttled'],
    [502, 'unknown'],
    [503, 'unknown'],
    [504, 'unknown'],
  ] as const
  for (const [status, expected] of rows) {
    test(`${status}`, () => {
      for (const body of [undefined, html, { message: 'no' }, null, [], 7]) {
        assert.equal(verdict(classify({ status, body })), expected)
      }
    })
  }
})

describe('how long a 429 asks us to wait', () => {
  const seconds = (answer: ApiAnswer): number => {
    const failure = classify(answer)
    assert.equal(failure.kind, 'throttled')
    return failure.retryAfterSeconds
  }
  const description = 'Too Many Requests: retry after 7'

  test('its parameters say it first', () => {
    assert.equal(seconds({ ...said(429, description, { retry_after: 3 }), retryAfter: '5' }), 3)
  })
  test('else the header', () => assert.equal(seconds({ ...said(429, description), retryAfter: '5' }), 5))
  test('else the description', () => assert.equal(seconds(said(429, description)), 7))
  test('else five seconds', () => assert.equal(seconds({ status: 429, body: undefined }), 5))
  test('the header may be a date, by the clock of whoever answers', () => {
    const at = (retryAfter: string, date?: string) => ({ ...said(429, ''), retryAfter, date })
    assert.equal(seconds(at('Wed, 21 Oct 2026 07:28:00 GMT', 'Wed, 21 Oct 2026 07:27:18 GMT')), 42)
    assert.equal(seconds(at('Wed, 21 Oct 2026 07:28:00 GMT', 'Wed, 21 Oct 2026 07:28:00 GMT')), 5)
    assert.equal(seconds(at('Wed, 21 Oct 2026 07:28:00 GMT', 'soon')), 5)
    assert.equal(seconds(at('soon', 'Wed, 21 Oct 2026 07:27:18 GMT')), 5)
    assert.equal(seconds(at('', 'Wed, 21 Oct 2026 07:27:18 GMT')), 5)
  })
  test('a header that is no number is passed over', () => {
    assert.equal(seconds({ ...said(429, description), retryAfter: 'Wed, 21 Oct 2026 07:28:00 GMT' }), 7)
  })
  test('half a day is half a day', () => {
    assert.equal(seconds(said(429, 'Too Many Requests: retry after 43200', { retry_after: 43_200 })), 43_200)
  })
  test('what Telegram’s own servers never say is a day, and then it is asked again', () => {
    const fortnight = 14 * 86_400
    assert.equal(seconds(said(429, '', { retry_after: fortnight })), fortnight)
    for (const absurd of [fortnight + 1, 1e13, Number.MAX_SAFE_INTEGER, 1e300]) {
      assert.equal(seconds(said(429, '', { retry_after: absurd })), 86_400)
      assert.equal(seconds({ ...said(429, ''), retryAfter: String(absurd) }), 86_400)
    }
  })
  test('parts of a second are rounded up, and nothing is ever less than one', () => {
    assert.equal(seconds(said(429, '', { retry_after: 1.2 })), 2)
    assert.equal(seconds(said(429, '', { retry_after: 0 })), 5)
    assert.equal(seconds(said(429, '', { retry_after: -3 })), 5)
  })
})

test('a group that became a supergroup tells its new id', () => {
  const answer = said(400, 'Bad Request: group chat was upgraded to a supergroup chat', {
    migrate_to_chat_id: -1_001_234_567_890,
  })
  assert.deepEqual(classify(answer), {
    kind: 'migrated',
    toTelegramChatId: -1_001_234_567_890,
    reason: 'The group became a supergroup.',
  })
})

test('every reason is one sentence', () => {
  for (const [code, description] of TABLE) {
    assert.match(classify(said(code, description)).reason, /^[A-Z"].*\.$/, description)
  }
})

test('no answer, however odd, makes it throw, and a 2xx is never taken for a refusal', () => {
  fc.assert(
    fc.property(fc.integer({ min: 200, max: 599 }), fc.jsonValue(), fc.option(fc.string()), (status, body, header) => {
      const failure = classify({ status, body, retryAfter: header ?? undefined })
      if (status < 300 && (body === null || typeof body !== 'object')) assert.equal(failure.kind, 'unknown')
    }),
  )
})
