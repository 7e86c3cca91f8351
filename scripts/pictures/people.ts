/** Who and what is in the pictures besides messages: people, a group, bots in several states. All of it by the API and the sandbox. */
import { Stranger } from '../../test/support/loop.ts'
import { until } from '../../test/support/until.ts'

export const LOGIN = 'ann'
export const PASSWORD = 'correct horse'

interface Place {
  url: string
  sandboxUrl: string
}

/** Ann, who is the first and so an operator, with her phone, a group, a token and three bots; and some others. */
export async function furnish({ url, sandboxUrl }: Place): Promise<{ userId: string; chatIds: string[] }> {
  const ann = new Stranger(url, sandboxUrl, LOGIN, PASSWORD)
  const { body: user } = await ann.ask('POST', '/v1/users', { login: LOGIN, password: PASSWORD, name: 'Ann' })
  const person = await personOf(ann)
  await ann.telegram('start', { user: person, bot: 'postrider_bot', payload: await codeOf(ann) })
  await until('the chat is linked', async () => (await chatsOf(ann)).length === 1)
  const group = await ann.telegram<{ id: number }>('create-chat', {
    type: 'supergroup',
    title: 'On call',
    members: [person],
  })
  await ann.telegram('add-member', { chat: group.id, member: 'postrider_bot', by: person, payload: await codeOf(ann) })
  await until('the group is linked', async () => (await chatsOf(ann)).length === 2)
  await ann.ask('POST', '/v1/tokens', { name: 'cron on db1', scopes: ['send'] })
  await addBots(ann)
  await addOthers(url, sandboxUrl)
  return { userId: user.id, chatIds: (await chatsOf(ann)).map(({ id }) => id) }
}

/** What the phone shows last. */
export async function sayToday({ url, sandboxUrl }: Place): Promise<void> {
  const ann = new Stranger(url, sandboxUrl, LOGIN, PASSWORD)
  const person = await personOf(ann)
  const chat = (await chatsOf(ann)).find(({ type }) => type === 'private')
  const texts = [
    'Backup of db1 done: 41 GB in 12 min',
    'Deploy 4.2.0 is live.\n\nhttps://ci.example.com/builds/4711',
    'Disk of web2 is 91 % full',
  ]
  for (const text of texts) {
    await ann.ask('POST', '/v1/messages', { text, ...(chat && { chatId: chat.id }) })
    await until(text, async () => {
      const seen = await ann.telegram<{ message: { text?: string } }[]>(`messages?user=${person}&bot=postrider_bot`)
      return seen.some(({ message }) => message.text?.includes(text))
    })
  }
}

async function personOf(ann: Stranger): Promise<number> {
  return (await ann.ask('GET', '/v1/sandbox')).body.person.id
}

async function codeOf(ann: Stranger): Promise<string> {
  return (await ann.ask('POST', '/v1/link-codes')).body.code
}

async function chatsOf(ann: Stranger): Promise<{ id: string; type: string }[]> {
  return (await ann.ask('GET', '/v1/chats')).body.items
}

async function addBots(ann: Stranger): Promise<void> {
  const bots = { alerts_bot: 'Alerts', orders_of_the_shop_bot: 'Orders of the shop', invoices_bot: 'Invoices' }
  for (const [username, title] of Object.entries(bots)) {
    const { token } = await ann.telegram<{ token: string }>('create-bot', { username, name: title })
    const { body: bot } = await ann.ask('POST', '/v1/bots', { token, title })
    const stateIs = (state: string) =>
      until(`${username} is ${state}`, async () => (await ann.ask('GET', `/v1/bots/${bot.id}`)).body.state === state)
    await stateIs('running')
    if (username === 'orders_of_the_shop_bot') await ann.ask('PATCH', `/v1/bots/${bot.id}`, { active: false })
    if (username !== 'invoices_bot') continue
    await ann.telegram('revoke-token', { bot: username })
    await stateIs('rejected')
  }
}

async function addOthers(url: string, sandboxUrl: string): Promise<void> {
  const names = { bob: 'Bob', dmitri: 'Дмитрий', 'm.featherstonehaugh': 'Maximiliane Featherstonehaugh-Cholmondeley' }
  for (const [login, name] of Object.entries(names)) {
    const other = new Stranger(url, sandboxUrl, login, PASSWORD)
    await other.ask('POST', '/v1/users', { login, password: PASSWORD, name })
    await other.telegram('start', { user: await personOf(other), bot: 'postrider_bot', payload: await codeOf(other) })
    await until(`${login} is linked`, async () => (await chatsOf(other)).length === 1)
  }
}
