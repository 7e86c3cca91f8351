import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { curl } from '../support/curl.ts'
import { Stranger } from '../support/loop.ts'
import { type Program, startProgram, temporaryFolder } from '../support/program.ts'
import { until } from '../support/until.ts'

const JSON_TYPE = `-H 'Content-Type: application/json'`

/** Bots and people in the sandbox, by its control API. */
function telegramOf({ url, sandboxUrl }: Program) {
  const telegram = new Stranger(url, sandboxUrl, 'nobody')
  return {
    newBot: (username: string) => telegram.telegram<{ id: number; token: string }>('create-bot', { username }),
    newPerson: (firstName: string) => telegram.telegram<{ id: number }>('create-user', { firstName }),
    start: (user: number, bot: number) => telegram.telegram('start', { user, bot }),
    say: (user: number, bot: number, text: string) => telegram.telegram('send', { user, bot, text }),
    async heard(user: number, bot: number): Promise<string[]> {
      const messages = await telegram.telegram<{ fromBot: boolean; message: { text: string } }[]>(
        `messages?user=${user}&bot=${bot}`,
      )
      return messages.filter(({ fromBot }) => fromBot).map(({ message }) => message.text)
    },
  }
}

test('eora’s own text leads to five bots that repeat what they are told, are switched at once, and are back after a restart', async (t) => {
  const dataDir = temporaryFolder(t)
  const jar = join(temporaryFolder(t), 'cookies')
  let program = await startProgram(t, { dataDir })
  let telegram = telegramOf(program)
  const ask = async (command: string) => {
    const { status, body } = await curl(program.url, command)
    return { status, json: body === '' ? undefined : JSON.parse(body) }
  }

  const fields = '{"username":"ann","password1":"correct horse","password2":"correct horse"}'
  const registered = await ask(`-c '${jar}' -X POST "$api/rest-auth/registration/" ${JSON_TYPE} -d '${fields}'`)
  const key = String(registered.json.key)
  assert.deepEqual([registered.status, registered.json], [201, { key }])
  assert.match(key, /^[0-9a-f]{40}$/)
  // As a form, which is what curl sends unless it is told otherwise.
  const logIn = `-X POST "$api/rest-auth/login/" -d username=ann --data-urlencode 'password=correct horse'`
  assert.deepEqual(await ask(logIn), { status: 200, json: { key } })

  const user = { pk: 1, username: 'ann', email: '', first_name: '', last_name: '' }
  const [byKey, byCookie] = [`-H 'Authorization: Token ${key}'`, `-b '${jar}'`]
  assert.deepEqual(await ask(`"$api/rest-auth/user/" ${byKey}`), { status: 200, json: user })
  assert.deepEqual(await ask(`"$api/rest-auth/user/" ${byCookie}`), { status: 200, json: user })
  assert.deepEqual(await ask(`"$api/api/v1/telegram_data/" ${byKey}`), { status: 200, json: [] })

  const add = (token: string, how = byKey) =>
    ask(`-X POST "$api/api/v1/telegram_data/" ${how} ${JSON_TYPE} -d '{"token":"${token}","title":"Echo"}'`)
  const view = await telegram.newBot('anns_first_bot')
  const bot = { id: view.id, token: view.token.slice(-4), title: 'Echo', active: true }
  assert.deepEqual(await add(view.token), { status: 201, json: bot })
  const others = await Promise.all([2, 3, 4, 5, 6].map((number) => telegram.newBot(`anns_${number}_bot`)))
  const [second, , , , sixth] = others
  assert.ok(second && sixth)
  const added = []
  for (const { token } of others) added.push(await add(token, byCookie))
  assert.deepEqual(
    added.map(({ status }) => status),
    [201, 201, 201, 201, 403],
  )
  assert.deepEqual(added[4]?.json, { detail: 'maximum amount of bots per user reached' })
  const five = [view, ...others.slice(0, 4)]
  const all = async () => (await ask(`"$api/api/v1/telegram_data" ${byKey}`)).json as { id: number }[]
  assert.deepEqual(
    (await all()).map(({ id }) => id),
    five.map(({ id }) => id),
  )

  const person = await telegram.newPerson('Ann')
  const says = (id: number, text: string) => telegram.say(person.id, id, text)
  const repeats = (id: number, text: string) =>
    until(`bot ${id} repeats “${text}”`, async () => (await telegram.heard(person.id, id)).includes(text))
  for (const { id } of five) await telegram.start(person.id, id)
  await says(view.id, 'Привет <b>мир</b> & _всё_')
  await repeats(view.id, 'Привет <b>мир</b> & _всё_')

  // Its text writes the address of one bot without the slash.
  const one = `"$api/api/v1/telegram_data/${view.id}"`
  const switched = await ask(`-X PATCH ${one} ${byKey} ${JSON_TYPE} -d '{"active":false}'`)
  assert.deepEqual(switched, { status: 200, json: { ...bot, active: false } })
  await says(view.id, 'anybody there?')
  await says(second.id, 'and you?')
  await repeats(second.id, 'and you?')
  assert.ok(!(await telegram.heard(person.id, view.id)).includes('anybody there?'))
  assert.equal((await add(sixth.token)).status, 403, 'a bot that is off counts')
  const on = await ask(`-X PUT ${one} ${byKey} ${JSON_TYPE} -d '${JSON.stringify({ ...switched.json, active: true })}'`)
  assert.deepEqual(on, { status: 200, json: bot })
  await repeats(view.id, 'anybody there?')

  assert.equal(await program.end('SIGTERM'), 0)
  const output = program.output()
  program = await startProgram(t, { dataDir })
  telegram = telegramOf(program)
  assert.equal((await all()).length, 5)
  for (const { id } of five) {
    await says(id, `still there, ${id}?`)
    await repeats(id, `still there, ${id}?`)
  }

  assert.deepEqual(await ask(`-X DELETE ${one} ${byKey}`), { status: 204, json: undefined })
  assert.equal((await add(sixth.token)).status, 201)
  const out = await ask(`-X POST "$api/rest-auth/logout/" ${byKey} ${byCookie}`)
  assert.deepEqual(out, { status: 200, json: { detail: 'Successfully logged out.' } })
  for (const how of [byKey, byCookie]) assert.equal((await ask(`"$api/rest-auth/user/" ${how}`)).status, 403)
  const again = await ask(logIn)
  assert.match(again.json.key, /^[0-9a-f]{40}$/)
  assert.notEqual(again.json.key, key)

  const swagger = await curl(program.url, `-L "$api/swagger/"`)
  assert.equal(swagger.status, 200)
  assert.match(swagger.body, /<html/i)
  for (const secret of [key, 'correct horse', ...five.map(({ token }) => token)]) {
    assert.ok(!`${output}${program.output()}`.includes(secret))
  }
})
