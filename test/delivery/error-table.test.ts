import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CATALOGUE, type CatalogueKey } from '../../src/sandbox/faults/catalogue.ts'
import { LET_BACK_IN, SENTENCES } from './error-sentences.ts'
import { type Post, type Recipient, startPost } from '../support/delivery.ts'

/** What Telegram may answer to a call, by what must become of message, chat and bot. What is in no list is the text's own fault. */
const BY_EFFECT = {
  bot_rejected: [
    ...([
      'unauthorized',
      'not_found',
      'method_not_found',
      'invalid_token',
      'unallowed_token',
      'invalid_api_id',
    ] as const),
    ...(['logged_out', 'frozen'] as const),
  ],
  chat_blocked: [
    ...(['blocked_by_user', 'kicked_from_group', 'kicked_from_supergroup', 'kicked_from_channel'] as const),
    ...(['not_member_of_group', 'not_member_of_supergroup', 'not_member_of_channel'] as const),
  ],
  chat_unreachable: [
    ...([
      'user_deactivated',
      'chat_id_empty',
      'cannot_initiate',
      'cannot_message_bot',
      'chat_not_found',
      'private_chat_not_found',
      'peer_id_invalid',
    ] as const),
    ...([
      'group_deleted',
      'no_right_to_send_text',
      'no_right_to_send_photos',
      'no_right_to_send_documents',
      'no_write_access',
      'chat_write_forbidden',
    ] as const),
    ...([
      'chat_restricted',
      'chat_admin_required',
      'need_channel_rights',
      'thread_not_found',
      'topic_closed',
      'topic_deleted',
    ] as const),
  ],
  temporary: ['other_get_updates', 'webhook_active', 'terminated_by_set_webhook', 'terminated_by_other_set_webhook'],
  unknown: ['restart', 'bad_gateway', 'album_failed'],
  throttled: ['too_many_requests'],
  /** Has a test of its own, since the sandbox must know the new group. */
  migrated: ['group_upgraded'],
} as const satisfies Record<string, readonly CatalogueKey[]>

type Effect = keyof typeof BY_EFFECT | 'refused'

function effectOf(entry: CatalogueKey): Effect {
  const found = Object.entries(BY_EFFECT).find(([, entries]) => (entries as readonly CatalogueKey[]).includes(entry))
  return (found?.[0] as Effect | undefined) ?? 'refused'
}

/** What its sender reads of a message, in short. */
async function record(post: Post, ann: Recipient, message: { id: string }) {
  const { status, error, attempts, attemptCount, possibleDuplicate } = await post.message(ann, message)
  const outcomes = attempts.map(({ outcome }) => outcome)
  const reasons = attempts.map(({ reason }) => reason)
  return {
    status,
    code: error?.code ?? null,
    detail: error?.detail ?? '',
    outcomes,
    reasons,
    attemptCount,
    possibleDuplicate,
  }
}

/** The answer comes once, to the first of two messages for one chat; a third one goes elsewhere. */
async function run(t: Parameters<typeof startPost>[0], entry: CatalogueKey) {
  const post = await startPost(t)
  const [ann, bob] = [await post.person('Ann'), await post.person('Bob')]
  const action = { kind: 'http', entry } as const
  post.sandbox.control.addFault({ method: 'sendMessage', chatId: ann.telegramChatId, times: 1, action })
  const [first, second, other] = [await post.send(ann, 'one'), await post.send(ann, 'two'), await post.send(bob, 'x')]
  await post.start()
  await post.until(() => post.done(ann, bob))
  assert.equal((await post.message(bob, other)).status, 'delivered', 'the other chat')
  return {
    first: await record(post, ann, first),
    second: await record(post, ann, second),
    chat: (await post.store.getChat(ann.userId, ann.chatId))?.status,
    arrived: post.arrived(ann),
    rejectedBefore: post.log.said.some((line) => line.startsWith('Telegram does not accept the bot')),
  }
}

/** What stands with the call, word for word. */
function sentenceOf(entry: CatalogueKey, effect: Effect): string {
  const quoted = `"${CATALOGUE[entry].description.replace(/^(Bad Request|Conflict): /, '')}".`
  if (effect === 'refused') return `Telegram refused the message: ${quoted}`
  if (effect === 'temporary') return `Telegram could not take the message just now: ${quoted}`
  return SENTENCES[entry] ?? assert.fail(`nobody said how ${entry} is to be told`)
}

const AGAIN = { status: 'delivered', code: null, detail: '', attemptCount: 1, possibleDuplicate: false }

describe('what becomes of message, chat and bot, and what the sender reads', () => {
  for (const entry of Object.keys(CATALOGUE) as CatalogueKey[]) {
    const { status, description } = CATALOGUE[entry]
    const effect = effectOf(entry)
    if (effect === 'migrated') continue
    test(`${status} ${description}: ${effect}`, async (t) => {
      const { first, second, chat, arrived, rejectedBefore } = await run(t, entry)
      const sentence = sentenceOf(entry, effect)
      assert.equal(first.outcomes[0], effect.replace(/^chat_.*/, 'blocked'))
      assert.equal(first.reasons[0], sentence)
      const delivered = { ...AGAIN, reasons: [sentence, null] }
      assert.equal(rejectedBefore, effect === 'bot_rejected')
      assert.equal(chat, effect.startsWith('chat_') ? 'blocked' : 'active')
      switch (effect) {
        case 'chat_blocked':
        case 'chat_unreachable':
          for (const { status, code, detail } of [first, second]) {
            const told: string = effect === 'chat_blocked' ? `${sentence} ${LET_BACK_IN}` : sentence
            assert.deepEqual([status, code, detail], ['failed', effect, told])
          }
          return assert.deepEqual(arrived, [])
        case 'refused':
          assert.deepEqual([first.status, first.code, first.detail], ['failed', 'text_refused', sentence])
          return assert.deepEqual([second.status, arrived], ['delivered', ['two']])
        case 'temporary':
          assert.deepEqual(first, { ...delivered, outcomes: ['temporary', 'delivered'], attemptCount: 2 })
          return assert.deepEqual(arrived, ['one', 'two'])
        case 'unknown':
          assert.deepEqual(first, {
            ...delivered,
            outcomes: ['unknown', 'delivered'],
            attemptCount: 2,
            possibleDuplicate: true,
          })
          return assert.deepEqual(arrived, ['one', 'two'])
        case 'throttled':
        case 'bot_rejected':
          assert.deepEqual(first, { ...delivered, outcomes: [effect, 'delivered'] })
          return assert.deepEqual(arrived, ['one', 'two'])
      }
    })
  }
})
