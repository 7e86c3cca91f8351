import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startPost } from '../support/delivery.ts'

describe('attempts', () => {
  const policy = { maxAttempts: 3, firstDelayMs: 1000, maxDelayMs: 60_000, jitter: 0 }

  test('that are used up end the message as uncertain when it may have arrived, and the next one goes', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    post.sandbox.control.addFault({ times: 3, action: { kind: 'drop_before' } })
    await post.start({ policy })
    const message = await post.send(ann, 'one')
    await post.send(ann, 'two')
    await post.until(() => post.done(ann))
    const { status, error, attempts, possibleDuplicate } = await post.message(ann, message)
    assert.deepEqual({ status, code: error?.code }, { status: 'uncertain', code: 'outcome_unknown' })
    assert.equal(possibleDuplicate, true)
    assert.deepEqual(
      attempts.map(({ outcome, waitMs }) => ({ outcome, waitMs })),
      [
        { outcome: 'unknown', waitMs: 1000 },
        { outcome: 'unknown', waitMs: 2000 },
        { outcome: 'unknown', waitMs: null },
      ],
    )
    assert.deepEqual(post.arrived(ann), ['two'])
  })

  test('that never left end it as failed', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    const sendText = async () => ({ ok: false, failure: { kind: 'temporary', reason: 'No network.' } }) as const
    const getMe = async () => ({ ...(await sendText()), errorCode: 0, description: '' })
    await post.start({ policy, telegram: { sendText, getMe } })
    const message = await post.send(ann, 'one')
    await post.until(() => post.done(ann))
    const { status, error, possibleDuplicate } = await post.message(ann, message)
    assert.equal(status, 'failed')
    assert.deepEqual(error, { code: 'attempts_exhausted', detail: 'We gave up after 3 attempts. No network.' })
    assert.equal(possibleDuplicate, false)
  })
})
