import assert from 'node:assert/strict'
import { argon2Sync } from 'node:crypto'
import type { Ask, DialectHouse } from './dialect-house.ts'
import type { Sample } from './openapi-samples.ts'

const PASSWORD = 'correct horse battery staple'

/** A real hash that costs nothing, so that hundreds of accounts can prove themselves. */
const CHEAP_HASH = cheapHash()

function cheapHash(): string {
  const nonce = Buffer.alloc(16)
  const cost = { parallelism: 1, tagLength: 32, memory: 8, passes: 1 }
  const tag = argon2Sync('argon2id', { message: PASSWORD, nonce, ...cost })
  const [salt, sum] = [nonce, tag].map((bytes) => bytes.toString('base64').replaceAll('=', ''))
  return `$argon2id$v=19$m=8,t=1,p=1$${salt}$${sum}`
}

let made = 0

/** An account with a session and a linked chat. What else it has is made when it is asked for. */
async function personIn(house: DialectHouse) {
  const login = `person${++made}`
  const id = `usr_${login}`
  await house.store.createUser({ id, login, passwordHash: CHEAP_HASH, name: login, locale: 'en', nowMs: 0 })
  const { chatId } = await house.link(login)
  const bearer = await must({ method: 'POST', url: '/v1/sessions', body: { login, password: PASSWORD } })
  const headers = { authorization: `Bearer ${bearer.json.accessToken}` }

  async function must(ask: Ask) {
    const told = await house.ask(ask)
    assert.ok(told.status < 300, `${ask.method} ${ask.url}: ${told.status} ${told.text}`)
    return told
  }
  async function post(url: string, body: object) {
    return (await must({ method: 'POST', url, headers, body })).json
  }

  return {
    id,
    login,
    headers,
    chatId,
    /** Another one than that of the headers. */
    async session(): Promise<string> {
      const userAgent = `agent ${++made}`
      const ask = { headers: { 'user-agent': userAgent }, body: { login, password: PASSWORD } }
      await must({ method: 'POST', url: '/v1/sessions', ...ask })
      const { json } = await must({ method: 'GET', url: '/v1/sessions', headers })
      return json.items.find((one: { userAgent: string | null }) => one.userAgent === userAgent).id
    },
    token: () => post('/v1/tokens', { name: 'x', scopes: ['send'] }),
    message: () => post('/v1/messages', { text: 'x' }),
    code: async () => (await house.codeFromBot()).code,
    /** A token of the form that the bot's code buys. */
    async plainToken(): Promise<string> {
      return (await post('/api/cabinet/', { code: await this.code() })).bot_token
    },
    botToken: () => house.sandbox.control.createBot({ username: `own_${++made}_bot` }).token,
    async bot() {
      const token = this.botToken()
      return { token, number: Number(token.split(':')[0]), ...(await post('/v1/bots', { token })) }
    },
    async number(): Promise<number> {
      const { id: messageId } = await this.message()
      const found = await house.store.getMessage(id, messageId, 0)
      assert.ok(found)
      return found.number
    },
    async failed(): Promise<string> {
      const { id: messageId } = await this.message()
      await house.store.outbox.markSending(messageId, 0)
      const attempt = {
        part: 1,
        startedAtMs: 0,
        finishedAtMs: 0,
        outcome: 'refused',
        reason: 'No.',
        waitMs: null,
      } as const
      const next = { event: 'fail', error: { code: 'text_refused', detail: 'No.' } } as const
      await house.store.outbox.settle({ messageId, attempt, next })
      return messageId
    },
    /** Of people, the first one is an operator and no other; there is more than one of everything. */
    async operatorsCursor(list: 'users' | 'bots'): Promise<string> {
      if (list === 'bots') await this.bot()
      // What is listed may be as old as two seconds.
      house.clock.advance(2000)
      const { json } = await must({ method: 'GET', url: `/v1/operator/${list}?limit=1`, headers })
      return json.nextCursor
    },
    async cursor({ order = 'desc' }: Sample['query']): Promise<string> {
      for (const _ of [1, 2]) await this.message()
      const search = new URLSearchParams({ limit: '1', order: order as string })
      const { json } = await must({ method: 'GET', url: `/v1/messages?${search.toString()}`, headers })
      return json.nextCursor
    },
  }
}
type Person = Awaited<ReturnType<typeof personIn>>

