import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { readJsonBody } from '../../src/sandbox/parameters/json-body.ts'
import { readMultipart } from '../../src/sandbox/parameters/multipart.ts'
import { leadingInteger, ParameterCollector } from '../../src/sandbox/parameters/parameters.ts'
import { readAnswer, startedPair, testSandbox, type WireBot } from '../support/sandbox.ts'

async function post(
  bot: WireBot,
  method: string,
  body: NonNullable<RequestInit['body']>,
  headers: Record<string, string> = {},
  query = '',
) {
  const url = `${bot.sandbox.url}/bot${bot.view.token}/${method}${query}`
  return await fetch(url, { method: 'POST', body, headers })
}

const JSON_TYPE = { 'content-type': 'application/json' }

function jsonParameters(body: string): Record<string, string> {
  const collector = new ParameterCollector()
  readJsonBody(body, collector)
  return Object.fromEntries(collector.values)
}

test('P1: the first value of a name wins, and the query comes before the body', async (t) => {
  const { bot, user } = startedPair(await testSandbox(t))
  await post(bot, 'sendMessage', new URLSearchParams({ chat_id: String(user.id), text: 'body' }), {}, '?text=query')
  const twice = `chat_id=${user.id}&text=first&text=second`
  await post(bot, 'sendMessage', twice, { 'content-type': 'application/x-www-form-urlencoded' })
  const texts = bot.sandbox.control.messages({ bot: bot.view.id }).map(({ message }) => message.text)
  assert.deepEqual(texts.slice(1), ['query', 'first'])
})

test('P2: a body of another type has no parameters', async (t) => {
  const { bot, user } = startedPair(await testSandbox(t))
  const response = await post(bot, 'sendMessage', `chat_id=${user.id}&text=hi`, { 'content-type': 'text/plain' })
  assert.equal((await readAnswer(response)).line, '400 Bad Request: message text is empty')
})

test('P2: gzip and deflate are read, other encodings are 415', async (t) => {
  const { bot, user } = startedPair(await testSandbox(t))
  const body = Buffer.from(JSON.stringify({ chat_id: user.id, text: 'packed' }))
  const packed: [string, Buffer][] = [
    ['gzip', gzipSync(body)],
    ['deflate', deflateSync(body)],
    ['deflate', deflateRawSync(body)],
  ]
  for (const [encoding, bytes] of packed) {
    const headers = { ...JSON_TYPE, 'content-encoding': encoding }
    assert.equal((await post(bot, 'sendMessage', new Uint8Array(bytes), headers)).status, 200, encoding)
  }
  const refused = await post(bot, 'sendMessage', body.toString(), { ...JSON_TYPE, 'content-encoding': 'br' })
  assert.equal(refused.status, 415)
})

test('P3: a JSON string is taken decoded, any other JSON value as its raw text', () => {
  const body = '{"a":"x\\n\\u0041","b": 5 ,"c":true,"d":null,"e":{"k": [1, 2]},"f":[ {} ],"g":-1.5e3}'
  assert.deepEqual(jsonParameters(body), {
    a: 'x\nA',
    b: '5',
    c: 'true',
    d: 'null',
    e: '{"k": [1, 2]}',
    f: '[ {} ]',
    g: '-1.5e3',
  })
})

test('P3: null is the text "null", which methods refuse', async (t) => {
  const { bot, user } = startedPair(await testSandbox(t))
  const message = { chat_id: user.id, text: 'x' }
  assert.equal(
    await bot.line('sendMessage', { ...message, parse_mode: null }),
    '400 Bad Request: unsupported parse_mode',
  )
  assert.equal(
    await bot.line('sendMessage', { ...message, reply_markup: null }),
    '400 Bad Request: object expected as reply markup',
  )
})

test('P4: parameters before a mistake in the JSON stay, the rest is missing', async (t) => {
  const { bot, user } = startedPair(await testSandbox(t))
  const cut = await post(bot, 'sendMessage', `{"chat_id":${user.id},"text":"x`, JSON_TYPE)
  assert.equal((await readAnswer(cut)).line, '400 Bad Request: message text is empty')
  const late = await post(bot, 'sendMessage', `{"chat_id":${user.id},"text":"x", oops`, JSON_TYPE)
  assert.equal(late.status, 200)
})

test('P3, P4: reading never fails, and reads what JSON.stringify wrote', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const read = jsonParameters(JSON.stringify(value))
      for (const [name, field] of Object.entries(value)) {
        assert.equal(read[name], typeof field === 'string' ? field : JSON.stringify(field))
      }
    }),
  )
  fc.assert(fc.property(fc.string(), (body) => void jsonParameters(`{"a":1,${body}`)))
})

test('P5: structured parameters are JSON text in every encoding', async (t) => {
  const { bot, user } = startedPair(await testSandbox(t))
  const markup = JSON.stringify({ inline_keyboard: [[{ text: 'A', callback_data: 'a' }]] })
  const form = new URLSearchParams({ chat_id: String(user.id), text: 'x', reply_markup: markup })
  const { body } = await readAnswer(await post(bot, 'sendMessage', form))
  assert.deepEqual(body.result && Reflect.get(body.result, 'reply_markup'), JSON.parse(markup))
})

test('P5: what cannot be parsed is ignored in entities and refused elsewhere', async (t) => {
  const { bot, user } = startedPair(await testSandbox(t))
  const message = { chat_id: user.id, text: 'x' }
  const refusals = {
    entities: '200',
    reply_markup: "400 Bad Request: can't parse reply keyboard markup JSON object",
    link_preview_options: "400 Bad Request: can't parse link preview options JSON object",
    reply_parameters: "400 Bad Request: can't parse reply parameters JSON object",
  }
  for (const [name, line] of Object.entries(refusals)) {
    assert.equal(await bot.line('sendMessage', { ...message, [name]: '{"unfinished' }), line)
  }
})

