import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { PASSWORD, signInByApi, visit, type Visit } from './account-page.ts'
import { Stranger } from './loop.ts'
import type { Program } from './program.ts'
import { until } from './until.ts'

export interface SignedIn extends Visit {
  login: string
  /** The same account by its API. */
  stranger: Stranger
  /** Of the account, in the sandbox. */
  personId: number
}

/** An account with its browser signed in, and a chat that is linked unless `linked` is false. */
export async function signedIn(
  t: Pick<TestContext, 'after'>,
  { program, browser }: { program: Program; browser?: Browser },
  login: string,
  { linked = true, ...options }: { linked?: boolean } & BrowserContextOptions = {},
): Promise<SignedIn> {
  const stranger = new Stranger(program.url, program.sandboxUrl, login, PASSWORD)
  const { status } = await stranger.ask('POST', '/v1/users', { login, password: PASSWORD, name: nameOf(login) })
  assert.equal(status, 201)
  const personId = (await stranger.ask('GET', '/v1/sandbox')).body.person.id
  if (linked) await linkByPhone(stranger, personId)
  const visited = await visit(t, program, { ...options, ...(browser && { browser }) })
  await signInByApi(visited, program, login)
  return { ...visited, login, stranger, personId }
}

/** `ann` is Ann. */
function nameOf(login: string): string {
  return `${login.slice(0, 1).toUpperCase()}${login.slice(1)}`
}

/**
 * The person starts the bot with a code of the account: the shared bot's, unless another is named. Resolves when the bot has said that it
 * worked: what the test arranges for the next message does not meet that one.
 */
export async function linkByPhone(stranger: Stranger, personId: number, botId?: string): Promise<void> {
  const count = async (): Promise<number> => (await stranger.ask('GET', '/v1/chats')).body.items.length
  const before = await count()
  const { body } = await stranger.ask('POST', '/v1/link-codes', botId === undefined ? {} : { botId })
  const said = async (): Promise<number> => {
    const query = `user=${personId}&bot=${body.botUsername}`
    const messages = await stranger.telegram<{ fromBot: boolean }[]>(`messages?${query}`)
    return messages.filter(({ fromBot }) => fromBot).length
  }
  const saidBefore = await said()
  await stranger.telegram('start', { user: personId, bot: body.botUsername, payload: body.code })
  await until('the chat is linked', async () => (await count()) > before)
  await until('the bot has said so', async () => (await said()) > saidBefore)
}
