import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sharedHouse } from '../support/account-page.ts'
import { signedIn } from '../support/signed-in.ts'
import { until } from '../support/until.ts'

const house = await sharedHouse()

test('the language that was chosen last stays, on the page and in the account, though the account is slow to take the first', async (t) => {
  const ann = await signedIn(t, house, 'ann', { linked: false })
  const { page, stranger, troubles } = ann
  await ann.open('/account')
  const goOn = Promise.withResolvers<undefined>()
  let answered = 0
  await page.route('**/v1/me', async (route) => {
    if (route.request().method() !== 'PATCH') return await route.continue()
    await goOn.promise
    const response = await route.fetch()
    await route.fulfill({ response })
    answered++
  })
  const languages = page.getByRole('banner').getByRole('radiogroup')
  await languages.getByText('RU', { exact: true }).click()
  await page.getByRole('heading', { name: 'Аккаунт', level: 1 }).waitFor()
  await languages.getByText('EN', { exact: true }).click()
  await page.getByRole('heading', { name: 'Account', level: 1 }).waitFor()
  await page.evaluate(`new MutationObserver(() => {
    if (document.documentElement.lang === 'ru') document.body.dataset.turned = 'back'
  }).observe(document.documentElement, { attributeFilter: ['lang'] })`)
  goOn.resolve(undefined)
  await until('both are answered', () => answered === 2)
  assert.equal((await stranger.ask('GET', '/v1/me')).body.locale, 'en')
  assert.equal(await page.locator('body').getAttribute('data-turned'), null)
  await page.reload()
  await page.getByRole('heading', { name: 'Account', level: 1 }).waitFor()
  assert.deepEqual(troubles, [])
})
