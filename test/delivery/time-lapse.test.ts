import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BOT, startPost } from '../support/delivery.ts'

/** What the other tests here rest on: how time moves for them. */
describe('time', () => {
  test('does not move when what a test waits for comes without it, however long that takes', async (t) => {
    const post = await startPost(t)
    const startMs = post.clock.now()
    void post.clock.sleep(1)
    for (let round = 0; round < 100; round++) {
      let isThere = false
      void post.store
        .setBotState(BOT, 'running', null)
        .then(() => post.store.getBot(BOT))
        .then(() => (isThere = true))
      await post.until(() => isThere)
      assert.equal(post.clock.now(), startMs)
    }
  })

  test('does not move while a call is on its way, and moves while Telegram holds one', async (t) => {
    const post = await startPost(t, { profile: 'off' })
    const ann = await post.person()
    const { telegram } = await post.start({ scanIntervalMs: 86_400_000 })
    const call = { chatId: ann.telegramChatId, text: 'x' }
    const startMs = post.clock.now()
    void post.clock.sleep(1)
    for (let round = 0; round < 20; round++) {
      let isAnswered = false
      void telegram.sendText(call).then(() => (isAnswered = true))
      await post.until(() => isAnswered)
      assert.equal(post.clock.now(), startMs)
    }
    post.sandbox.control.addFault({ times: 1, action: { kind: 'delay', when: 'before', ms: 3_600_000 } })
    const held = telegram.sendText(call)
    await post.until(() => post.sandbox.control.deliveries().length === 21)
    assert.equal(post.clock.now() - startMs, 3_600_000)
    assert.ok((await held).ok)
  })

  test('passes as far as it is told, and what happens in it has happened then', async (t) => {
    const post = await startPost(t)
    const ann = await post.person()
    const startMs = post.clock.now()
    void post.clock.sleep(5000).then(() => post.send(ann, 'x'))
    await post.pass(5000)
    assert.equal(post.clock.now() - startMs, 5000)
    assert.equal((await post.store.listMessages(ann.userId, { limit: 9, order: 'asc', nowMs: startMs })).length, 1)
  })
})
