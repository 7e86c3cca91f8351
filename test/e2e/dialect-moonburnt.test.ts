import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { curl } from '../support/curl.ts'
import { Stranger } from '../support/loop.ts'
import { startProgram, temporaryFolder } from '../support/program.ts'
import { until } from '../support/until.ts'

test('the nine steps of moonburnt’s own text lead to the message in the right chat, and into the history', async (t) => {
  const program = await startProgram(t, { dataDir: temporaryFolder(t), env: { LOG_LEVEL: 'debug' } })
  const telegram = new Stranger(program.url, program.sandboxUrl, 'nobody')
  const [anya, boris] = [await telegram.person('Аня', 'ru'), await telegram.person('Борис', 'ru')]
  const cookies = `'${join(temporaryFolder(t), 'cookies')}'`
  const ask = (command: string) => curl(program.url, command)
  /** With the cookies of the log-in. */
  const browse = (command: string) => ask(`-b ${cookies} -c ${cookies} ${command}`)

  const root = await ask('"$api/" -H "Accept: application/json"')
  const map = JSON.parse(root.body) as Record<string, string>
  assert.deepEqual(map, {
    message: `${program.url}/message/`,
    'auth/register': `${program.url}/auth/register/`,
    token: `${program.url}/token/`,
  })

  // "Заходим в /auth/register/, регистрируем пользователя POST-запросом."
  const fields = `-d username=anya --data-urlencode 'first_name=Аня' --data-urlencode 'password=correct horse'`
  assert.deepEqual(await browse(`-X POST "$api/auth/register/" ${fields}`), { status: 302, body: '' })

  // "Авторизируемся POST-запросом в /auth/login/", as a form does that a browser sends.
  const credentials = `-d username=anya --data-urlencode 'password=correct horse' -d next=/token/`
  const loggedIn = await browse(
    `-X POST "$api/auth/login/" ${credentials} -o /dev/null -w '%{redirect_url}\\n%{http_code}'`,
  )
  assert.deepEqual(loggedIn, { status: 302, body: `${program.url}/token/` })

  // "Переходим на /token/, POST-запросом генерируем токен"
  const none = await browse('"$api/token/"')
  assert.deepEqual([none.status, none.body], [200, '[]'])
  const made = await browse('-X POST "$api/token/"')
  assert.equal(made.status, 201)
  const { token } = JSON.parse(made.body)

  // "Находим бота в телеграмме, открываем переписку с ним, нажимаем start"
  for (const person of [boris, anya]) await person.start()
  await until('the bot greets both', async () => (await anya.heard()).length + (await boris.heard()).length === 2)

  const early = await browse('-X POST "$api/message/" -d message=рано')
  assert.equal(early.status, 400)

  // "Отправляем боту в телеграм сообщение с токеном (без кавычек)"
  await anya.send(token)
  const attached = await until('the bot takes the token', async () => (await anya.heard())[1]?.text)
  assert.equal(attached, `Successfully attached token '${token}'`)
  await boris.send(token)
  const second = await until('the bot answers the other', async () => (await boris.heard())[1]?.text)
  assert.match(second, /^Токен неверный, устарел, отозван или уже привязал чат\. Ничего не изменилось\./)

  // "Отправляем POST-запросом в /message/ сообщение"
  const json = `-H 'Content-Type: application/json' -d '{"message":"Привет <b>мир</b> & _всё_"}'`
  const sent = await browse(`-X POST "$api/message/" ${json}`)
  assert.equal(sent.status, 201)
  const message = JSON.parse(sent.body)
  assert.equal(message.message, 'Привет <b>мир</b> & _всё_')

  // "Бот дублирует сообщение из веб интерфейса в телеграмм"
  const text = await until('the message arrives', async () => (await anya.heard())[2]?.text)
  assert.equal(text, 'Аня, я получил от тебя сообщение:\nПривет <b>мир</b> & _всё_')
  assert.equal((await boris.heard()).length, 2, 'nobody else hears it')

  // "GET-запросом в /message/ смотрим историю сообщений", by the cookies and by Basic.
  for (const listed of [await browse('"$api/message/"'), await ask(`-u 'anya:correct horse' "$api/message/"`)]) {
    assert.deepEqual([listed.status, JSON.parse(listed.body)], [200, [message]])
  }

  assert.equal((await browse('"$api/auth/logout/"')).status, 302)
  assert.equal((await browse('"$api/token/"')).status, 403)

  for (const secret of [token, 'correct horse']) assert.ok(!program.output().includes(secret))
})
