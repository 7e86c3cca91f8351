import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import type { InlineKeyboardMarkup } from '@grammyjs/types'
import { phoneAsset } from '../../src/sandbox/phone/phone-page.ts'
import { bubble, call, nextOf, nextText, openPhone, switchOn } from '../support/sandbox-phone.ts'
import { until } from '../support/until.ts'

test('F16: a stranger switches the phone on, starts the bot, writes, sees formatting and taps a button', async (t) => {
  const phone = await openPhone(t)
  const { page, sandbox } = phone
  const seen = { offset: 0 }
  await switchOn(page, 'Анна', 'ru')
  await page.getByRole('button', { name: 'Letters' }).click()
  await page.getByRole('button', { name: 'Start' }).click()
  const started = await nextText(phone, seen)
  assert.deepEqual([started.text, started.language], ['/start', 'ru'])

  await page.getByRole('textbox', { name: 'Message' }).fill('hello 👋')
  await page.keyboard.press('Enter')
  assert.equal((await nextText(phone, seen)).text, 'hello 👋')
  await bubble(page, 'hello 👋').waitFor()

  const reply_markup: InlineKeyboardMarkup = { inline_keyboard: [[{ text: 'Yes', callback_data: 'yes' }]] }
  const text = '<b>bold</b> <tg-spoiler>hidden</tg-spoiler> <code>code</code>\n<blockquote>quoted</blockquote>'
  const sent = await call(phone, 'sendMessage', { chat_id: started.chatId, text, parse_mode: 'HTML', reply_markup })
  const answer = bubble(page, 'quoted')
  await answer.waitFor()
  assert.equal(await answer.locator('b', { hasText: 'bold' }).count(), 1)
  assert.equal(await answer.locator('code').textContent(), 'code')
  assert.equal(await answer.locator('blockquote').textContent(), 'quoted')
  await answer.locator('.spoiler').click()
  assert.equal(await answer.locator('.spoiler.open').textContent(), 'hidden')

  await page.getByRole('button', { name: 'Yes', exact: true }).click()
  const tap = await nextOf(phone, seen, 'the bot hears the tap', ({ callback_query }) => callback_query)
  assert.equal(tap.data, 'yes')
  // It is shown for a few seconds only.
  await Promise.all([
    page.locator('.toast', { hasText: 'Thank you' }).waitFor(),
    call(phone, 'answerCallbackQuery', { callback_query_id: tap.id, text: 'Thank you' }),
  ])

  await call(phone, 'editMessageText', { chat_id: started.chatId, message_id: sent.message_id, text: 'changed' })
  await bubble(page, 'changed').locator('.edited').waitFor()
  await call(phone, 'deleteMessage', { chat_id: started.chatId, message_id: sent.message_id })
  await bubble(page, 'changed').waitFor({ state: 'detached' })
  assert.equal(sandbox.control.deliveries().length, 1)
  assert.deepEqual(phone.troubles, [])
})

test('an address with start and payload opens the chat and presses Start', async (t) => {
  const phone = await openPhone(t, { query: '?user=5001&start=letter_bot&payload=Zm9v' })
  assert.equal((await nextText(phone, { offset: 0 })).text, '/start Zm9v')
  await bubble(phone.page, '/start Zm9v').waitFor()
  assert.equal(new URL(phone.page.url()).search, '', 'a reload must not press Start again')
  assert.deepEqual(phone.troubles, [])
})

test('a t.me link in a message presses Start, and so does one in the box beside the phone', async (t) => {
  const phone = await openPhone(t)
  const seen = { offset: 0 }
  await switchOn(phone.page, 'Ann')
  await phone.page.getByLabel(/t\.me link/).fill('https://t.me/letter_bot?start=one')
  await phone.page.getByRole('button', { name: 'Open', exact: true }).click()
  const { chatId, text } = await nextText(phone, seen)
  assert.equal(text, '/start one')
  await call(phone, 'sendMessage', { chat_id: chatId, text: 'tap https://t.me/letter_bot?start=two now' })
  await phone.page.getByRole('link', { name: 'https://t.me/letter_bot?start=two' }).click()
  assert.equal((await nextText(phone, seen)).text, '/start two')
  assert.deepEqual(phone.troubles, [])
})

