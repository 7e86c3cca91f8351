import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { given, NOW, type OpenStore, refusal } from './given.ts'

export function describeTransactions(open: OpenStore): void {
  describe('a transaction', () => {
    test('sees its own writes, and others see them when it is over', async (t) => {
      const { store, user } = await given(open, t)
      const ann = await user()
      await store.transaction(async (records) => {
        await records.updateUser(ann.id, { name: 'Inside' })
        assert.equal((await records.getUser(ann.id))?.user.name, 'Inside')
        assert.equal((await store.getUser(ann.id))?.user.name, ann.name)
      })
      assert.equal((await store.getUser(ann.id))?.user.name, 'Inside')
    })

    test('leaves nothing behind when it rejects, with the error that was thrown', async (t) => {
      const { store, user } = await given(open, t)
      const ann = await user()
      const failing = store.transaction(async (records) => {
        await records.updateUser(ann.id, { name: 'Nobody' })
        await records.createUser({ ...ann, id: 'usr_x', login: ann.login.toUpperCase(), passwordHash: '', nowMs: NOW })
      })
      await assert.rejects(failing, refusal('login_taken'))
      assert.equal((await store.getUser(ann.id))?.user.name, ann.name)
    })

    test('is alone: two that read, then write, do not lose a write', async (t) => {
      const { store, user } = await given(open, t)
      const ann = await user({ name: '' })
      const append = () =>
        store.transaction(async (records) => {
          const found = await records.getUser(ann.id)
          await records.updateUser(ann.id, { name: `${found?.user.name ?? ''}x` })
        })
      await Promise.all(Array.from({ length: 30 }, append))
      assert.equal((await store.getUser(ann.id))?.user.name, 'x'.repeat(30))
    })

    test('that returns a value gives it', async (t) => {
      const { store } = await given(open, t)
      assert.equal(await store.transaction(async (records) => (await records.listBots()).length), 1)
    })
  })

  test('migrating an up-to-date database does nothing', async (t) => {
    const { store } = await given(open, t)
    assert.equal(await store.migrate(), 0)
  })

  test('the database answers a ping, and refuses everything once it is closed', async (t) => {
    const { store, linkedUser, newMessage } = await given(open, t)
    const { user } = await linkedUser()
    await store.ping()
    const last = store.outbox.enqueue(newMessage(user))
    await store.close()
    assert.equal((await last).replayed, false)
    await assert.rejects(store.ping(), refusal('store_unavailable'))
    await assert.rejects(store.outbox.enqueue(newMessage(user)), refusal('store_unavailable'))
    await assert.rejects(store.getUser(user.id), refusal('store_unavailable'))
    await store.close()
  })
}