interface Facts {
  path?: Record<string, unknown>
  header?: Record<string, unknown>
  /** Put where the sample has something of this name. */
  query?: Record<string, unknown>
  body?: Record<string, unknown>
  /** Put where the sample has nothing of this name. */
  missing?: Record<string, unknown>
}

/**
 * What no schema can say: which things there are, whose they are, what belongs together. By operation; one that is not here takes
 * whatever fits its schemas.
 */
const FACTS: Readonly<Record<string, (person: Person, sample: Sample) => Promise<Facts> | Facts>> = {
  'PATCH /v1/me': (_, { body }) => {
    const currentPassword = Object.hasOwn(body as object, 'password') ? PASSWORD : undefined
    return { body: { currentPassword }, missing: { currentPassword } }
  },
  'DELETE /v1/me': () => ({ body: { password: PASSWORD } }),
  'POST /v1/sessions': ({ login }) => ({ body: { login, password: PASSWORD } }),
  'DELETE /v1/sessions/{id}': async (person) => ({ path: { id: await person.session() } }),
  'DELETE /v1/tokens/{id}': async (person) => ({ path: { id: (await person.token()).id } }),
  'POST /v1/messages': ({ chatId }) => ({ body: { chatId } }),
  'GET /v1/messages': async (person, { query }) => ({
    query: { chatId: person.chatId, cursor: await person.cursor(query) },
  }),
  'GET /v1/messages/{id}': async (person) => ({ path: { id: (await person.message()).id } }),
  'DELETE /v1/messages/{id}': async (person) => ({ path: { id: (await person.message()).id } }),
  'POST /v1/messages/{id}/resend': async (person) => ({ path: { id: await person.failed() } }),
  'GET /v1/operator/users': async (person) => ({ query: { cursor: await person.operatorsCursor('users') } }),
  'GET /v1/operator/bots': async (person) => ({ query: { cursor: await person.operatorsCursor('bots') } }),
  'POST /s/{token}': async (person) => ({
    path: { token: (await person.token()).token },
    body: { chatId: person.chatId },
  }),
  'POST /v1/chats': async (person) => ({ body: { code: await person.code() } }),
  'PATCH /v1/chats/{id}': ({ chatId }) => ({ path: { id: chatId }, body: { isDefault: true } }),
  'DELETE /v1/chats/{id}': ({ chatId }) => ({ path: { id: chatId } }),
  'POST /v1/link-codes': async (person) => ({ body: { botId: (await person.bot()).id } }),
  'POST /v1/bots': (person) => ({ body: { token: person.botToken() } }),
  'GET /v1/bots/{id}': async (person) => ({ path: { id: (await person.bot()).id } }),
  'PATCH /v1/bots/{id}': async (person) => {
    const { id, token } = await person.bot()
    return { path: { id }, body: { token } }
  },
  'DELETE /v1/bots/{id}': async (person) => ({ path: { id: (await person.bot()).id } }),

  'POST /api/v1/users/open': () => ({ missing: { email: `new${++made}`, username: 'New', password: PASSWORD } }),
  'POST /api/v1/login/access_token': ({ login }) => ({ body: { username: login, password: PASSWORD } }),
  'PUT /api/v1/users/me': () => ({ body: { current_password: PASSWORD }, missing: { current_password: PASSWORD } }),
  'POST /api/v1/messages/': () => ({ missing: { message: 'x' } }),
  'GET /api/v1/messages/{id}': async (person) => ({ path: { id: await person.number() } }),
  'DELETE /api/v1/messages/{id}': async (person) => ({ path: { id: await person.number() } }),

  // Nobody but browsers has something to see there.
  'GET /auth/register/': () => ({ header: { accept: 'text/html' } }),
  'POST /auth/login/': ({ login }) => ({ body: { username: login, password: PASSWORD } }),
  'GET /message/{id}/': async (person) => ({ path: { id: await person.number() } }),

  'POST /users/signup': (_, { body }) => ({ body: { password_repeat: (body as { password: string }).password } }),
  'POST /users/login': ({ login }) => ({ body: { username: login, password: PASSWORD } }),
  'PUT /users/update_password': () => ({ body: { old_password: PASSWORD } }),
  'PATCH /users/update_password': () => ({ body: { old_password: PASSWORD } }),
  'PATCH /bot/verify/': async (person) => ({ body: { verification_code: await person.code() } }),

  'POST /rest-auth/registration/': (_, { body }) => ({
    body: { password2: (body as { password1: string }).password1 },
  }),
  'POST /rest-auth/login/': ({ login }) => ({ body: { username: login, password: PASSWORD } }),
  'POST /rest-auth/password/change/': (_, { body }) => ({
    body: { old_password: PASSWORD, new_password2: (body as { new_password1: string }).new_password1 },
  }),
  'POST /api/v1/telegram_data/': (person) => ({ body: { token: person.botToken() } }),
  'GET /api/v1/telegram_data/{id}/': async (person) => ({ path: { id: (await person.bot()).number } }),
  'PUT /api/v1/telegram_data/{id}/': async (person) => {
    const { number, token } = await person.bot()
    return { path: { id: number }, body: { token } }
  },
  'PATCH /api/v1/telegram_data/{id}/': async (person) => {
    const { number, token } = await person.bot()
    return { path: { id: number }, body: { token } }
  },
  'DELETE /api/v1/telegram_data/{id}/': async (person) => ({ path: { id: (await person.bot()).number } }),

  'DELETE /api/user/': () => ({ body: { psw: PASSWORD } }),
  'POST /api/auth/': ({ login }) => ({ body: { login, psw: PASSWORD } }),
  'POST /api/cabinet/': async (person) => ({ body: { code: await person.code() } }),
  'POST /api/send_message/': async (person) => ({ body: { bot_token: await person.plainToken() } }),
}

