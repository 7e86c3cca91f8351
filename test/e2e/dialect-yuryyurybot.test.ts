import assert from 'node:assert/strict'
import { test } from 'node:test'
import { curl } from '../support/curl.ts'
import { Stranger } from '../support/loop.ts'
import { startProgram, temporaryFolder } from '../support/program.ts'
import { until } from '../support/until.ts'

const JSON_TYPE = `-H 'Content-Type: application/json'`
const CODE = /\b[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}\b/

test('the eight steps of yuryyurybot’s own text lead to the message in the right chat, and into the history', async (t) => {
  const program = await startProgram(t, { dataDir: temporaryFolder(t) })
  const telegram = new Stranger(program.url, program.sandboxUrl, 'nobody')
  const [ann, bob] = [await telegram.person('Аня', 'ru'), await telegram.person('Боб', 'ru')]
  const ask = (command: string) => curl(program.url, command)
  const basic = `-u 'anya:correct horse'`

  const fields = '{"username":"anya","password":"correct horse","password_repeat":"correct horse"}'
  const signedUp = await ask(`-X POST "$api/users/signup" ${JSON_TYPE} -d '${fields}'`)
  const user = { id: 1, username: 'anya', first_name: '', last_name: '', email: '' }
  assert.deepEqual([signedUp.status, JSON.parse(signedUp.body)], [201, user])

  // As a form, which is what curl sends unless it is told otherwise.
  const loggedIn = await ask(`-X POST "$api/users/login" -d username=anya --data-urlencode 'password=correct horse'`)
  assert.deepEqual([loggedIn.status, JSON.parse(loggedIn.body)], [200, user])

  for (const person of [bob, ann]) await person.start()
  await until('the bot greets both', async () => (await ann.heard()).length + (await bob.heard()).length === 2)
  await ann.send('любое сообщение')
  const code = await until('the bot gives a code', async () => CODE.exec((await ann.heard())[1]?.text ?? '')?.[0])

  const early = await ask(`-X POST "$api/message/sent" ${basic} -d content=рано`)
  assert.deepEqual([early.status, JSON.parse(early.body)], [400, ['User is not verification']])

  const verify = `-X PATCH "$api/bot/verify/" ${basic} ${JSON_TYPE}`
  const verified = await ask(`${verify} -d '{"verification_code":"${code}"}'`)
  assert.deepEqual([verified.status, JSON.parse(verified.body)], [200, { tg_id: ann.id, username: 'anya', user_id: 1 }])
  await until('the chat hears of it', async () => (await ann.heard()).length === 3)

  const sent = await ask(
    `-X POST "$api/message/sent" ${basic} ${JSON_TYPE} -d '{"content":"Привет <b>мир</b> & _всё_"}'`,
  )
  assert.equal(sent.status, 201)
  const message = JSON.parse(sent.body)
  assert.deepEqual([message.owner, message.content], [user, 'Привет <b>мир</b> & _всё_'])

  const text = await until('the message arrives', async () => (await ann.heard())[3]?.text)
  assert.equal(text, 'anya, я получил от тебя сообщение:\nПривет <b>мир</b> & _всё_')
  assert.equal((await bob.heard()).length, 1, 'nobody else hears it')

  const listed = await ask(`"$api/message/sent" ${basic}`)
  const page = { count: 1, next: null, previous: null, results: [message] }
  assert.deepEqual([listed.status, JSON.parse(listed.body)], [200, page])

  for (const path of ['/docs/', '/redoc/']) {
    const { status, body } = await ask(`-L "$api${path}"`)
    assert.equal(status, 200, path)
    assert.match(body, /<html/i)
  }
})
