import assert from 'node:assert/strict'
import { test } from 'node:test'
import { owner, startBotsApp } from './support/bots.ts'
import { Stranger } from './support/loop.ts'
import { temporaryFolder } from './support/program.ts'
import { testSandbox } from './support/sandbox.ts'
import { until } from './support/until.ts'

type Counts = Record<string, number>

test('an operator sees over HTTP what the whole program did, also after it was started anew', async (t) => {
  const sandbox = await testSandbox(t)
  const dataDir = temporaryFolder(t)
  const app = await startBotsApp(t, sandbox, { dataDir })
  const ann = await owner(app, sandbox, 'ann')
  const { body: link } = await ann.ask('POST', '/v1/link-codes')
  const person = sandbox.control.createUser({ firstName: 'Annie', languageCode: 'en' })
  sandbox.control.start({ user: person.id, bot: 'postrider_bot', payload: link.code })
  await until('the chat is linked', async () => (await ann.ask('GET', '/v1/chats')).body.items.length === 1)
  const { body: sent } = await ann.ask('POST', '/v1/messages', { text: 'hello' })
  await until('it arrives', async () => (await ann.ask('GET', `/v1/messages/${sent.id}`)).body.status === 'delivered')
  const { body: before } = await ann.ask('GET', '/v1/operator/overview')
  assert.deepEqual([before.telegram.ok, before.database.ok, before.processes.length], [true, true, 1])
  assert.deepEqual([before.counts.users, before.counts.botsRunning, before.counts.chats], [1, 1, 1])
  await app.stop()

  const again = await startBotsApp(t, sandbox, { dataDir })
  const annAgain = new Stranger(again.url, sandbox.url, 'ann')
  for (const by of ['minute', 'hour', 'day']) {
    const { body } = await annAgain.ask('GET', `/v1/operator/activity?by=${by}`)
    const sum = (kind: string) => body.buckets.reduce((total: number, one: Counts) => total + (one[kind] ?? 0), 0)
    assert.deepEqual([sum('accepted'), sum('delivered'), sum('uncertain')], [1, 1, 0], by)
  }
  assert.match((await annAgain.ask('GET', '/v1/operator/overview')).body.telegram.lastAnswerAt, /^20/)
  assert.equal((await annAgain.ask('GET', '/v1/operator/failures')).status, 200)
})