/** The sample with the facts of this person put in. */
export async function withFacts(person: Person, name: string, sample: Sample): Promise<Sample> {
  const { path = {}, header = {}, query = {}, body = {}, missing = {} } = (await FACTS[name]?.(person, sample)) ?? {}
  const isObject = typeof sample.body === 'object' && sample.body !== null
  return {
    ...sample,
    path: { ...sample.path, ...path },
    header: { ...sample.header, ...header },
    // Where there is no body, the query may say the same.
    query: { ...(sample.body === undefined && missing), ...replaced(sample.query, query) },
    ...(isObject && { body: { ...missing, ...replaced(sample.body as Sample['query'], body) } }),
  }
}

function replaced(given: Sample['query'], facts: Sample['query']): Sample['query'] {
  const entries = Object.entries(given).map(([name, value]) => [name, Object.hasOwn(facts, name) ? facts[name] : value])
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}

/** How often two people are asked for things of theirs: below what they may have of anything (five bots). */
const MOST_USES = 4

/**
 * Two people, and nobody else, so that no login and no bot is taken. The same ones again until `changed` was called, because making them
 * takes most of a test's time.
 */
export function peopleIn(house: DialectHouse): { two: () => Promise<[Person, Person]>; changed: () => void } {
  let people: [Person, Person] | undefined
  let uses = 0
  return {
    async two() {
      if (people && ++uses < MOST_USES) return people
      uses = 0
      for (const { id } of await house.store.listUsers({ limit: 100 })) await house.store.deleteUser(id)
      return (people = [await personIn(house), await personIn(house)])
    },
    changed: () => (people = undefined),
  }
}