test('whatever a person or a bot calls itself or writes, it stays text', async (t) => {
  const phone = await openPhone(t)
  const { page } = phone
  const evil = '<img src=x onerror="document.title=`taken`">'
  await switchOn(page, evil)
  await page.getByRole('button', { name: 'Letters' }).click()
  await page.getByRole('button', { name: 'Start' }).click()
  const { chatId } = await nextText(phone, { offset: 0 })
  const reply_markup: InlineKeyboardMarkup = { inline_keyboard: [[{ text: evil, callback_data: evil.slice(0, 30) }]] }
  await call(phone, 'sendMessage', {
    chat_id: chatId,
    text: `${evil}<script>document.title="taken"</script>`,
    reply_markup,
  })
  await call(phone, 'sendMessage', {
    chat_id: chatId,
    text: 'pre',
    entities: [{ type: 'pre', offset: 0, length: 3, language: '"><script>document.title="taken"</script>' }],
  })
  phone.sandbox.control.createBot({ username: 'evil_bot', name: evil })
  await bubble(page, '<script>').waitFor()
  await page.getByRole('button', { name: 'Back to the chats' }).click()
  await page.getByRole('button', { name: '@evil_bot' }).waitFor()
  assert.equal(await page.locator('img, main script').count(), 0)
  assert.equal(await page.title(), 'Sandbox phone')
  assert.deepEqual(phone.troubles, [])
})

test('a person blocks and unblocks the bot', async (t) => {
  const phone = await openPhone(t, { query: '?start=letter_bot' })
  const { page, sandbox } = phone
  await bubble(page, '/start').waitFor()
  await page.getByRole('button', { name: 'Block' }).click()
  await page.getByRole('button', { name: 'Unblock the bot' }).waitFor()
  assert.equal(sandbox.control.state().dialogs[0]?.blocked, true)
  await page.getByRole('button', { name: 'Unblock the bot' }).click()
  await page.getByRole('textbox', { name: 'Message' }).waitFor()
  assert.equal(sandbox.control.state().dialogs[0]?.blocked, false)
  assert.deepEqual(phone.troubles, [])
})

test('the weather can be switched: an outage, and too many requests; the calls are seen', async (t) => {
  const phone = await openPhone(t, { query: '?start=letter_bot' })
  const { page, sandbox, bot } = phone
  const { chatId } = await nextText(phone, { offset: 0 })
  const send = (): Promise<Response> => fetch(`${sandbox.url}/bot${bot.token}/sendMessage?chat_id=${chatId}&text=hello`)
  for (const [name, status] of [
    ['Telegram is down', 502],
    ['Too many requests', 429],
  ] as const) {
    await page.getByRole('switch', { name }).check()
    await until('there is a fault', () => sandbox.control.faults().length === 1)
    assert.equal((await send()).status, status)
    await page
      .locator('.calls .status', { hasText: String(status) })
      .first()
      .waitFor()
    await page.getByRole('switch', { name }).uncheck()
    await until('there is no fault', () => sandbox.control.faults().length === 0)
  }
  assert.equal((await send()).status, 200)
  await bubble(page, 'hello').waitFor()
  assert.deepEqual(phone.troubles, [])
})

test('a switch of the weather stays as it was pressed when an answer from before the press comes late', async (t) => {
  const phone = await openPhone(t, { query: '?start=letter_bot' })
  const { page, sandbox } = phone
  await bubble(page, '/start').waitFor()
  const box = page.getByRole('switch', { name: 'Telegram is down' })
  const held = Promise.withResolvers<undefined>()
  const asked = Promise.withResolvers<undefined>()
  await page.route(
    '**/_sandbox/faults',
    async (route) => {
      const response = await route.fetch()
      asked.resolve(undefined)
      await held.promise
      await route.fulfill({ response })
    },
    { times: 1 },
  )
  await call(phone, 'getMe', {})
  await asked.promise
  await box.check()
  await page.getByText('So far: 0').waitFor()
  await page.evaluate(`new MutationObserver(([{ target }]) => {
    if (!/So far/.test(target.textContent)) document.title = 'switched back'
  }).observe(document.getElementById('weather-0-about'), { childList: true })`)
  const late = page.waitForResponse('**/_sandbox/faults')
  held.resolve(undefined)
  await (await late).finished()
  await fetch(`${sandbox.url}/bot${phone.bot.token}/getMe`)
  await page.getByText('So far: 1').waitFor()
  assert.equal(await page.title(), 'Sandbox phone')
  assert.equal(await box.isChecked(), true)
  await box.uncheck()
  await until('there is no fault', () => sandbox.control.faults().length === 0)
  assert.deepEqual(phone.troubles, [])
})

