import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { INTRODUCTIONS, introduceBot } from '../../src/conversation/commands.ts'
import { beginning, plainName, shortName } from '../../src/conversation/plain-text.ts'
import { WORDING, type Wording } from '../../src/conversation/wording.ts'
import { startTalk } from '../support/talk.ts'

/** Every fixed sentence with the path to it. */
function sentences(part: object, path = ''): [string, string][] {
  return Object.entries(part).flatMap(([key, value]: [string, unknown]): [string, string][] => {
    if (typeof value === 'string') return [[`${path}/${key}`, value]]
    return typeof value === 'object' && value !== null ? sentences(value, `${path}/${key}`) : []
  })
}

test('both languages have the same sentences, none of them empty, and each in its own letters', () => {
  const [en, ru] = [sentences(WORDING.en), sentences(WORDING.ru)]
  assert.deepEqual(
    en.map(([path]) => path),
    ru.map(([path]) => path),
  )
  for (const [path, text] of en) assert.match(text, /^[^а-яё]+$/i, path)
  for (const [path, text] of ru) assert.match(text, /[а-яё]/i, path)
})

test('a sentence with names holds each of them, and puts several in a row', () => {
  for (const words of [WORDING.en, WORDING.ru] satisfies Wording[]) {
    for (const text of [words.linkedTo(['A1', 'B2', 'C3']), words.codeInvalid(['A1', 'B2', 'C3'])]) {
      for (const name of ['A1', 'B2', 'C3']) assert.ok(text.includes(name), text)
    }
    assert.ok(!words.codeInvalid([]).includes('undefined'))
  }
  assert.ok(WORDING.en.linkedTo(['A', 'B', 'C']).endsWith('the accounts “A”, “B” and “C”.'))
  assert.ok(WORDING.ru.linkedTo(['A', 'B', 'C']).endsWith('аккаунтам «A», «B» и «C».'))
})

test('what a group is told to write names the bot, since a bot in privacy mode hears nothing else', () => {
  const bot = 'PostriderBot'
  for (const words of [WORDING.en, WORDING.ru] satisfies Wording[]) {
    const { linkAgain } = words
    for (const text of [words.help(bot), words.groupGreeting(bot), linkAgain.group(bot), linkAgain.byCode(bot)]) {
      assert.ok(text.includes('/start@PostriderBot'), text)
    }
  }
})

test('a name is one piece of a line, and a beginning is short and well formed, whatever they are made of', () => {
  const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }))
  fc.assert(
    fc.property(anyText, fc.integer({ min: 1, max: 60 }), (text, most) => {
      const name = plainName(text)
      assert.ok(name.length > 0 && name.isWellFormed() && !/[\p{Cc}\u202e]/u.test(name))
      const short = beginning(text, most)
      assert.ok(short.length <= most && short.isWellFormed() && !/[\n\r]/.test(short))
      assert.ok(shortName(text).length <= 24)
    }),
  )
})

test('a beginning says when there is more', () => {
  assert.equal(beginning('short', 5), 'short')
  assert.equal(beginning('longer', 5), 'long…')
  assert.equal(beginning(`${' '.repeat(100)}x${' '.repeat(5)}`, 40), 'x')
  assert.equal(beginning('😀😀😀', 4), '😀…')
})

test('the menu and the descriptions keep to Telegram’s limits and name the commands that there are', () => {
  const names = ['start', 'status', 'history', 'stop', 'help']
  for (const { commands, description, shortDescription } of INTRODUCTIONS) {
    assert.deepEqual(
      commands.map(({ command }) => command),
      names,
    )
    for (const command of commands) assert.ok(command.description.length >= 1 && command.description.length <= 256)
    assert.ok(description.length <= 512)
    assert.ok(shortDescription.length <= 120)
  }
})

test('the bot introduces itself to Telegram, and says what could not be set', async (t) => {
  const talk = await startTalk(t)
  assert.deepEqual(await introduceBot(talk.client), [])
  const bot = talk.control.bot(talk.account.id)
  assert.deepEqual(bot.commands, INTRODUCTIONS[0]?.commands)
  assert.equal(bot.description, INTRODUCTIONS[0]?.description)
  assert.equal(bot.shortDescription, INTRODUCTIONS[0]?.shortDescription)
  const russian = talk.control
    .requests({ method: 'setMyCommands' })
    .map(({ parameters }) => parameters['language_code'])
  assert.deepEqual(russian, ['', 'ru'])
  const before = talk.control.requests().length
  assert.deepEqual(await introduceBot(talk.client), [])
  const again = talk.control.requests().slice(before)
  assert.ok(
    again.every(({ method }) => method.startsWith('get')),
    'what is there is not set again',
  )
  const other =
    (await talk.client.setDescription('Something else', '')).ok && (await talk.client.setDescription('', 'ru')).ok
  assert.ok(other)
  talk.control.addFault({ method: 'setMyDescription', action: { kind: 'html', status: 502 } })
  assert.equal((await introduceBot(talk.client)).length, 2)
})

test('a bot of an account gets our menu where it has none, and keeps its own words', async (t) => {
  const talk = await startTalk(t)
  await talk.client.setDescription('My own bot', '')
  assert.deepEqual(await introduceBot(talk.client, { ofAccount: true }), [])
  const bare = talk.control.bot(talk.account.id)
  assert.deepEqual(
    [bare.commands, bare.description, bare.shortDescription],
    [INTRODUCTIONS[0]?.commands, 'My own bot', ''],
  )
  const theirs = [{ command: 'weather', description: 'How it will be' }]
  await talk.client.setCommands(theirs, '')
  await talk.client.setCommands([], 'ru')
  assert.deepEqual(await introduceBot(talk.client, { ofAccount: true }), [])
  assert.deepEqual(talk.control.bot(talk.account.id).commands, theirs)
  assert.deepEqual(await talk.client.getCommands('ru'), { ok: true, value: [] })
})
