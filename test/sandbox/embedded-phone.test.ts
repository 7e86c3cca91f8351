import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Frame, Locator, Page } from 'playwright-core'
import { assertAccessible } from '../support/axe.ts'
import { launchChromium } from '../support/chromium.ts'
import { Stranger } from '../support/loop.ts'
import { ask, type PhoneHouse, type PhoneOwner, phoneOwner, startPhoneHouse } from '../support/phone-house.ts'
import { until } from '../support/until.ts'

/** How long a page may take to show something, on a machine that is busy with other tests. */
const PATIENCE_MS = 30_000

const WORDS = {
  en: {
    start: 'Start',
    message: 'Message',
    faults: 'Faults',
    back: 'Back to the phone',
    down: 'Telegram is down',
    block: 'Block',
    unblock: 'Unblock the bot',
    strip: 'Sandbox: not the real Telegram',
    on: 'Switched on: Telegram is down',
    breaks: 'Switched on: connections break before anything happens',
    refuses: 'Switched on: Telegram refuses',
    chats: 'Back to the chats',
    signedOut: /You are signed out/,
  },
  ru: {
    start: 'Запустить',
    message: 'Сообщение',
    faults: 'Сбои',
    back: 'К телефону',
    down: 'Telegram не работает',
    block: 'Заблокировать',
    unblock: 'Разблокировать бота',
    strip: 'Песочница: не настоящий Telegram',
    on: 'Включено: Telegram не работает',
    breaks: 'Включено: связь рвётся раньше времени',
    refuses: 'Включено: Telegram отказывает',
    chats: 'Назад к чатам',
    signedOut: /Вы вышли из аккаунта/,
  },
}
type Language = keyof typeof WORDS

interface Framed {
  house: PhoneHouse
  owner: PhoneOwner
  page: Page
  frame: Frame
  /** What the phone said to the page around it. */
  events: () => Promise<{ event: string; link?: string }[]>
  say: (message: object) => Promise<void>
  /** What went wrong in the browser: messages of the console, and requests to another host. */
  troubles: string[]
}

/** An account's phone in a frame, in a page of the program's own origin. */
async function framePhone(
  t: TestContext,
  {
    lang = 'en',
    theme = 'light',
    width = 340,
    query = '',
  }: { lang?: Language; theme?: string; width?: number; query?: string },
): Promise<Framed> {
  const house = await startPhoneHouse(t)
  const owner = await phoneOwner(house, 'ann', { locale: lang })
  const browser = await launchChromium(t)
  const context = await browser.newContext({ viewport: { width: 800, height: 900 } })
  const [name = '', value = ''] = owner.cookie.split('=')
  await context.addCookies([{ name, value, url: house.url }])
  context.setDefaultTimeout(PATIENCE_MS)
  const page = await context.newPage()
  const troubles: string[] = []
  page.on('console', (said) => {
    if (said.type() === 'error' || said.type() === 'warning') troubles.push(said.text())
  })
  page.on('pageerror', (error) => troubles.push(error.message))
  page.on('request', (request) => {
    if (!request.url().startsWith(`${house.url}/`)) troubles.push(`a request to ${request.url()}`)
  })
  await page.goto(`${house.url}/docs/errors`)
  const src = `${owner.phoneUrl}&lang=${lang}&theme=${theme}${query}`
  await page.evaluate(`
    window.heard = []
    addEventListener('message', ({ data, origin }) => {
      if (origin === location.origin && data.from === 'postrider-phone') heard.push(data)
    })
    document.body.innerHTML = '<h1>Account</h1><p><label>Field <input id="field"></label></p>'
    field.focus()
    const phone = document.createElement('iframe')
    Object.assign(phone, { src: ${JSON.stringify(src)}, title: 'Phone', width: ${width}, height: 700 })
    document.body.append(phone)
  `)
  const events: Framed['events'] = () => page.evaluate('heard')
  await until('the phone is ready', async () => (await events()).some(({ event }) => event === 'ready'))
  const frame = page.frames().find((one) => one.url().includes('/sandbox/phone/'))
  assert.ok(frame)
  const say = (message: object): Promise<void> =>
    page.evaluate(`frames[0].postMessage(${JSON.stringify({ to: 'postrider-phone', ...message })}, location.origin)`)
  return { house, owner, page, frame, events, say, troubles }
}

const bubble = (frame: Frame, text: string): Locator => frame.locator('.bubble', { hasText: text })

/** What the phone says for a few seconds only: it is looked for from the beginning. */
async function shows(frame: Frame, toast: string, after: () => Promise<void>): Promise<void> {
  await Promise.all([frame.locator('.toast', { hasText: toast }).waitFor(), after()])
}

async function width(frame: Frame): Promise<number> {
  return await frame.evaluate('document.documentElement.scrollWidth')
}

