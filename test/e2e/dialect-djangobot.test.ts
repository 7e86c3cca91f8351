import assert from 'node:assert/strict'
import { test } from 'node:test'
import { curl } from '../support/curl.ts'
import { Stranger } from '../support/loop.ts'
import { startProgram, temporaryFolder } from '../support/program.ts'
import { until } from '../support/until.ts'

const JSON_TYPE = `-H 'Content-Type: application/json'`
const CODE = /\b[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}\b/

/** The body of three requests of that text. */
const FEDOR = `'{
    "name": "Fedor",
    "login": "FedXL",
    "psw": "password1234"
}'`

test('the requests of djangobot’s own text lead to the message in the right chat, and into the history', async (t) => {
  const program = await startProgram(t, { dataDir: temporaryFolder(t) })
  const telegram = new Stranger(program.url, program.sandboxUrl, 'nobody')
  const [fedor, other] = [await telegram.person('Фёдор', 'ru'), await telegram.person('Other', 'en')]
  const ask = async (command: string) => {
    const { status, body } = await curl(program.url, command)
    return { status, json: JSON.parse(body) }
  }
  const authorize = () =>
    ask(`-X POST "$api/api/auth/" ${JSON_TYPE} -d '{
    "login": "FedXL",
    "psw": "password1234"
}
'`)

  const registered = await ask(`-X POST "$api/api/user/" ${JSON_TYPE} -d ${FEDOR}`)
  assert.deepEqual(registered, { status: 201, json: { answer: 'success' } })
  const authorized = await authorize()
  const { access_token: accessToken, ...success } = authorized.json
  assert.deepEqual([authorized.status, success], [200, { answer: 'success' }])
  // With the blanks of that text.
  const bearer = `-H "Authorization:  Bearer ${accessToken} "`
  const changed = await ask(`-X PUT "$api/api/user/" ${bearer} ${JSON_TYPE} -d ${FEDOR}`)
  assert.deepEqual(changed, { status: 200, json: { answer: 'success data was changed' } })

  await fedor.start()
  await fedor.send('любое сообщение')
  const code = await until('the bot gives a code', async () => CODE.exec((await fedor.heard())[1]?.text ?? '')?.[0])
  const cabinet = await ask(`-X POST "$api/api/cabinet/" ${bearer} ${JSON_TYPE} -d '{"code":"${code}"}'`)
  const { bot_token: botToken, ...answer } = cabinet.json
  assert.deepEqual([cabinet.status, answer], [200, { answer: 'success' }])
  assert.match(botToken, /^[A-Za-z0-9]{25}$/)
  const empty = { answer: 'success', messages: [], name: 'Fedor' }
  assert.deepEqual(await ask(`"$api/api/cabinet" ${bearer}`), { status: 200, json: empty })

  const send = () =>
    ask(`-X POST "$api/api/send_message" ${JSON_TYPE} -d '{
    "text":"some and again text",
    "type":"Text",
    "bot_token":"${botToken}"
}'`)
  const sent = { status: 200, json: { answer: 'message was successfully send' } }
  assert.deepEqual(await send(), sent)
  // As a form, which is what curl sends unless it is told otherwise.
  const form = `--data-urlencode 'text=a <form> & more' -d type=Document -d bot_token=${botToken}`
  assert.deepEqual(await ask(`"$api/api/send_message/" ${form}`), sent)
  const texts = await until('both are in the chat', async () => {
    const heard = (await fedor.heard()).map(({ text }) => text).filter((text) => text.startsWith('Fedor, '))
    return heard.length === 2 && heard
  })
  assert.deepEqual(texts, [
    'Fedor, я получил от тебя сообщение:\nsome and again text',
    'Fedor, я получил от тебя сообщение:\na <form> & more',
  ])
  assert.deepEqual(await other.heard(), [], 'nobody else hears it')

  const { json: history } = await ask(`"$api/api/cabinet" -H "Authorization: JWT ${accessToken}"`)
  const [newest, oldest] = history.messages
  assert.deepEqual({ ...newest, time: '' }, { time: '', text: 'a <form> & more', type: 'Document' })
  assert.deepEqual({ ...oldest, time: '' }, { time: '', text: 'some and again text', type: 'Text' })
  for (const { time } of [newest, oldest]) assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
  assert.ok(newest.time >= oldest.time)
  for (const secret of [botToken, accessToken, 'password1234']) assert.ok(!program.output().includes(secret))

  const swagger = await curl(program.url, `-L "$api/api/"`)
  assert.equal(swagger.status, 200)
  assert.match(swagger.body, /<html/i)

  const removed = await ask(`-X DELETE "$api/api/user/" ${bearer} ${JSON_TYPE} -d ${FEDOR}`)
  assert.deepEqual(removed, { status: 200, json: { answer: 'success user was deleted' } })
  assert.equal((await ask(`"$api/api/cabinet" ${bearer}`)).status, 403)
  assert.deepEqual(await send(), { status: 403, json: { answer: 'invalid token' } })
  assert.equal((await authorize()).status, 401)
})
