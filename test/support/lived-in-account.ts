import assert from 'node:assert/strict'
import { PASSWORD } from './account-page.ts'
import { Stranger } from './loop.ts'
import type { Program } from './program.ts'
import { until } from './until.ts'

/** What people, and people in Telegram, call their things. */
export interface Names {
  person: string
  group: string
  chat: string
  bot: string
  botTitle: string
  token: string
  text: string
  device: string
}

export interface LivedIn {
  login: string
  stranger: Stranger
  messages: { delivered: string; waited: string; failed: string; held: string; cancelled: string }
  bots: { running: string; idle: string; rejected: string }
}

/** What of a message in the sandbox tells whose it is. */
interface Said {
  fromBot: boolean
  message: { reply_to_message?: object }
}

/** An account in which everything has happened that a page can show: chats, bots, messages in each state, tokens, sessions. */
export async function livedIn({ url, sandboxUrl }: Program, login: string, names: Names): Promise<LivedIn> {
  const stranger = new Stranger(url, sandboxUrl, login, PASSWORD)
  const must = (method: string, path: string, body?: object, headers?: Record<string, string>) =>
    answerOf(stranger, method, path, body, headers)
  await must('POST', '/v1/users', { login, password: PASSWORD, name: names.person })
  await must('POST', '/v1/sessions', { login, password: PASSWORD }, { 'user-agent': names.device })
  const person = (await must('GET', '/v1/sandbox')).person.id
  const { telegram } = bound(stranger)
  const sent = async (text: string, chatId?: string): Promise<string> =>
    (await must('POST', '/v1/messages', { text, ...(chatId && { chatId }) })).id
  const status = async (id: string): Promise<string> => (await must('GET', `/v1/messages/${id}`)).status
  const untilIt = (id: string, wanted: string) => until(`${id} is ${wanted}`, async () => (await status(id)) === wanted)
  const chats = async (): Promise<{ id: string; type: string; botId: string | null; status: string }[]> =>
    (await must('GET', '/v1/chats')).items

  const own = await must('POST', '/v1/link-codes')
  await telegram('start', { user: person, bot: own.botUsername, payload: own.code })
  const [first] = await until('the chat is linked', async () => {
    const linked = await chats()
    return linked.length === 1 && linked
  })
  await must('PATCH', `/v1/chats/${first?.id}`, { name: names.chat })
  const group = await telegram<{ id: number }>('create-chat', { type: 'group', title: names.group, members: [person] })
  const forGroup = await must('POST', '/v1/link-codes')
  const joins = { chat: group.id, member: forGroup.botUsername, by: person, payload: forGroup.code }
  await telegram('add-member', joins)
  await until('the group is linked', async () => (await chats()).length === 2)
  // Every time the same stands there, also what the bot says to it.
  const said = async (place: string): Promise<Said[]> => await telegram(`messages?${place}`)
  const isAnswered = async (): Promise<boolean> =>
    (await said(`chat=${group.id}`)).some(({ message }) => message.reply_to_message)
  await until('the group has heard of it', isAnswered)
  await telegram('remove-member', { chat: group.id, member: forGroup.botUsername, by: person, kick: true })
  await until('the group is blocked', async () => (await chats()).some((chat) => chat.status === 'blocked'))

  const addBot = async (username: string, title: string | null): Promise<string> => {
    const { token } = await telegram<{ token: string }>('create-bot', { username, name: names.bot })
    const { id } = await must('POST', '/v1/bots', { token, title })
    await until('the bot runs', async () => (await stateOf(id)) === 'running')
    return id
  }
  const stateOf = async (id: string): Promise<string> => (await must('GET', `/v1/bots/${id}`)).state
  const bots = {
    running: await addBot(`${login}_running_bot`, names.botTitle),
    idle: await addBot(`${login}_idle_bot`, null),
    rejected: await addBot(`${login}_rejected_bot`, names.botTitle),
  }
  const toIdle = await must('POST', '/v1/link-codes', { botId: bots.idle })
  await telegram('start', { user: person, bot: toIdle.botUsername, payload: toIdle.code })
  const third = await until('the third chat is linked', async () =>
    (await chats()).find(({ botId }) => botId === bots.idle),
  )
  const isTold = async (): Promise<boolean> =>
    (await said(`user=${person}&bot=${toIdle.botUsername}`)).some(({ fromBot }) => fromBot)
  await until('the person has heard of it', isTold)
  await must('PATCH', `/v1/bots/${bots.idle}`, { active: false })
  await telegram('revoke-token', { bot: `${login}_rejected_bot` })

  const delivered = await sent(names.text)
  await untilIt(delivered, 'delivered')
  // Not what another bot may still have to say.
  const once = { bot: own.botUsername, chatId: person, method: 'sendMessage', times: 1 }
  await telegram('add-fault', { ...once, action: { kind: 'http', entry: 'message_too_long' } })
  const failed = await sent(names.text)
  await untilIt(failed, 'failed')
  const wait = { kind: 'too_many_requests', retryAfterSeconds: 1 }
  await telegram('add-fault', { ...once, action: wait })
  const waited = await sent(names.text)
  await untilIt(waited, 'delivered')
  const held = await sent(names.text, third.id)
  const cancelled = await sent(names.text, third.id)
  await must('DELETE', `/v1/messages/${cancelled}`)
  await untilIt(cancelled, 'cancelled')

  await must('POST', '/v1/tokens', { name: names.token, scopes: ['send'], expiresAt: null })
  const inAWeek = new Date(Date.now() + 7 * 24 * 60 * 60 * 1000).toISOString()
  await must('POST', '/v1/tokens', { name: names.token, scopes: ['send', 'read', 'manage'], expiresAt: inAWeek })
  await until('the token is refused', async () => (await stateOf(bots.rejected)) === 'rejected')
  return { login, stranger, messages: { delivered, waited, failed, held, cancelled }, bots }
}

function bound(stranger: Stranger): { telegram: <T>(call: string, body?: object) => Promise<T> } {
  return { telegram: (call, body) => stranger.telegram(call, body) }
}

async function answerOf(
  stranger: Stranger,
  method: string,
  path: string,
  body?: object,
  headers?: Record<string, string>,
) {
  const answer = await stranger.ask(method, path, body, headers)
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
  return answer.body
}
