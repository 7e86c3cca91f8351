import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { NARROW, PASSWORD, sharedHouse, signInByApi, visit, type Visit } from '../support/account-page.ts'
import { livedIn, type Names } from '../support/lived-in-account.ts'
import { Stranger } from '../support/loop.ts'
import { signedIn } from '../support/signed-in.ts'
import { assertNoSideways, untilDrawn } from '../support/page-checks.ts'

const house = await sharedHouse()

// Each of the accounts brings bots; Telegram takes twenty first calls of new bots a minute.
await new Stranger(house.program.url, house.program.sandboxUrl, 'nobody').telegram('configure-rates', {
  profile: 'off',
})

/** What must stay text wherever a person or Telegram can put it; none longer than the 64 characters that a name may have. */
const HOSTILE: Record<string, string> = {
  elements: `</title><img src=x onerror=alert(1)>"><script>alert(2)</script>`,
  templates: `javascript:' onclick='alert(1)' {{constructor}} $t(home:title)`,
  letters: '\u202egnp.exe\u202c \u2067\u05d0\u05d1\u2069 👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦',
  words: 'W'.repeat(64),
}

function namesOf(text: string): Names {
  return {
    person: text,
    group: text,
    chat: text,
    bot: text,
    botTitle: text,
    token: text,
    text: `${text}\n${text} javascript:alert(2) https://evil.example/${'x'.repeat(300)}`,
    device: /^[\x20-\x7e]+$/.test(text) ? text : 'plain',
  }
}

for (const [kind, text] of Object.entries(HOSTILE)) {
  test(`hostile ${kind} stay text everywhere, and nothing moves out of place`, async (t) => {
    const { messages } = await livedIn(house.program, kind, namesOf(text))
    const ann = await visit(t, house.program, { ...house, reducedMotion: 'reduce', viewport: NARROW })
    await signInByApi(ann, house.program, kind)
    const failed = `/messages/${messages.failed}`
    for (const path of ['/', '/messages', failed, '/chats', '/tokens', '/bots', '/account', '/operator']) {
      await ann.open(path)
      await untilDrawn(ann.page)
      await assertHarmless(ann, path)
      assert.ok((await ann.page.innerText('body')).includes(text), `${path} shows it as it is`)
    }
    await openWhatOpens(t, ann, text)
  })
}

/** Nothing of it ran, nothing of it became an element, and it takes no more room than there is. */
async function assertHarmless({ page, troubles }: Visit, what: string): Promise<void> {
  assert.deepEqual(troubles, [], what)
  const foreign = await page.evaluate<string[]>(`
    [...document.querySelectorAll('img[src=x], svg[onload], [onclick], [onerror], a[href^="javascript:" i], [src*="evil.example"], a[href*="evil.example"]')]
      .map((element) => element.outerHTML)
      .concat([...document.scripts].map(({ text }) => text).filter((script) => script.includes('alert')))
  `)
  assert.deepEqual(foreign, [], what)
  await assertNoSideways(page.mainFrame(), what)
}

/** Menus, dialogs, lists to choose from and the phone, all of which name things. */
async function openWhatOpens(t: TestContext, ann: Visit, text: string): Promise<void> {
  const { page } = ann
  await t.test('menus, dialogs and lists', async () => {
    await ann.open('/chats')
    await untilDrawn(page)
    await page.getByRole('article').last().getByRole('button').last().click()
    await page.getByRole('menuitem', { name: 'Unlink' }).click()
    await page.getByRole('dialog').waitFor()
    await untilDrawn(page)
    await assertHarmless(ann, 'unlinking')
    await ann.open('/bots')
    await untilDrawn(page)
    await page.getByRole('article').first().getByRole('button').first().click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await page.getByRole('dialog').waitFor()
    await untilDrawn(page)
    await assertHarmless(ann, 'deleting a bot')
    await ann.open('/')
    await untilDrawn(page)
    await page.getByRole('combobox', { name: 'To' }).click()
    await page.getByRole('option').first().waitFor()
    await assertHarmless(ann, 'choosing a chat')
    await ann.open(`/messages?text=${encodeURIComponent(text)}`)
    await untilDrawn(page)
    await assertHarmless(ann, 'searching')
  })
  await t.test('the phone', async () => {
    await page.getByRole('button', { name: 'Show the sandbox phone' }).click()
    await ann.phone.locator('.chat-row').first().waitFor()
    const frame = page.frames().find((one) => one.url().includes('/sandbox/phone/'))
    assert.ok(frame)
    await assertNoSideways(frame, 'the chats on the phone')
    await ann.phone.locator('.chat-row').last().click()
    await ann.phone.locator('.row').first().waitFor()
    await assertNoSideways(frame, 'a chat on the phone')
    assert.equal(await frame.evaluate(`document.querySelectorAll('.phone img, .phone script').length`), 0)
    assert.deepEqual(ann.troubles, [])
  })
}

test('addresses with something hostile in them lead nowhere', async (t) => {
  const ann = await signedIn(t, house, 'zoe', { viewport: NARROW })
  const { page, troubles, stranger } = ann
  await stranger.ask('POST', '/v1/messages', { text: 'hello' })
  for (const next of [
    'javascript:alert(1)',
    '//evil.example/',
    'https://evil.example/',
    '/\\evil.example',
    '/%2f%2fevil.example',
  ]) {
    await page.goto('about:blank')
    await ann.context.clearCookies()
    await ann.open(`/sign-in?next=${encodeURIComponent(next)}`)
    await page.getByLabel('Login').fill('zoe')
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page
      .getByRole('button', { name: 'Account menu of Zoe' })
      .or(page.getByText('There is no such page'))
      .waitFor()
    assert.ok(page.url().startsWith(`${house.program.url}/app/`), `${next} led to ${page.url()}`)
  }
  await ann.open('/messages?status=<script>&last="><svg/onload=alert(1)>&since=x&chat=<img src=x onerror=alert(1)>')
  await page.getByRole('list', { name: 'Messages, newest first' }).waitFor()
  for (const [path, heading] of [
    ['/messages/<img src=x onerror=alert(1)>', 'There is no such message'],
    ['/"><script>alert(1)</script>', 'There is no such page'],
  ] as const) {
    await ann.open(path)
    await page.getByRole('heading', { name: heading }).waitFor()
    await assertNoSideways(page.mainFrame(), path)
  }
  assert.deepEqual(troubles, [])
})
