import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { WORDING } from '../../src/conversation/wording.ts'
import type { MessageView, UserView } from '../../src/sandbox/control-types.ts'
import { TTL_MS } from '../support/linking.ts'
import { startTalk, type Talk } from '../support/talk.ts'

type Button = { text: string; callback_data: string }

function buttonsOf({ message }: MessageView): Button[] {
  return (message.reply_markup?.inline_keyboard ?? []).flat() as Button[]
}

/** Ann's chat got a good code of Bob's account: the question stands in the chat. */
async function asked(t: TestContext, languageCode = 'en', names: [string, string] = ['Ann', 'Bob']) {
  const talk = await startTalk(t)
  const ann = await talk.person('ann', names[0])
  const bob = await talk.person('bob', names[1])
  const someone = await talk.linkedUser(ann.id, 'Ann', languageCode)
  const { code } = await talk.createLinkCode({ userId: bob.id })
  await talk.says(someone, code)
  const question = talk.newest(someone)
  const [yes, no] = buttonsOf(question)
  assert.ok(yes && no)
  return { talk, ann, bob, someone, question, yes, no, code }
}

/** Presses a button; what the bot answers to the press, and what then stands where the question was. */
async function tap(talk: Talk, user: UserView, question: MessageView, button: string) {
  const pressed = talk.control.tap({ user: user.id, message: question.key, button })
  await talk.answer()
  const answer = talk.control.callback(pressed.id).answer
  assert.ok(answer, 'the press was not answered')
  const after = talk.control.messages({ user: user.id, bot: talk.account.id }).find(({ key }) => key === question.key)
  return { note: answer.text, text: after?.message.text, buttons: after ? buttonsOf(after) : [] }
}

for (const locale of ['en', 'ru'] as const) {
  const words = WORDING[locale]

  describe(`a good code of another account in a linked private chat, in ${locale}`, () => {
    test('asks first, naming both accounts in the text and on the buttons', async (t) => {
      const { talk, ann, question, yes, no } = await asked(t, locale)
      assert.equal(question.message.text, words.askMove('Ann', 'Bob'))
      assert.equal(yes.text, words.moveButton('Bob'))
      assert.equal(no.text, words.keepButton('Ann'))
      assert.equal((await talk.listChats(ann.id)).length, 1)
    })

    test('moves the chat on Yes, and the question shows it', async (t) => {
      const { talk, ann, bob, someone, question, yes } = await asked(t, locale)
      const result = await tap(talk, someone, question, yes.callback_data)
      assert.deepEqual(result, { note: undefined, text: words.moved('Ann', 'Bob'), buttons: [] })
      assert.deepEqual(await talk.listChats(ann.id), [])
      assert.equal((await talk.listChats(bob.id))[0]?.telegramChatId, someone.id)
    })

    test('keeps it on No, and the question shows it', async (t) => {
      const { talk, ann, bob, someone, question, no } = await asked(t, locale)
      const result = await tap(talk, someone, question, no.callback_data)
      assert.deepEqual(result, { note: undefined, text: words.kept('Ann'), buttons: [] })
      assert.equal((await talk.listChats(ann.id)).length, 1)
      assert.deepEqual(await talk.listChats(bob.id), [])
    })

    test('closes the question when it is too old', async (t) => {
      const { talk, ann, someone, question, yes } = await asked(t, locale)
      talk.clock.advance(TTL_MS)
      const result = await tap(talk, someone, question, yes.callback_data)
      assert.equal(result.text, words.questionClosed('Ann'))
      assert.equal((await talk.listChats(ann.id)).length, 1)
    })

    test('closes the question when the chat is nobody’s by then', async (t) => {
      const { talk, bob, someone, question, yes } = await asked(t, locale)
      await talk.says(someone, '/stop')
      const result = await tap(talk, someone, question, yes.callback_data)
      assert.equal(result.text, words.questionClosed(undefined))
      assert.deepEqual(await talk.listChats(bob.id), [])
    })

    test('says so to the former account in the chat that remains to it, in its language', async (t) => {
      const { talk, ann, someone, question, yes } = await asked(t, 'en')
      await talk.store.updateUser(ann.id, { locale })
      const other = await talk.linkedUser(ann.id, 'Desk')
      await tap(talk, someone, question, yes.callback_data)
      assert.equal(talk.newest(other).message.text, words.movedAway('Ann', 'Ann', 'Bob'))
    })
  })
}

