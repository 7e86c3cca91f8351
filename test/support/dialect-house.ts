import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import type { TestContext } from 'node:test'
import { loadConfig } from '../../src/config/load-config.ts'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { TelegramContact } from '../../src/domain/telegram-contact.ts'
import type { Wake } from '../../src/domain/signal.ts'
import { openApiDocument } from '../../src/http/openapi.ts'
import { buildServer } from '../../src/http/server.ts'
import { createAccessTokens } from '../../src/ops/access-tokens.ts'
import { AccountPhones } from '../../src/sandbox/account-phones.ts'
import { createSecrets } from '../../src/ops/secrets.ts'
import { createTokenSeals } from '../../src/ops/token-seals.ts'
import { askBot } from '../../src/telegram/ask-bot.ts'
import { systemRandom } from '../../src/ops/system-random.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import { codeGuesses, PER_CHAT } from '../../src/usecases/code-guesses.ts'
import { confirmMove } from '../../src/usecases/confirm-move.ts'
import { linkChat } from '../../src/usecases/link-chat.ts'
import { offerChatCode } from '../../src/usecases/offer-chat-code.ts'
import { type Shared, serverDeps } from '../../src/wiring.ts'
import { checkAnswer } from './answer-schema.ts'
import { recordingLog } from './http-server.ts'
import { testSandbox } from './sandbox.ts'
import { ManualClock } from './manual-clock.ts'
import { temporaryFile } from './test-store.ts'

const SECRET_KEY = 'a secret of the test, long enough for it'
const BOT = { id: 'bot_shared', telegramBotId: 4242, username: 'rider_bot', name: 'Rider' }

/** One request as data, so that a suite can ask it in several ways. */
export interface Ask {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  url: string
  headers?: Record<string, string>
  /** Fields; sent as JSON unless `form` says otherwise. A text or bytes are sent as they are. */
  body?: object | string | Buffer
  form?: 'urlencoded' | 'multipart'
  /** The caller's address. */
  from?: string
}

/** The answer of a dialect. */
export interface Told {
  status: number
  headers: Readonly<Record<string, unknown>>
  // A test reads what it expects to be there.
  // oxlint-disable-next-line typescript/no-explicit-any
  json: any
  text: string
}

