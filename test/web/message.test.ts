import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../../src/ops/system-clock.ts'
import { PASSWORD, signInByApi, startWithPage, visit } from '../support/account-page.ts'
import { Stranger } from '../support/loop.ts'
import { testSandbox } from '../support/sandbox.ts'
import { linkByPhone } from '../support/signed-in.ts'
import { until } from '../support/until.ts'

/** What is held up for so long goes on when the test says so. */
const HELD_MS = 3_600_000

test('a failed message says why in the person’s language, and its page tells live that it is sent again, and by whom', async (t) => {
  const { promise: mayGoOn, resolve: letGoOn } = Promise.withResolvers<void>()
  t.after(() => letGoOn())
  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    ms === HELD_MS ? mayGoOn : systemClock.sleep(ms, signal)
  const sandbox = await testSandbox(t, { clock: { ...systemClock, sleep } })
  const { token } = sandbox.control.createBot({ username: 'post_bot', name: 'Почта' })
  const program = await startWithPage(t, { env: { BOT_TOKEN: token, TELEGRAM_API_ROOT: sandbox.url } })
  const ann = new Stranger(program.url, sandbox.url, 'ann', PASSWORD)
  await ann.ask('POST', '/v1/users', { login: 'ann', password: PASSWORD, name: 'Анна', locale: 'ru' })
  await linkByPhone(ann, (await ann.person('Анна', 'ru')).id)
  const once = { method: 'sendMessage', times: 1 }
  sandbox.control.addFault({ ...once, action: { kind: 'http', entry: 'message_too_long' } })
  const { body: sent } = await ann.ask('POST', '/v1/messages', { text: 'Текст' })
  await until('it failed', async () => (await ann.ask('GET', `/v1/messages/${sent.id}`)).body.status === 'failed')

  const visitor = await visit(t, program, { locale: 'ru' })
  const { page, troubles } = visitor
  await signInByApi(visitor, program, 'ann')
  await visitor.open(`/messages/${sent.id}`)
  const quotation = page.locator('q[lang=en]', { hasText: 'message is too long' })
  await quotation.first().waitFor()
  assert.equal(await page.locator('main [lang=en]').count(), await quotation.count(), 'nothing else is English')

  sandbox.control.addFault({ ...once, action: { kind: 'delay', when: 'before', ms: HELD_MS } })
  await page.getByRole('button', { name: 'Отправить ещё раз' }).click()
  await page.getByText('Сообщение отправляется в Telegram.').waitFor()
  await page
    .getByRole('timer')
    .filter({ hasText: /^С .+ · \d+ с$/ })
    .waitFor()
  letGoOn()
  await page.getByText('Вы отправили сообщение ещё раз.').waitFor()
  await page.getByText('Telegram принял сообщение.').waitFor()
  await page.getByText('Сообщение отправляется в Telegram.').waitFor({ state: 'detached' })
  assert.deepEqual(troubles, [])
})