/** Another bot of the sandbox, whose program is this test. */
async function otherBot({ house }: Framed): Promise<(method: string, parameters: object) => Promise<void>> {
  const stranger = new Stranger(house.url, house.sandboxUrl, 'ann')
  const { token } = await stranger.telegram<{ token: string }>('create-bot', { username: 'form_bot', name: 'Forms' })
  return async (method, parameters) => {
    const { status, body } = await ask(house.sandboxUrl, 'POST', `/bot${token}/${method}`, {}, parameters)
    assert.equal(status, 200, JSON.stringify(body))
  }
}

for (const [lang, theme, frameWidth] of [
  ['en', 'light', 320],
  ['ru', 'dark', 320],
  ['ru', 'light', 400],
  ['en', 'dark', 400],
] as const) {
  test(`framed, ${lang}, ${theme}, ${frameWidth} px: one tap starts the bot, a link of the page around links the chat, a message arrives, faults are switched`, async (t) => {
    const framed = await framePhone(t, { lang, theme, width: frameWidth })
    const { frame, house, owner, say, troubles } = framed
    const words = WORDS[lang]
    assert.equal(await frame.evaluate('document.documentElement.lang'), lang)
    assert.equal(await frame.evaluate('getComputedStyle(document.documentElement).colorScheme'), theme)
    await frame.getByText(words.strip).waitFor()
    assert.equal(await framed.page.evaluate('document.activeElement.id'), 'field', 'it leaves the focus where it was')
    await frame.getByRole('button', { name: words.start, exact: true }).waitFor()
    await assertAccessible(frame, 'before the start')
    await frame.getByRole('button', { name: words.start, exact: true }).click()
    await bubble(frame, '/start').waitFor()
    await frame.locator('.row.theirs').first().waitFor()

    const auth = { authorization: owner.bearer }
    const { body: code } = await ask(house.url, 'POST', '/v1/link-codes', auth, {})
    await say({ open: code.deepLink })
    const linked = async () => (await ask(house.url, 'GET', '/v1/chats', auth)).body.items.length === 1
    await until('the chat is linked', linked)
    const opened = async () => (await framed.events()).find(({ event }) => event === 'opened')
    assert.equal((await until('the page around knows', opened)).link, code.deepLink)
    await ask(house.url, 'POST', '/v1/messages', auth, { text: 'The backup is done.' })
    await bubble(frame, 'The backup is done.').waitFor()
    await frame.getByRole('textbox', { name: words.message }).fill('/help')
    await frame.getByRole('textbox', { name: words.message }).press('Enter')
    await bubble(frame, '/help').last().waitFor()
    await assertAccessible(frame, 'a chat')
    assert.equal(await width(frame), frameWidth)

    await frame.getByRole('button', { name: words.block, exact: true }).click()
    await frame.getByRole('button', { name: words.unblock }).waitFor()
    await assertAccessible(frame, 'a blocked bot')
    await frame.getByRole('button', { name: words.unblock }).click()
    await frame.getByRole('textbox', { name: words.message }).waitFor()

    await frame.getByRole('button', { name: words.chats }).click()
    await frame.locator('.chat-row', { hasText: 'Postrider' }).waitFor()
    await assertAccessible(frame, 'the list of chats')
    assert.equal(await width(frame), frameWidth)

    await frame.getByRole('button', { name: words.faults }).press('Enter')
    const down = frame.getByRole('switch', { name: words.down })
    await down.press('Space')
    await frame.getByText(words.on, { exact: true }).waitFor()
    assert.equal((await owner.get('faults')).body.length, 1)
    const { status } = await ask(house.sandboxUrl, 'POST', '/bot1:x/getMe', {}, {})
    assert.equal(status, 502)
    await assertAccessible(frame, 'the faults')
    assert.equal(await width(frame), frameWidth)
    await down.press('Space')
    await frame.getByText(words.on, { exact: true }).waitFor({ state: 'hidden' })
    assert.deepEqual((await owner.get('faults')).body, [])
    await owner.post('add-fault', { action: { kind: 'drop_before' } })
    await frame.getByText(words.breaks).waitFor()
    await owner.post('clear-faults', {})
    await frame.getByText(words.breaks).waitFor({ state: 'hidden' })
    // Of a method that the program itself does not call now, or its poll would use it up.
    await owner.post('add-fault', { method: 'getMe', times: 1, action: { kind: 'http', entry: 'text_is_empty' } })
    await frame.getByText(words.refuses).waitFor()
    assert.equal((await ask(house.sandboxUrl, 'POST', '/bot1:x/getMe', {}, {})).status, 400)
    await frame.getByText(words.refuses).waitFor({ state: 'hidden' })
    await owner.post('add-fault', { forMs: 50, action: { kind: 'drop_before' } })
    await until('the fault is over', async () => (await owner.get('faults')).body[1]?.spent === true)
    await frame.locator('#bad-weather').waitFor({ state: 'hidden' })
    await down.press('Escape')
    await frame.locator('.chat-row', { hasText: 'Postrider' }).waitFor()
    assert.equal(await frame.evaluate('document.activeElement.id'), 'toggle-weather')
    assert.deepEqual(troubles, [])
  })
}