/** The whole API with every dialect, as the program composes it, on a real database, with the sandbox for Telegram; nothing leaves it. */
export async function dialectHouse(
  t: TestContext,
  env: Record<string, string> = {},
  { pageFolder = null }: { pageFolder?: string | null } = {},
) {
  const file = temporaryFile(t)
  const store = await openSqliteStore({ file })
  t.after(() => store.close())
  await store.migrate()
  await store.saveSharedBot(BOT)
  const [clock, log, wakes] = [new ManualClock(), recordingLog(), [] as Wake[]]
  const sandbox = await testSandbox(t)
  const shared: Shared = {
    config: loadConfig(env),
    log,
    clock,
    random: systemRandom,
    store,
    secrets: createSecrets(SECRET_KEY),
    wake: (wake) => void wakes.push(wake),
    lookAgain: () => undefined,
    failed: () => undefined,
    secretKey: SECRET_KEY,
    seals: createTokenSeals({ secretKey: SECRET_KEY, previousKey: null }),
    askBot: (token) => askBot({ apiRoot: sandbox.url, token, timeoutMs: 30_000 }),
  }
  const contact = new TelegramContact(() => clock.now())
  const outside = {
    health: { whyNotReady: async () => [], metrics: async () => ({ contentType: 'text/plain', text: '' }) },
    intake: { accepted: () => undefined, answered: () => undefined, committed: () => undefined },
    outbox: store.outbox,
    // No bot works here.
    say: async () => undefined,
    telegramUpdates: null,
    phoneUrl: null,
    installation: { startedAtMs: clock.now(), isSandbox: true, apiHost: new URL(sandbox.url).host },
    contact,
    pageFolder,
    phones: new AccountPhones({ control: sandbox.control, clock, bot: BOT.username }),
  }
  const server = await buildServer(serverDeps(shared, outside))
  t.after(() => server.close())
  await server.ready()
  const document = openApiDocument(server)
  const database = new DatabaseSync(file, { readOnly: true })
  t.after(() => database.close())

  /**
   * Every row of every table but the counters, whose numbers a refusal may use up: equal before and after means that nothing was stored.
   * With a word: those rows that have it.
   */
  function everything(word = ''): string {
    const tables = database
      .prepare("select name from sqlite_schema where type = 'table' and name <> 'counters' order by name")
      .all()
    const rowsOf = (name: string) => database.prepare(`select * from "${name}"`).all()
    const isMeant = (row: object): boolean => word === '' || Object.values(row).includes(word)
    return JSON.stringify(tables.map(({ name }) => [name, rowsOf(String(name)).filter(isMeant)]))
  }

  /** No answer holds a password's hash, breaks, or is another than the document says. */
  async function ask({ method, url, headers, body, form, from }: Ask): Promise<Told> {
    const sent = body === undefined ? undefined : payloadOf(body, form)
    const request = {
      method,
      url,
      headers: { ...sent?.headers, ...headers },
      ...(sent && { payload: sent.payload }),
      ...(from !== undefined && { remoteAddress: from }),
    }
    const answer = await (/^\/v1\/events($|\?)/.test(url) ? beginningOf(server, request) : server.inject(request))
    const what = `${method} ${url}: ${answer.statusCode} ${answer.body}`
    assert.ok(answer.statusCode < 500, `${what} ${JSON.stringify(log.lines.map(String))}`)
    assert.doesNotMatch(answer.body, /\$argon2/, what)
    const documented = documentedPath(url, method)
    if (documented !== undefined) checkAnswer(document, method, documented, answer)
    const isJson = String(answer.headers['content-type']).includes('json') && answer.body !== ''
    return {
      status: answer.statusCode,
      headers: answer.headers,
      json: isJson ? JSON.parse(answer.body) : undefined,
      text: answer.body,
    }
  }

  /** Of the two forms of a dialect's path, with and without the slash at its end, the one in the document. Ours have one form. */
  function documentedPath(url: string, method: string): string | undefined {
    // As it reaches the server, where `%2e%2e` is a way up.
    const path = new URL(`http://localhost${url}`).pathname
    // An empty step is a parameter that is empty, and not the other form of a shorter path.
    if (path.includes('//')) return undefined
    const isOurs = /^\/(v1|s|health|metrics)(\/|$)/.test(path)
    const forms = isOurs ? [path] : [path, path.endsWith('/') ? path.slice(0, -1) : `${path}/`]
    // A path with a word comes before a path with a parameter.
    const literal = forms.find((form) => Object.hasOwn(document.paths[form] ?? {}, method.toLowerCase()))
    const isWord = forms.some((form) => Object.hasOwn(document.paths, form))
    if (literal !== undefined || isWord) return literal
    return forms.find((form) =>
      Object.entries(document.paths).some(([template, methods]) => {
        const pattern = new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`)
        return pattern.test(form) && Object.hasOwn(methods, method.toLowerCase())
      }),
    )
  }

  let lastChat = 5000
  /** The code that the bot gives to a chat which it does not know yet. */
  async function codeFromBot(): Promise<{ code: string; telegramChatId: number }> {
    const telegramChatId = ++lastChat
    const ttlMs = shared.config.linkCodeTtlMs
    const chat = { telegramChatId, type: 'private', title: null, username: null } as const
    const { code } = await offerChatCode({ ...shared, ttlMs })({ botId: BOT.id, chat })
    return { code, telegramChatId }
  }

  const show = linkChat({
    ...shared,
    accessTokens: createAccessTokens({ secretKey: SECRET_KEY, clock }),
    guesses: codeGuesses({ clock, limit: PER_CHAT }),
    ttlMs: shared.config.linkCodeTtlMs,
  })
  /** A chat that the bot does not know yet, or the one that is given, sends the bot what links it to an account. */
  async function showToBot(code: string, telegramChatId = ++lastChat) {
    const chat = { telegramChatId, type: 'private', title: null, username: null } as const
    return { telegramChatId, outcome: await show({ botId: BOT.id, chat, code }) }
  }

  /** The person in a chat says yes to the question whether it shall move. */
  async function answerMove(telegramChatId: number, secret: string) {
    const chat = { telegramChatId, type: 'private', title: null, username: null } as const
    return (await confirmMove(shared)({ botId: BOT.id, chat, secret, answer: 'move' })).result
  }

  /** Links a chat to the account with this login, past every interface. */
  async function link(login: string): Promise<{ chatId: string; telegramChatId: number }> {
    const found = await store.findUserByLogin(login)
    assert.ok(found, `there is no ${login}`)
    const telegramChatId = ++lastChat
    const peer = await store.savePeer(BOT.id, { telegramChatId, type: 'private', title: null, username: null })
    const { id } = await store.linkChat({
      id: `cht_${telegramChatId}`,
      userId: found.user.id,
      peerId: peer.id,
      nowMs: clock.now(),
    })
    return { chatId: id, telegramChatId }
  }

  return {
    sandbox,
    store,
    clock,
    contact,
    log,
    server,
    document,
    wakes,
    ask,
    everything,
    codeFromBot,
    showToBot,
    answerMove,
    link,
  }
}

/** Of a stream that has no end by itself. */
async function beginningOf(server: FastifyInstance, request: InjectOptions) {
  const answer = await server.inject({ ...request, payloadAsStream: true })
  const { statusCode, headers } = answer
  let body = ''
  for await (const chunk of answer.stream()) {
    body += String(chunk)
    if (statusCode === 200) break
  }
  return { statusCode, headers, body }
}

export type DialectHouse = Awaited<ReturnType<typeof dialectHouse>>

/** Long, as everybody's is: Node's reader finds a short one in the middle of a text. */
const BOUNDARY = 'a-boundary-that-stands-in-no-text'

function payloadOf(body: object | string | Buffer, form: Ask['form']) {
  if (typeof body === 'string' || Buffer.isBuffer(body)) return { headers: {}, payload: body }
  if (form === undefined) return { headers: { 'content-type': 'application/json' }, payload: JSON.stringify(body) }
  const fields = Object.entries(body).map(([name, value]) => [name, String(value)] as [string, string])
  if (form === 'urlencoded') {
    const payload = new URLSearchParams(fields).toString()
    return { headers: { 'content-type': 'application/x-www-form-urlencoded' }, payload }
  }
  const parts = fields.map(
    ([name, value]) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
    payload: `${parts.join('')}--${BOUNDARY}--\r\n`,
  }
}
