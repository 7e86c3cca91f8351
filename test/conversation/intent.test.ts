import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { ChatType } from '../../src/domain/chat.ts'
import type { IncomingMessage } from '../../src/conversation/incoming.ts'
import { readIntent } from '../../src/conversation/intent.ts'
import { telegramChat } from '../support/linking.ts'

const CODE = '7z4k1rq8w2m5n9d3b6c0xtvyeh'
const UUID = '0d9c2a4e-1b7f-4c3d-8e5a-6f0b1c2d3e4f'
const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1c3JfMSJ9.c2lnbmF0dXJl-_c2lnbmF0dXJl'

function message(text: string | null, type: ChatType, change: Partial<IncomingMessage> = {}): IncomingMessage {
  const chat = telegramChat(type === 'private' ? 1 : -1, type)
  const plain = { edited: false, forwarded: false, byBot: false, albumId: undefined } as const
  return { kind: 'message', chat, text, messageId: 1, locale: 'en', senderId: 1, ...plain, ...change }
}

/** Text, then what it means in a private chat, in a group, in a channel. The rest of an intent is in other tests. */
const MEANINGS: [string, string, string, string][] = [
  ['/start', 'start', 'start', 'start'],
  [`/start ${CODE}`, 'link', 'link', 'link'],
  [`/start@PostriderBot ${CODE}`, 'link', 'link', 'link'],
  [`/START@postriderbot\n${CODE}`, 'link', 'link', 'link'],
  [`/start@OtherBot ${CODE}`, 'none', 'none', 'none'],
  ['/start something', 'link', 'link', 'link'],
  [CODE, 'link', 'link', 'none'],
  [` ${CODE.toUpperCase()}\n`, 'link', 'link', 'none'],
  [`@PostriderBot ${CODE}`, 'link', 'link', 'none'],
  [`https://t.me/PostriderBot?start=${CODE}`, 'link', 'link', 'none'],
  [`t.me/postriderbot?start=${CODE}`, 'link', 'link', 'none'],
  [`https://t.me/OtherBot?start=${CODE}`, 'unknown', 'none', 'none'],
  [`my code is ${CODE}`, 'unknown', 'none', 'none'],
  [CODE.slice(1), 'unknown', 'none', 'none'],
  ['abcd-efgh-jkmn', 'own_code', 'none', 'none'],
  ['@PostriderBot abcd-efgh-jkmn', 'own_code', 'own_code', 'none'],
  ['hello how are you today ann', 'unknown', 'none', 'none'],
  // People in a group say such things to each other.
  [UUID, 'link', 'none', 'none'],
  [`{${UUID.toUpperCase()}}`, 'link', 'none', 'none'],
  [`urn:uuid:${UUID}`, 'link', 'none', 'none'],
  [` '${UUID.replaceAll('-', '')}'`, 'link', 'none', 'none'],
  [UUID.slice(1), 'unknown', 'none', 'none'],
  [UUID.replace('-', ''), 'unknown', 'none', 'none'],
  [TOKEN, 'link', 'none', 'none'],
  [`"${TOKEN}"`, 'link', 'none', 'none'],
  [`Bearer ${TOKEN}`, 'link', 'none', 'none'],
  [`${TOKEN} ${TOKEN}`, 'unknown', 'none', 'none'],
  ['www.example.com', 'unknown', 'none', 'none'],
  ...[UUID, TOKEN].flatMap((secret): [string, string, string, string][] => [
    [`@PostriderBot ${secret}`, 'link', 'link', 'none'],
    [`/start ${secret}`, 'link', 'link', 'link'],
  ]),
  ['/messages', 'history', 'history', 'history'],
  ['/status', 'status', 'status', 'status'],
  ['/Status@PostriderBot now', 'status', 'status', 'status'],
  ['/history 20', 'history', 'history', 'history'],
  ['/stop', 'stop', 'stop', 'stop'],
  ['/help', 'help', 'help', 'help'],
  ['/stopp', 'unknown', 'unknown', 'unknown'],
  ['/stop@', 'unknown', 'none', 'none'],
  ['//stop', 'unknown', 'none', 'none'],
  ['stop', 'unknown', 'none', 'none'],
  ['please /stop', 'unknown', 'none', 'none'],
  ['/', 'unknown', 'none', 'none'],
  ['hello @PostriderBot', 'unknown', 'unknown', 'none'],
  ['hello @PostriderBots', 'unknown', 'none', 'none'],
]

test('each text means in each kind of chat what the table says', () => {
  for (const [text, ...meanings] of MEANINGS) {
    const found = (['private', 'group', 'channel'] as const).map(
      (type) => readIntent(message(text, type), 'PostriderBot').kind,
    )
    assert.deepEqual(found, meanings, text)
    assert.equal(readIntent(message(text, 'supergroup'), 'PostriderBot').kind, meanings[1], text)
  }
})

test('the code arrives as it was meant', () => {
  for (const text of [CODE.toUpperCase(), `/start  ${CODE} `, CODE.replaceAll('0', 'O').replaceAll('1', 'l')]) {
    assert.deepEqual(readIntent(message(text, 'private'), 'PostriderBot'), { kind: 'link', code: CODE })
  }
})

test('a token arrives as it stands, because its letters are not ours to change', () => {
  for (const text of [TOKEN, `  ${TOKEN}\n`, `/start ${TOKEN}`, `@PostriderBot ${TOKEN}`]) {
    assert.deepEqual(readIntent(message(text, 'private'), 'PostriderBot'), { kind: 'link', code: TOKEN })
  }
})

test('what is forwarded or edited is never acted on', () => {
  const acting = new Set(['link', 'start', 'status', 'history', 'stop', 'help', 'own_code'])
  const anyText = fc.oneof(fc.constantFrom(...MEANINGS.map(([text]) => text)), fc.string({ unit: 'binary' }))
  const anyChat = fc.constantFrom('private' as const, 'group' as const, 'supergroup' as const, 'channel' as const)
  const anyHow = fc.constantFrom({ forwarded: true }, { edited: true }, { forwarded: true, edited: true })
  fc.assert(
    fc.property(anyText, anyChat, anyHow, (text, type, how) => {
      return !acting.has(readIntent(message(text, type, how), 'PostriderBot').kind)
    }),
  )
})

test('a group hears nothing about a token that somebody forwards or mends', () => {
  for (const text of [UUID, TOKEN]) {
    for (const how of [{ forwarded: true }, { edited: true }]) {
      assert.equal(readIntent(message(text, 'group', how), 'PostriderBot').kind, 'none')
      assert.equal(readIntent(message(text, 'private', how), 'PostriderBot').kind, 'second_hand')
    }
  }
})

test('everything said in a private chat has an answer, unless it is a command for another bot', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
      const isForAnother = /^\s*\/\w+@/.test(text)
      return isForAnother || readIntent(message(text, 'private'), 'PostriderBot').kind !== 'none'
    }),
  )
})

test('a group hears nothing about what was not meant for the bot', () => {
  const talk = fc.string({ unit: 'binary' }).filter((text) => !/^\s*\/|@|[0-9a-z]{26}|t\w*\.me/i.test(text))
  fc.assert(fc.property(talk, (text) => readIntent(message(text, 'group'), 'PostriderBot').kind === 'none'))
})

test('a live location that moves is nothing to talk about', () => {
  assert.equal(readIntent(message(null, 'private', { edited: true }), 'PostriderBot').kind, 'none')
  assert.equal(readIntent(message(null, 'private'), 'PostriderBot').kind, 'unknown')
  assert.equal(readIntent(message(null, 'group'), 'PostriderBot').kind, 'none')
})
