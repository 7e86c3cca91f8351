import assert from 'node:assert/strict'
import { test } from 'node:test'
import { curl } from '../support/curl.ts'
import { Stranger } from '../support/loop.ts'
import { startProgram, temporaryFolder } from '../support/program.ts'
import { until } from '../support/until.ts'

test('the scheme of fabotrix’s own text leads to the message in the right chat, and into the history', async (t) => {
  const program = await startProgram(t, { dataDir: temporaryFolder(t), env: { LOG_LEVEL: 'debug' } })
  const telegram = new Stranger(program.url, program.sandboxUrl, 'nobody')
  const [ann, bob] = [await telegram.person('Annie', 'en'), await telegram.person('Bob', 'en')]
  const ask = (command: string) => curl(program.url, command)

  // "User registers in our system. When registering, it specifies the login, password and name."
  const who = 'email=ann%40example.org&username=Ann&password=correct+horse'
  const registered = await ask(`-X POST "$api/api/v1/users/open?${who}"`)
  assert.equal(registered.status, 200)
  const { id, telegram_id: unlinked } = JSON.parse(registered.body)
  assert.deepEqual([id, unlinked], [1, null])

  // "The user finds a bot in Telegram and subscribes to it."
  for (const person of [bob, ann]) await person.start()
  await until('the bot greets both', async () => (await ann.heard()).length + (await bob.heard()).length === 2)

  // "Generates a token in his personal account" …
  const login = `"$api/api/v1/login/access_token" -d username=ann%40example.org --data-urlencode 'password=correct horse'`
  const loggedIn = await ask(`-X POST ${login}`)
  assert.equal(loggedIn.status, 200)
  const { access_token: token, token_type: type } = JSON.parse(loggedIn.body)
  assert.equal(type, 'bearer')
  const bearer = `-H 'Authorization: Bearer ${token}'`

  const early = await ask(`-X POST "$api/api/v1/messages/?message=early" ${bearer}`)
  const refusal = { detail: 'You need to add your access_token in telegram chat before' }
  assert.deepEqual([early.status, JSON.parse(early.body)], [403, refusal])

  // … "and binds this token to his chat."
  await ann.send(token)
  const linked = await until('the bot takes the token', async () => (await ann.heard())[1]?.text)
  assert.equal(linked, 'Got your token, Ann! 👌')
  await bob.send(token)
  const second = await until('the bot answers the other', async () => (await bob.heard())[1]?.text)
  assert.match(second, /^This token is wrong, too old, logged out, or linked a chat before\./)

  // "The user sends his message to the API. At this moment, the bot immediately duplicates it in Telegram."
  const message = 'Hello <b>world</b> & _all_'
  const sent = await ask(`-X POST "$api/api/v1/messages/?message=${encodeURIComponent(message)}" ${bearer}`)
  assert.equal(sent.status, 201)
  assert.equal(JSON.parse(sent.body).body, message)
  const text = await until('the message arrives', async () => (await ann.heard())[2]?.text)
  assert.equal(text, `Ann, I got a message from you:\n${message}`)
  // "The user should only receive his own messages."
  assert.equal((await bob.heard()).length, 2)

  // "Getting a list of all messages: date of sending, message"
  const listed = await ask(`"$api/api/v1/messages/" ${bearer}`)
  assert.deepEqual([listed.status, JSON.parse(listed.body)], [200, [JSON.parse(sent.body)]])
  const stranger = await ask('"$api/api/v1/messages/"')
  assert.deepEqual([stranger.status, JSON.parse(stranger.body)], [401, { detail: 'Not authenticated' }])

  await ann.send('/messages')
  const history = await until('the bot shows them in the chat', async () => (await ann.heard())[3]?.text)
  assert.ok(history.endsWith(message), history)

  // What was pasted into a chat, or stood in an address, is in no log.
  for (const secret of [token, 'correct+horse', 'correct horse', message]) assert.ok(!program.output().includes(secret))
})