test('the same code again puts the same question again, and one answer closes both', async (t) => {
  const { talk, bob, someone, question, yes, code } = await asked(t)
  assert.equal(await talk.says(someone, code), WORDING.en.askMove('Ann', 'Bob'))
  const again = talk.newest(someone)
  assert.deepEqual(buttonsOf(again), buttonsOf(question))
  assert.equal((await tap(talk, someone, question, yes.callback_data)).text, WORDING.en.moved('Ann', 'Bob'))
  assert.equal((await tap(talk, someone, again, yes.callback_data)).text, WORDING.en.questionClosed('Bob'))
  assert.equal(await talk.says(someone, code), WORDING.en.alreadyLinked('Bob'))
  assert.equal((await talk.listChats(bob.id)).length, 1)
})

test('a press that comes again does not move anything back or forth', async (t) => {
  const { talk, bob, someone, question, yes } = await asked(t)
  talk.control.tap({ user: someone.id, message: question.key, button: yes.callback_data })
  const updates = await talk.answer()
  for (const update of updates) await talk.conversation.handle(update)
  assert.equal((await talk.listChats(bob.id)).length, 1)
  assert.equal(talk.newest(someone).message.text, WORDING.en.questionClosed('Bob'))
})

test('the former account’s chat that is blocked is not written to, and the move stands', async (t) => {
  const { talk, ann, bob, someone, question, yes } = await asked(t)
  const other = await talk.linkedUser(ann.id, 'Desk')
  talk.control.block({ user: other.id, bot: talk.account.id })
  await talk.answer()
  const before = talk.replies.length
  await tap(talk, someone, question, yes.callback_data)
  assert.equal(talk.replies.length, before)
  assert.equal((await talk.listChats(bob.id))[0]?.telegramChatId, someone.id)
})

test('a failure to tell the former account does not undo or repeat the move', async (t) => {
  const { talk, ann, bob, someone, question, yes } = await asked(t)
  const other = await talk.linkedUser(ann.id, 'Desk')
  talk.control.deleteAccount(other.id)
  const result = await tap(talk, someone, question, yes.callback_data)
  assert.equal(result.text, WORDING.en.moved('Ann', 'Bob'))
  assert.equal((await talk.listChats(bob.id)).length, 1)
  assert.equal(talk.log.lines.filter(({ level }) => level === 'warn').length, 1)
})

test('when the question cannot be edited any more, the result is a message of its own', async (t) => {
  const { talk, someone, question, yes } = await asked(t)
  talk.control.addFault({
    method: 'editMessageText',
    action: { kind: 'http', status: 400, description: 'Bad Request: message to edit not found' },
  })
  await tap(talk, someone, question, yes.callback_data)
  assert.equal(talk.newest(someone).message.text, WORDING.en.moved('Ann', 'Bob'))
})

test('names of any length and kind fit the question, its buttons and their data', async (t) => {
  const wild = ['👩‍👩‍👧‍👦'.repeat(5), '<b>&"\n\u202Eevil', ' '.repeat(64), '*_`['.repeat(16), 'é'.repeat(64)]
  for (const name of wild) {
    const { talk, someone, question, yes, no } = await asked(t, 'ru', [name, `2 ${name}`.slice(0, 64)])
    for (const button of [yes, no]) {
      assert.ok(Buffer.byteLength(button.callback_data) <= 64)
      assert.ok(button.text.length <= 64, button.text)
      assert.ok(button.text.isWellFormed())
    }
    assert.ok(!/\nevil|\u202E/.test(question.message.text ?? ''))
    assert.equal((await tap(talk, someone, question, no.callback_data)).buttons.length, 0)
  }
})

test('a button that means nothing (any more) is answered politely, in the language of who pressed it', async (t) => {
  const { talk, someone, question, yes } = await asked(t, 'ru')
  await talk.conversation.handle({
    update_id: 1,
    callback_query: {
      id: '4711',
      from: { id: someone.id, is_bot: false, first_name: 'Ann', language_code: 'ru' },
      chat_instance: '1',
      data: 'something:else',
      message: question.message,
    },
  })
  const asked4711 = talk.control.requests({ method: 'answerCallbackQuery' }).at(-1)
  assert.equal(asked4711?.parameters['text'], WORDING.ru.buttonUnknown)
  assert.equal((await tap(talk, someone, question, yes.callback_data)).text, WORDING.ru.moved('Ann', 'Bob'))
})
