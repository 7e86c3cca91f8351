import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { PASSWORD, sharedHouse, signInByApi, startWithPage, visit, type Visit } from '../support/account-page.ts'
import { untilDrawn } from '../support/page-checks.ts'
import { testSandbox } from '../support/sandbox.ts'
import { signedIn } from '../support/signed-in.ts'

const house = await sharedHouse()

/** What the account page promises for its first load, in bytes as they travel with gzip. */
const FIRST_LOAD = 300_000

test('the page may run its own scripts alone: none that stands in it, none from elsewhere, no eval', async (t) => {
  for (const path of ['/app/', '/app/sign-in', '/app/messages/x', '/app/nowhere']) {
    const { headers, status } = await fetch(`${house.program.url}${path}`)
    assert.equal(status, 200, path)
    const policy = headers.get('content-security-policy') ?? ''
    assert.match(policy, /(^|;)script-src 'self'(;|$)/, path)
    assert.match(policy, /(^|;)default-src 'none'(;|$)/, path)
    assert.doesNotMatch(policy, /unsafe-eval|https?:/, path)
  }
  const { page, open } = await visit(t, house.program, house)
  await open('/sign-in')
  await untilDrawn(page)
  const refused = await page.evaluate(`(async () => {
    const refusals = []
    addEventListener('securitypolicyviolation', ({ effectiveDirective }) => refusals.push(effectiveDirective))
    const script = document.createElement('script')
    script.textContent = 'window.ran = true'
    document.head.append(script)
    const button = document.createElement('button')
    button.setAttribute('onclick', 'window.ran = true')
    document.body.append(button)
    button.click()
    setTimeout('window.ran = true')
    await new Promise((resolve) => setTimeout(resolve))
    return { ran: window.ran ?? false, refusals: refusals.toSorted() }
  })()`)
  assert.deepEqual(refused, { ran: false, refusals: ['script-src', 'script-src-attr', 'script-src-elem'] })
})

for (const [path, heading] of [
  ['/sign-in', 'Sign in'],
  ['/', 'Home'],
] as const) {
  test(`${path} is there after less than 300 kB`, async (t) => {
    const login = path === '/' ? 'ann' : 'bob'
    const visited: Visit =
      path === '/' ? await signedIn(t, house, login, { linked: false }) : await visit(t, house.program, house)
    const { page, context, open, troubles } = visited
    // As a browser that knows gzip and nothing better.
    await context.route('**', (route) =>
      route.continue({ headers: { ...route.request().headers(), 'accept-encoding': 'gzip' } }),
    )
    const sizes = sizesOf(page)
    await open(path)
    await page.getByRole('heading', { name: heading, level: 1 }).waitFor()
    await untilDrawn(page)
    const ours = (await sizes()).filter(([url]) => url.startsWith(`${house.program.url}/app/`))
    const total = ours.reduce((sum, [, size]) => sum + size, 0)
    t.diagnostic(`${path}: ${total} bytes in ${ours.length} files`)
    assert.ok(ours.length > 3, 'the files were counted')
    assert.ok(total > 50_000, `${total} bytes are too few to be true`)
    assert.ok(total < FIRST_LOAD, `${total} bytes:\n${ours.map(([url, size]) => `${size} ${url}`).join('\n')}`)
    assert.deepEqual(troubles, [])
  })
}

/** Bodies as they came over the wire, by address. */
function sizesOf(page: Page): () => Promise<[url: string, bytes: number][]> {
  const sizes: Promise<[string, number]>[] = []
  page.on('requestfinished', (request) => {
    const size = request.sizes().then(({ responseBodySize }) => responseBodySize)
    // What comes when the page is being closed: nobody counts it.
    sizes.push(size.catch(() => 0).then((bytes) => [request.url(), bytes]))
  })
  return () => Promise.all(sizes)
}

test('with the token of another Telegram there is no phone, and nobody asks for one', async (t) => {
  const sandbox = await testSandbox(t)
  const { token } = sandbox.control.createBot({ username: 'real_bot', name: 'Real' })
  const program = await startWithPage(t, { env: { BOT_TOKEN: token, TELEGRAM_API_ROOT: sandbox.url } })
  assert.equal(program.sandboxUrl, '')
  const { page, troubles, open, context } = await visit(t, program, house)
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  const account = { login: 'ann', password: PASSWORD, name: 'Ann' }
  assert.equal((await context.request.post(`${program.url}/v1/users`, { data: account })).status(), 201)
  await signInByApi({ context }, program, 'ann')
  await open('/chats')
  const link = page.getByRole('link', { name: 'Open in Telegram' })
  await link.waitFor()
  assert.match((await link.getAttribute('href')) ?? '', /^https:\/\/t\.me\/real_bot\?start=\w+$/)
  await page.getByRole('link', { name: 'Home', exact: true }).click()
  await page.getByText('@real_bot is there.').waitFor()
  await untilDrawn(page)
  assert.equal(await page.locator('iframe').count(), 0)
  assert.equal(await page.getByRole('button', { name: /phone/ }).count(), 0)
  assert.deepEqual(
    asked.filter((path) => /^\/(v1\/)?sandbox/.test(path)),
    [],
  )
  assert.deepEqual(troubles, [])
})
