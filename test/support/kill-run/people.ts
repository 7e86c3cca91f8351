import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import { until } from '../until.ts'
import { ask, expectStatus } from './api.ts'

export interface Account {
  /** What a message to this account's chats begins with. */
  heading: string
  authorization: string
  chats: LinkedChat[]
}

export interface LinkedChat {
  id: string
  /** Of the chat; where it is private, of the person too. Groups are below 0. */
  telegramId: number
  account: Account
}

interface Who {
  url: string
  sandbox: Sandbox
  bot: number
}

/** Accounts with linked chats, made as people make them: over the API, and by a start of the bot with the code. */
export async function makeAccounts(
  who: Who,
  size: { accounts: number; chatsEach: number; groupsEach?: number; from?: number },
): Promise<Account[]> {
  const { from = 0, groupsEach = 0 } = size
  const accounts: Account[] = []
  for (let index = 0; index < size.accounts; index++) accounts.push(await register(who.url, from + index))
  await Promise.all(
    accounts.map(async (account) => {
      for (let index = 0; index < size.chatsEach; index++) await link(who, account, startInPrivate)
      for (let index = 0; index < groupsEach; index++) await link(who, account, startInGroup)
    }),
  )
  return accounts
}

async function register(url: string, index: number): Promise<Account> {
  const login = `user${index}`
  const password = 'correct horse'
  const [name, locale] = index % 2 === 0 ? [`Ann ${index}`, 'en'] : [`Иван ${index}`, 'ru']
  await expectStatus(201, ask(url, '', ['POST', '/v1/users'], { body: { login, password, name, locale } }))
  const basic = `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`
  const body = { name: 'load', scopes: ['send', 'read', 'manage'] }
  const { token } = await expectStatus(201, ask(url, basic, ['POST', '/v1/tokens'], { body }))
  const heading = locale === 'en' ? `${name}, I got a message from you:` : `${name}, я получил от тебя сообщение:`
  return { heading, authorization: `Bearer ${token}`, chats: [] }
}

/** A person starts the bot with the code. Answers the id of the chat. */
type Start = (who: Who, code: string) => number

const startInPrivate: Start = ({ sandbox: { control }, bot }, code) => {
  const { id } = control.createUser({ firstName: 'Somebody', languageCode: 'en' })
  control.start({ user: id, bot, payload: code })
  return id
}

const startInGroup: Start = ({ sandbox: { control }, bot }, code) => {
  const { id: user } = control.createUser({ firstName: 'Somebody', languageCode: 'en' })
  const { id } = control.createChat({ type: 'supergroup', title: 'Team', members: [user] })
  control.addMember({ chat: id, member: bot, by: user, payload: code })
  return id
}

async function link(who: Who, account: Account, start: Start): Promise<void> {
  const { url } = who
  const { code } = await expectStatus(201, ask(url, account.authorization, ['POST', '/v1/link-codes']))
  const telegramId = start(who, code)
  const known = new Set(account.chats.map(({ id }) => id))
  const id = await until('the chat is linked', async () => {
    const { items } = await expectStatus(200, ask(url, account.authorization, ['GET', '/v1/chats']))
    return (items as { id: string }[]).find((chat) => !known.has(chat.id))?.id
  })
  account.chats.push({ id, telegramId, account })
}