test('P6: only true, yes and 1 are true, in any case', async (t) => {
  const { bot, user } = startedPair(await testSandbox(t))
  const spellings = { true: true, True: true, ' YES ': true, '1': true, on: false, '2': false, '': false, false: false }
  await bot.ok('sendMessage', { chat_id: user.id, text: 'warm up' })
  bot.sandbox.control.configureRates({ profile: 'off' })
  for (const [spelling, silent] of Object.entries(spellings)) {
    await bot.ok('sendMessage', { chat_id: user.id, text: 'x', disable_notification: spelling })
    assert.equal(bot.sandbox.control.messages({ bot: bot.view.id, limit: 1 })[0]?.silent, silent, spelling)
  }
})

test('P6: an integer is what leads the text, and garbage is 0', () => {
  assert.deepEqual(['12', '12abc', '-5', '', 'abc', '1.9', '+3'].map(leadingInteger), [12, 12, -5, 0, 0, 1, 0])
})

test('P7: a part with a file name is a file, one without is text', () => {
  const collector = new ParameterCollector()
  const body = [
    '--b',
    'Content-Disposition: form-data; name="text"',
    '',
    'hello',
    '--b',
    'Content-Disposition: form-data; name="photo"; filename="a;b.png"',
    'Content-Type: image/png',
    '',
    '--b is no boundary here\r\n',
    '--b--',
    '',
  ]
  readMultipart(Buffer.from(body.join('\r\n')), 'multipart/form-data; boundary=b', collector)
  const parameters = collector.collected()
  assert.equal(parameters.text('text'), 'hello')
  assert.equal(parameters.file('photo')?.name, 'a;b.png')
  assert.equal(parameters.file('photo')?.mimeType, 'image/png')
})

test('P7: more than 50 files, or more than 1 MiB of text, is 413 with an empty body', async (t) => {
  const { bot } = startedPair(await testSandbox(t))
  const many = new FormData()
  for (let index = 0; index < 51; index += 1) many.append(`f${index}`, new Blob(['x']), 'x.txt')
  const long = new FormData()
  long.append('text', 'x'.repeat(1_048_577))
  for (const form of [many, long]) {
    const response = await post(bot, 'sendMessage', form)
    assert.equal(response.status, 413)
    assert.equal(await response.text(), '')
    assert.equal(response.headers.get('connection'), 'close')
  }
})

test('P7: a body over 50 MB is 413 in the cloud profile, as JSON or as the page of the front end', async (t) => {
  const body = Buffer.alloc(50 * 1_048_576 + 65_537)
  for (const tooLarge of ['json', 'html'] as const) {
    const { bot } = startedPair(await testSandbox(t, { cloud: true, tooLarge }))
    const response = await post(bot, 'sendMessage', body)
    assert.equal(response.status, 413)
    assert.match(await response.text(), tooLarge === 'json' ? /^\{"ok":false,"error_code":413,/ : /<h1>413 Request/)
  }
})

test('P8: unknown parameters are ignored', async (t) => {
  const { bot, user } = startedPair(await testSandbox(t))
  assert.equal(await bot.line('sendMessage', { chat_id: user.id, text: 'x', colour: 'red', chatId: 0 }), '200')
})

test('C2: the same request in query, form, JSON and multipart gives the same message', async (t) => {
  const sandbox = await testSandbox(t, { profile: 'off' })
  const { bot, user } = startedPair(sandbox)
  const fields = {
    chat_id: String(user.id),
    text: 'Grüße *an* <b>alle</b> & 100% 😀 a+b',
    parse_mode: 'HTML',
    disable_notification: 'true',
    reply_markup: JSON.stringify({ inline_keyboard: [[{ text: 'Go', url: 'https://a.example/?x=1&y=2' }]] }),
  }
  const escaped = { ...fields, text: fields.text.replace('& 100', '&amp; 100') }
  const form = new FormData()
  for (const [name, value] of Object.entries(escaped)) form.append(name, value)
  const answers = [
    await post(bot, 'sendMessage', '', {}, `?${new URLSearchParams(escaped).toString()}`),
    await post(bot, 'sendMessage', new URLSearchParams(escaped)),
    await post(bot, 'sendMessage', JSON.stringify(escaped), JSON_TYPE),
    await post(bot, 'sendMessage', form),
  ]
  const results = await Promise.all(
    answers.map(async (answer) => {
      const { result } = (await readAnswer(answer)).body
      return { ...(result as object), message_id: 0, date: 0 }
    }),
  )
  for (const result of results) assert.deepEqual(result, results[0])
  assert.equal(Reflect.get(results[0] ?? {}, 'text'), 'Grüße *an* alle & 100% 😀 a+b')
})

test('text that is no UTF-8 is refused', async (t) => {
  const { bot, user } = startedPair(await testSandbox(t))
  const form = `chat_id=${user.id}&text=%ff%fe`
  const answer = await post(bot, 'sendMessage', form, { 'content-type': 'application/x-www-form-urlencoded' })
  assert.equal((await readAnswer(answer)).line, '400 Bad Request: text must be encoded in UTF-8')
  const json = `{"chat_id":${user.id},"text":"\\ud800"}`
  assert.equal(
    (await readAnswer(await post(bot, 'sendMessage', json, JSON_TYPE))).line,
    '400 Bad Request: text must be encoded in UTF-8',
  )
})
