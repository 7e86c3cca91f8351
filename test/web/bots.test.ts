import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RecordedRequest } from '../../src/sandbox/control-types.ts'
import { complaintsBut, sharedHouse } from '../support/account-page.ts'
import { linkByPhone, signedIn } from '../support/signed-in.ts'
import { until } from '../support/until.ts'

const house = await sharedHouse()

test('a bot of one’s own is added, holds what waits while it is switched off, and goes with its chats', async (t) => {
  const ann = await signedIn(t, house, 'ann', { linked: false })
  const { page, phone, troubles, stranger, personId } = ann
  const { token } = await stranger.telegram<{ token: string }>('create-bot', { username: 'ann_news_bot', name: 'News' })
  await ann.open('/bots')
  // It opened the only bot there is. Once a second one was started, it would begin with the list.
  await phone.getByRole('button', { name: 'Back to the chats' }).click()
  await page.getByText('0 of 5.').waitFor()
  await page.getByRole('button', { name: 'Add a bot' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add a bot' })
  await dialog.getByLabel('Token from BotFather').fill('123456789:AAE-no-such-token-in-the-whole-world')
  await dialog.getByRole('button', { name: 'Add it' }).click()
  await dialog.getByText('Telegram does not know this token.').waitFor()
  assert.deepEqual(complaintsBut(troubles, 422), [])
  await dialog.getByLabel('Token from BotFather').fill(` ${token}\n`)
  await dialog.getByLabel('What you call it').fill('My news')
  await dialog.getByRole('button', { name: 'Add it' }).click()
  await page.getByText('@ann_news_bot was added.').waitFor()
  const card = page.getByRole('article', { name: 'My news' })
  await card.getByRole('status').filter({ hasText: 'Running' }).waitFor()
  await page.getByText('1 of 5.').waitFor()
  await dialog.waitFor({ state: 'detached' })
  assert.ok(!(await page.content()).includes(token), 'its token is never shown again')

  const { body: bots } = await stranger.ask('GET', '/v1/bots')
  await linkByPhone(stranger, personId, bots.items[0].id)
  const active = card.getByRole('switch', { name: 'Switched on' })
  await active.click()
  await card.getByRole('status').filter({ hasText: 'Switched off' }).waitFor()
  await stranger.ask('POST', '/v1/messages', { text: 'while it sleeps' })
  await card.getByRole('link', { name: '1 message is held until the bot is switched on' }).click()
  const row = page.getByRole('list', { name: 'Messages, newest first' }).getByRole('link')
  await row.filter({ hasText: 'while it sleeps' }).filter({ hasText: 'the bot is switched off' }).waitFor()
  await page.goBack()
  await active.click()
  await card.getByRole('status').filter({ hasText: 'Running' }).waitFor()
  await phone.locator('.chat-row', { hasText: 'News' }).click()
  await phone.locator('.bubble', { hasText: 'while it sleeps' }).waitFor()
  await card.getByRole('link', { name: /held/ }).waitFor({ state: 'detached' })

  const polls = async (): Promise<RecordedRequest[]> => {
    const requests = await stranger.telegram<RecordedRequest[]>('requests?bot=ann_news_bot')
    return requests.filter(({ method, answeredAtMs }) => method === 'getUpdates' && answeredAtMs === undefined)
  }
  const quiet = await until('it waits for messages', async () => (await polls()).at(-1))
  await card.getByRole('switch', { name: 'Echo' }).click()
  await until('it waits for them anew, as one that echoes', async () => {
    const waiting = await polls()
    return waiting.length > 0 && waiting.every(({ sequence }) => sequence > quiet.sequence)
  })
  await phone.getByRole('textbox', { name: 'Message' }).fill('polly')
  await phone.getByRole('textbox', { name: 'Message' }).press('Enter')
  await phone.locator('.row.theirs .bubble', { hasText: 'polly' }).waitFor()

  await card.getByRole('button', { name: 'What to do with My news' }).click()
  await page.getByRole('menuitem', { name: 'Change its title' }).click()
  await page.getByLabel('What you call it').fill('')
  await page.getByRole('button', { name: 'Save' }).click()
  const plain = page.getByRole('article', { name: 'News', exact: true })
  await plain.getByRole('button', { name: 'What to do with News' }).click()
  await page.getByRole('menuitem', { name: 'Give it a new token' }).click()
  const renewed = await stranger.telegram<{ token: string }>('revoke-token', { bot: 'ann_news_bot' })
  await page.getByLabel('Token from BotFather').fill(renewed.token)
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('The new token of @ann_news_bot is in use.').waitFor()
  await plain.getByRole('status').filter({ hasText: 'Running' }).waitFor()

  await plain.getByRole('button', { name: 'What to do with News' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  const confirm = page.getByRole('dialog', { name: 'Delete “News”?' })
  await confirm.getByText('The chats that were linked through @ann_news_bot go with it.').waitFor()
  await confirm.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('heading', { name: 'No bot of your own' }).waitFor()
  await page.getByRole('link', { name: 'Chats', exact: true }).click()
  await page.getByRole('heading', { name: 'No chat is linked yet' }).waitFor()
  assert.deepEqual(troubles, [])
})

test('a chat gets a name of one’s own, is seen to be blocked, and is unlinked', async (t) => {
  const bob = await signedIn(t, house, 'bob')
  const { page, phone, troubles, stranger } = bob
  await bob.open('/chats')
  const card = page.getByRole('article', { name: 'Bob' })
  await card.getByRole('button', { name: 'What to do with Bob' }).click()
  await page.getByRole('menuitem', { name: 'Rename' }).click()
  await page.getByLabel('Name of this chat').fill('My phone')
  await page.getByRole('button', { name: 'Save' }).click()
  const named = page.getByRole('article', { name: 'My phone' })
  await named.getByText('Private chat · Bob').waitFor()

  await phone.locator('.chat-row').first().click()
  await phone.getByRole('button', { name: 'Block', exact: true }).click()
  await named.getByText('You blocked the bot in Telegram').waitFor()
  await phone.getByRole('button', { name: 'Unblock', exact: true }).click()
  await named.getByText('You blocked the bot in Telegram').waitFor({ state: 'detached' })

  const { id } = await stranger.telegram<{ id: number }>('create-chat', {
    type: 'group',
    title: 'Team',
    members: [bob.personId],
  })
  const { body: code } = await stranger.ask('POST', '/v1/link-codes')
  const join = { chat: id, member: code.botUsername, by: bob.personId, payload: code.code }
  await stranger.telegram('add-member', join)
  const team = page.getByRole('article', { name: 'Team' })
  await team.getByRole('button', { name: 'What to do with Team' }).click()
  await page.getByRole('menuitem', { name: 'Make it the default' }).click()
  await team.getByText('Default').waitFor()
  await named.getByText('Default').waitFor({ state: 'detached' })

  await team.getByRole('button', { name: 'What to do with Team' }).click()
  await page.getByRole('menuitem', { name: 'Unlink' }).click()
  await page.getByRole('dialog', { name: 'Unlink “Team”?' }).getByRole('button', { name: 'Unlink' }).click()
  await team.waitFor({ state: 'detached' })
  await named.getByText('Default').waitFor()
  assert.deepEqual(troubles, [])
})
