import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Refusal } from '../../src/domain/refusals.ts'
import { startMessages } from '../support/messages.ts'

describe('a text that did not come through the schema of the API', () => {
  for (const [name, text] of Object.entries({
    nothing: '',
    'one character too many': '😀'.repeat(32_769),
    'half a surrogate pair': 'a\ud800',
  })) {
    test(`is refused all the same: ${name}`, async (t) => {
      const { messages, person, wakes } = await startMessages(t)
      const ann = await person('ann')
      await assert.rejects(messages.enqueue({ userId: ann.id, text }), (error) => {
        assert.ok(error instanceof Refusal)
        assert.equal(error.code, 'request_invalid')
        assert.equal(error.errors?.[0]?.where, '/body/text')
        return true
      })
      assert.deepEqual(wakes, [])
      assert.deepEqual((await messages.list({ userId: ann.id })).items, [])
    })
  }
})

test('any well-formed text is read back as it was accepted', async (t) => {
  const { messages, person } = await startMessages(t)
  const ann = await person('ann')
  const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 200 })
  await fc.assert(
    fc.asyncProperty(text, async (written) => {
      const { message } = await messages.enqueue({ userId: ann.id, text: written })
      const read = await messages.get(ann.id, message.id)
      assert.equal(read.text, written.replaceAll('\u0000', ' '))
      assert.equal(message.text, read.text)
    }),
    { numRuns: 200 },
  )
})

test('a refused message wakes nobody', async (t) => {
  const { messages, account, wakes } = await startMessages(t)
  const userId = await account('ann')
  await assert.rejects(messages.enqueue({ userId, text: 'x' }), { code: 'chat_not_linked' })
  assert.deepEqual(wakes, [])
})