test('formatting is seen, and a tap on a button is answered, also of a bot that was found by its link', async (t) => {
  const framed = await framePhone(t, { lang: 'ru' })
  const { frame, owner, say } = framed
  const call = await otherBot(framed)
  await say({ open: 'https://t.me/Form_Bot' })
  await frame.getByText('@form_bot').waitFor()
  await frame.getByRole('button', { name: 'Запустить', exact: true }).click()
  await bubble(frame, '/start').waitFor()
  await call('sendMessage', {
    chat_id: owner.person.id,
    text: '<b>bold</b> <code>code</code> <tg-spoiler>hidden</tg-spoiler> https://t.me/postrider_bot?start=x1',
    parse_mode: 'HTML',
    reply_markup: { inline_keyboard: [[{ text: 'Да', callback_data: 'yes' }]] },
  })
  await bubble(frame, 'bold').locator('b').waitFor()
  await assertAccessible(frame, 'formatting and buttons')
  await frame.getByRole('button', { name: 'Скрытый текст. Показать' }).press('Enter')
  assert.equal(await frame.locator('.spoiler.open').textContent(), 'hidden')
  await frame.getByRole('button', { name: 'Да', exact: true }).click()
  const tap = await until('the bot can hear the tap', async () => {
    const { body } = await ask(framed.house.sandboxUrl, 'GET', '/_sandbox/pending-updates?bot=form_bot')
    return (body as { callback_query?: { id: string } }[]).find(({ callback_query }) => callback_query)?.callback_query
  })
  await shows(frame, 'Спасибо', () => call('answerCallbackQuery', { callback_query_id: tap.id, text: 'Спасибо' }))
  await frame.getByRole('link', { name: /start=x1/ }).click()
  await bubble(frame, '/start x1').waitFor()
  assert.deepEqual(framed.troubles, [])
})

test('a chat that is pressed opens, also when a message comes before it is let go', async (t) => {
  const framed = await framePhone(t, {})
  const { frame, page, owner, troubles } = framed
  const call = await otherBot(framed)
  await owner.post('start', { bot: 'form_bot' })
  await frame.getByRole('button', { name: WORDS.en.chats }).click()
  const row = frame.locator('.chat-row', { hasText: 'Forms' })
  await row.hover()
  await page.mouse.down()
  await call('sendMessage', { chat_id: owner.person.id, text: 'news' })
  await row.getByText('news').waitFor()
  await page.mouse.up()
  await bubble(frame, 'news').waitFor()
  assert.deepEqual(troubles, [])
})

test('a link in the address presses Start once, and a reload does not', async (t) => {
  const link = encodeURIComponent('https://t.me/postrider_bot?start=from-address')
  const { frame, owner, troubles } = await framePhone(t, { query: `&link=${link}` })
  await bubble(frame, '/start from-address').waitFor()
  await frame.evaluate('location.reload()')
  await frame.locator('.chat-row', { hasText: 'Postrider' }).waitFor()
  const written = (await owner.get('messages')).body as { fromBot: boolean }[]
  assert.equal(written.filter(({ fromBot }) => !fromBot).length, 1)
  assert.deepEqual(troubles, [])
})

test('only the page around is listened to, links to nothing are said to be so, and the colours follow it', async (t) => {
  const framed = await framePhone(t, {})
  const { frame, owner, say, events } = framed
  await frame.evaluate(
    `postMessage({ to: 'postrider-phone', open: 'https://t.me/postrider_bot?start=mine', theme: 'dark' }, location.origin)`,
  )
  await shows(frame, '@nobody_bot', () => say({ open: 'https://t.me/nobody_bot?start=x' }))
  await shows(frame, 'no link to a bot', () => say({ open: 'https://example.com/' }))
  const unknown = async () => (await events()).filter(({ event }) => event === 'unknown-link')
  await until('the page around knows of both', async () => (await unknown()).length === 2)
  assert.deepEqual((await owner.get('messages')).body, [], 'what it said to itself was not heard')
  const scheme = (): Promise<string> => frame.evaluate('getComputedStyle(document.documentElement).colorScheme')
  assert.equal(await scheme(), 'light')
  await say({ theme: 'dark' })
  await until('it is dark', async () => (await scheme()) === 'dark')
})

for (const lang of ['en', 'ru'] as const) {
  test(`when the session ends, the phone says so, and tells the page around (${lang})`, async (t) => {
    const { frame, house, owner, events } = await framePhone(t, { lang })
    const start = frame.getByRole('button', { name: WORDS[lang].start, exact: true })
    await start.waitFor()
    const ended = await fetch(`${house.url}/v1/sessions/current`, {
      method: 'DELETE',
      headers: { authorization: owner.bearer },
    })
    assert.equal(ended.status, 204)
    // The phone may have heard of it by itself, and have nothing to press any more.
    await frame.evaluate(`document.querySelector('button.primary')?.click()`)
    await frame.getByText(WORDS[lang].signedOut).waitFor()
    await until('the page knows', async () => (await events()).some(({ event }) => event === 'signed-out'))
    await assertAccessible(frame, 'signed out')
  })
}
