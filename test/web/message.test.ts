import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PASSWORD, sharedHouse, signInByApi, visit } from '../support/account-page.ts'
import { livedIn } from '../support/lived-in-account.ts'
import { Stranger } from '../support/loop.ts'

const house = await sharedHouse()
const NAMES = {
  person: 'Анна',
  group: 'Дом',
  chat: 'Чат',
  bot: 'Бот',
  botTitle: 'Счета',
  token: 'Сервер',
  text: 'Текст',
  device: 'x',
}

test('a failed message says why in the person’s language, and its page tells live that it is sent again, and by whom', async (t) => {
  const { program } = house
  const { messages } = await livedIn(program, 'ann', NAMES)
  const ann = new Stranger(program.url, program.sandboxUrl, 'ann', PASSWORD)
  await ann.ask('PATCH', '/v1/me', { locale: 'ru' })
  const visitor = await visit(t, program, { ...house, locale: 'ru' })
  const { page, troubles } = visitor
  await signInByApi(visitor, program, 'ann')
  await visitor.open(`/messages/${messages.failed}`)
  const quotation = page.locator('q[lang=en]', { hasText: 'message is too long' })
  await quotation.first().waitFor()
  assert.equal(await page.locator('main [lang=en]').count(), await quotation.count(), 'nothing else is English')

  await ann.telegram('add-fault', {
    method: 'sendMessage',
    times: 1,
    action: { kind: 'delay', when: 'before', ms: 5000 },
  })
  await page.getByRole('button', { name: 'Отправить ещё раз' }).click()
  await page.getByText('Сообщение отправляется в Telegram.').waitFor()
  await page
    .getByRole('timer')
    .filter({ hasText: /^С .+ · \d+ с$/ })
    .waitFor()
  await page.getByText('Вы отправили сообщение ещё раз.').waitFor()
  await page.getByText('Telegram принял сообщение.').waitFor()
  await page.getByText('Сообщение отправляется в Telegram.').waitFor({ state: 'detached' })
  assert.deepEqual(troubles, [])
})
