import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MAX_TEXT_UNITS } from '../../src/telegram/limits.ts'
import { numbers, startPost } from '../support/delivery.ts'

describe('a long text', () => {
  const paragraphs = numbers(3).map((text) => `${text}: ${'long words '.repeat(300)}`.trim())

  test('arrives in parts, in order, with the heading on the first alone', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    await post.start()
    const message = await post.send(ann, paragraphs.join('\n\n'))
    await post.send(ann, 'next')
    await post.until(() => post.done(ann))
    const texts = post.sandbox.control.deliveries().map(({ text }) => text)
    assert.deepEqual(texts, [
      `Ann, I got a message from you:\n${paragraphs[0]}`,
      paragraphs[1],
      paragraphs[2],
      'Ann, I got a message from you:\nnext',
    ])
    assert.ok(texts.every((text) => text.length <= MAX_TEXT_UNITS))
    const { status, telegramMessageId, attempts } = await post.message(ann, message)
    assert.equal(status, 'delivered')
    assert.equal(telegramMessageId, post.sandbox.control.deliveries()[0]?.messageId)
    assert.deepEqual(
      attempts.map(({ part }) => part),
      [1, 2, 3],
    )
  })

  test('is not taken back once a part has arrived, and the rest of it comes', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    await post.start()
    const message = await post.send(ann, paragraphs.join('\n\n'))
    await post.until(async () => (await post.message(ann, message)).attempts.length === 1)
    assert.equal(await post.store.cancelMessage(ann.userId, message.id, post.clock.now()), 'not_waiting')
    await post.until(() => post.done(ann))
    assert.equal((await post.message(ann, message)).status, 'delivered')
    assert.equal(post.sandbox.control.deliveries().length, 3)
  })

  test('does not repeat a part that arrived, whatever happens between two parts', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    const { control } = post.sandbox
    control.addFault({ method: 'sendMessage', nth: 2, action: { kind: 'drop_before' } })
    await post.start()
    const message = await post.send(ann, paragraphs.join('\n\n'))
    await post.until(async () => (await post.message(ann, message)).attempts.length === 2)
    await post.stop()
    await post.start()
    await post.until(() => post.done(ann))
    const texts = control.deliveries().map(({ text }) => text)
    assert.deepEqual(texts, [`Ann, I got a message from you:\n${paragraphs[0]}`, paragraphs[1], paragraphs[2]])
  })
})
