import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TelegramContact } from '../../src/domain/telegram-contact.ts'

test('one call without an answer is no silence, and an answer ends one', () => {
  let nowMs = 1000
  const contact = new TelegramContact(() => nowMs)
  assert.deepEqual([contact.lastAnswerMs, contact.silence], [null, null])
  contact.answered()
  nowMs = 2000
  contact.unanswered('no way')
  assert.deepEqual([contact.lastAnswerMs, contact.silence], [1000, null])
  contact.unanswered('no answer in time')
  assert.deepEqual([contact.lastAnswerMs, contact.silence], [1000, 'no answer in time'])
  contact.answered()
  assert.deepEqual([contact.lastAnswerMs, contact.silence], [2000, null])
  contact.unanswered('no way')
  assert.equal(contact.silence, null)
})