test('the menu shows the commands of the bot, and the page works by keyboard at 360 pixels', async (t) => {
  const phone = await openPhone(t, { width: 360 })
  const { page } = phone
  const seen = { offset: 0 }
  await call(phone, 'setMyCommands', { commands: [{ command: 'status', description: 'How it goes' }] })
  await page.locator('#first-name').focus()
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Letters' }).press('Enter')
  await page.getByRole('button', { name: 'Start' }).press('Enter')
  await nextText(phone, seen)
  await page.getByRole('button', { name: 'Menu' }).press('Enter')
  await page.getByRole('button', { name: '/status How it goes' }).press('Enter')
  assert.equal((await nextText(phone, seen)).text, '/status')
  assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 360)
  await page.getByRole('button', { name: 'Controls' }).press('Enter')
  await page.getByRole('switch', { name: 'Telegram is down' }).waitFor()
  await page.getByLabel(/t\.me link/).fill('t.me/letter_bot?start=again')
  await page.keyboard.press('Enter')
  assert.equal((await nextText(phone, seen)).text, '/start again')
  await bubble(page, '/start again').waitFor()
  assert.deepEqual(phone.troubles, [])
})

test('a bot speaks about itself in the language of the person', async (t) => {
  const phone = await openPhone(t)
  const { page } = phone
  await call(phone, 'setMyCommands', { commands: [{ command: 'status', description: 'How it goes' }] })
  await call(phone, 'setMyCommands', {
    commands: [{ command: 'status', description: 'Как дела' }],
    language_code: 'ru',
  })
  await call(phone, 'setMyDescription', { description: 'I carry letters.' })
  await call(phone, 'setMyDescription', { description: 'Я ношу письма.', language_code: 'ru' })
  await switchOn(page, 'Анна', 'ru')
  await page.getByRole('button', { name: 'Letters' }).click()
  await page.getByText('Я ношу письма.').waitFor()
  const greeting = await page.locator('.greeting').boundingBox()
  assert.ok((greeting?.y ?? 0) > 100, 'the description stands below the head, not scrolled away')
  await page.getByRole('button', { name: 'Start' }).click()
  await page.getByRole('button', { name: 'Menu' }).click()
  await page.getByRole('button', { name: '/status Как дела' }).waitFor()
  assert.deepEqual(phone.troubles, [])
})

test('two people, each in a tab of its own, see their own chats', async (t) => {
  const phone = await openPhone(t)
  const { page } = phone
  await switchOn(page, 'Ann')
  const other = await page.context().newPage()
  await other.goto(page.url())
  await other.getByText('New person').click()
  await other.locator('#new-name').fill('Bob')
  await other.getByRole('button', { name: 'Add' }).click()
  await other.locator('.screen-head', { hasText: 'Bob' }).waitFor()
  await other.getByRole('button', { name: 'Letters' }).click()
  await other.getByRole('button', { name: 'Start' }).click()
  const { chatId } = await nextText(phone, { offset: 0 })
  await call(phone, 'sendMessage', { chat_id: chatId, text: 'for Bob alone' })
  await bubble(other, 'for Bob alone').waitFor()
  await page.getByText('Bots you can start').waitFor()
  assert.equal(await page.getByText('for Bob alone').count(), 0)
})

test('a press on what stands above a chat counts, also when the bot begins to type at that moment', async (t) => {
  const phone = await openPhone(t, { query: '?start=letter_bot' })
  const { page } = phone
  const { chatId } = await nextText(phone, { offset: 0 })
  await page.getByRole('button', { name: 'Back to the chats' }).hover()
  await page.mouse.down()
  await call(phone, 'sendChatAction', { chat_id: chatId, action: 'typing' })
  await page.locator('.screen-head').getByText('typing').waitFor()
  await page.mouse.up()
  await page.getByRole('button', { name: 'Letters' }).waitFor()
  assert.deepEqual(phone.troubles, [])
})

test('the page is served with the right types, and nothing else is', () => {
  assert.equal(phoneAsset('/_sandbox/')?.contentType, 'text/html; charset=utf-8')
  assert.equal(phoneAsset('/_sandbox/phone/app.js')?.contentType, 'text/javascript; charset=utf-8')
  assert.equal(phoneAsset('/_sandbox/phone/page.css')?.contentType, 'text/css; charset=utf-8')
  for (const path of [
    '/_sandbox/phone/phone-page.ts',
    '/_sandbox/phone/tsconfig.json',
    '/_sandbox/phone/../sandbox.ts',
    '/_sandbox/state',
  ]) {
    assert.equal(phoneAsset(path), undefined)
  }
})

test("the page's JavaScript fits the types of the control API", async () => {
  const root = join(import.meta.dirname, '../..')
  const run = promisify(execFile)(join(root, 'node_modules/.bin/tsc'), ['-p', join(root, 'src/sandbox/phone')])
  const { stdout } = await run.catch((failed: { stdout: string }) => failed)
  assert.equal(stdout, '')
})
