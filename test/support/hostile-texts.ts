import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { Browser, Frame } from 'playwright-core'
import { NARROW, signInByApi, visit, type Visit } from './account-page.ts'
import { type LivedIn, livedIn, type Names } from './lived-in-account.ts'
import { Stranger } from './loop.ts'
import { assertNoSideways, untilDrawn } from './page-checks.ts'
import type { Program } from './program.ts'
import { linkByPhone } from './signed-in.ts'
import { until } from './until.ts'

export const ELEMENTS = `</title><img src=x onerror=alert(1)>"><script>alert(2)</script>`

/** What must stay text wherever a person or Telegram can put it; none longer than the 64 characters that a name may have. */
const HOSTILE = {
  elements: ELEMENTS,
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
    // Browsers send nothing else in a header.
    device: /^[\x20-\x7e]+$/.test(text) ? text : 'plain',
  }
}

/** Accounts in which everything is called so, on every page. A file for some of them, so that they run side by side. */
export async function testHostile(
  house: { program: Program; browser: Browser },
  kinds: readonly (keyof typeof HOSTILE)[],
): Promise<void> {
  await allowManyBots(house.program)
  for (const kind of kinds) {
    test(`hostile ${kind} stay text everywhere, and nothing moves out of place`, async (t) => {
      const text = HOSTILE[kind]
      const lived = await livedIn(house.program, kind, namesOf(text))
      const refused = await toldByTelegram(lived, text)
      const ann = await visit(t, house.program, { ...house, reducedMotion: 'reduce', viewport: NARROW })
      await signInByApi(ann, house.program, kind)
      for (const path of [
        '/',
        '/messages',
        `/messages/${refused}`,
        '/chats',
        '/tokens',
        '/bots',
        '/account',
        '/operator',
      ]) {
        await ann.open(path)
        await untilDrawn(ann.page)
        await assertHarmless(ann, path)
        assert.ok(seen(await ann.page.innerText('body')).includes(seen(text)), `${path} shows it as it is`)
      }
      await openWhatOpens(t, ann, text)
    })
  }
}

/** Without what is not seen: direction controls do not go into a sentence of ours, because they would turn it. */
function seen(text: string): string {
  return text.replaceAll(/[\u202a-\u202e\u2066-\u2069]/g, '')
}

/** Each of the accounts brings bots; Telegram takes twenty first calls of new bots a minute. */
async function allowManyBots({ url, sandboxUrl }: Program): Promise<void> {
  await new Stranger(url, sandboxUrl, 'nobody').telegram('configure-rates', { profile: 'off' })
}

/**
 * Whatever comes from Telegram in its own words: a chat that keeps the names it has there, and why a message was refused. Resolves with the
 * id of that message.
 */
async function toldByTelegram({ stranger }: LivedIn, text: string): Promise<string> {
  const everyName = { firstName: text, lastName: text, username: text }
  const { id: friend } = await stranger.telegram<{ id: number }>('create-user', everyName)
  await linkByPhone(stranger, friend)
  const { body: chats } = await stranger.ask('GET', '/v1/chats')
  const chat = chats.items.at(-1)
  assert.deepEqual([chat.title, chat.username, chat.name], [`${text} ${text}`, text, null])
  const refusal = { kind: 'http', status: 400, description: `Bad Request: ${text}` }
  await stranger.telegram('add-fault', { method: 'sendMessage', times: 1, action: refusal })
  const { body: sent } = await stranger.ask('POST', '/v1/messages', { text, chatId: chat.id })
  const { body: failed } = await until('it is refused', async () => {
    const answer = await stranger.ask('GET', `/v1/messages/${sent.id}`)
    return answer.body.status === 'failed' && answer
  })
  assert.ok(failed.error.detail.includes(text), failed.error.detail)
  return sent.id
}

/** Nothing of it ran, nothing of it became an element, and it takes no more room than there is. */
export async function assertHarmless({ page, troubles }: Visit, what: string): Promise<void> {
  assert.deepEqual(troubles, [], what)
  await assertTextAlone(page.mainFrame(), what)
  assert.equal(await page.locator('a[href*="evil.example"]').count(), 0, what)
}

const FOREIGN = [
  'img[src=x]',
  'svg[onload]',
  '[onclick]',
  '[onerror]',
  '[href^="javascript:" i]',
  '[src*="evil.example"]',
].join(',')

async function assertTextAlone(frame: Frame, what: string): Promise<void> {
  const foreign = await frame.evaluate<string[]>(`
    [...document.querySelectorAll(${JSON.stringify(FOREIGN)})]
      .map((element) => element.outerHTML)
      .concat([...document.scripts].map(({ text }) => text).filter((script) => script.includes('alert')))
  `)
  assert.deepEqual(foreign, [], what)
  await assertNoSideways(frame, what)
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
    await assertPhoneHarmless(ann, 'the chats on the phone')
    await ann.phone.locator('.chat-row').last().click()
    await ann.phone.locator('.row').first().waitFor()
    await assertPhoneHarmless(ann, 'a chat on the phone')
  })
}

/** The same of the phone, where an address in a message is a link, as in Telegram. */
export async function assertPhoneHarmless({ page, troubles }: Visit, what: string): Promise<void> {
  const frame = page.frames().find((one) => one.url().includes('/sandbox/phone/'))
  assert.ok(frame, 'there is a phone')
  await assertTextAlone(frame, what)
  assert.equal(await frame.evaluate(`document.querySelectorAll('.phone img, .phone script').length`), 0, what)
  assert.deepEqual(troubles, [], what)
}
