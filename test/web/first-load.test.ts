import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { request } from 'undici'
import { PASSWORD, sharedHouse, signInByApi, startWithPage, visit } from '../support/account-page.ts'
import { untilDrawn } from '../support/page-checks.ts'
import { testSandbox } from '../support/sandbox.ts'
import { signedIn } from '../support/signed-in.ts'
import { until } from '../support/until.ts'

const house = await sharedHouse()

const ROOT = join(import.meta.dirname, '..', '..')
const MANTINE = 'node_modules/@mantine/core'
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')

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
  await page.evaluate(`(() => {
    window.refusals = []
    addEventListener('securitypolicyviolation', ({ effectiveDirective }) => refusals.push(effectiveDirective))
    const script = document.createElement('script')
    script.textContent = 'window.ran = true'
    document.head.append(script)
    const button = document.createElement('button')
    button.setAttribute('onclick', 'window.ran = true')
    document.body.append(button)
    button.click()
    setTimeout('window.ran = true')
  })()`)
  // The browser tells of a refusal when it comes to it.
  await until('each is refused', () => page.evaluate<boolean>('refusals.length >= 3'))
  const refused = await page.evaluate('({ ran: window.ran ?? false, refusals: refusals.toSorted() })')
  assert.deepEqual(refused, { ran: false, refusals: ['script-src', 'script-src-attr', 'script-src-elem'] })
})

for (const [path, language, heading] of [
  ['/sign-in', 'en-US', 'Sign in'],
  ['/sign-in', 'ru-RU', 'Войти'],
  ['/', 'en-US', 'Home'],
  ['/', 'ru-RU', 'Главная'],
] as const) {
  test(`${path} in ${language} is there after less than 300 kB`, async (t) => {
    const login = `first-${language.slice(0, 2)}`
    const locale = { locale: language }
    const { page, open, troubles } =
      path === '/' ? await signedIn(t, house, login, locale) : await visit(t, house.program, { ...house, ...locale })
    if (path === '/') {
      // Whoever signs in sees the account's language, and this browser remembers it.
      await page.request.patch(`${house.program.url}/v1/me`, { data: { locale: language.slice(0, 2) } })
    }
    // What comes seconds later, while nothing else is to be done, is there for the next page.
    await page.addInitScript(() => {
      const later = globalThis.setTimeout
      Object.assign(globalThis, { setTimeout: (work: () => void, ms = 0) => (ms < 3000 ? later(work, ms) : 0) })
    })
    const asked = new Set<string>()
    page.on('request', (request) => asked.add(request.url()))
    await open(path)
    await page.getByRole('heading', { name: heading, level: 1 }).waitFor()
    await untilDrawn(page)
    const ours = [...asked].filter((url) => url.startsWith(`${house.program.url}/app/`))
    const sizes = await Promise.all(ours.map(async (url) => [url, await gzippedSize(url)] as const))
    const total = sizes.reduce((sum, [, size]) => sum + size, 0)
    t.diagnostic(`${path} in ${language}: ${total} bytes in ${ours.length} files`)
    assert.ok(ours.length > 3, 'the files were counted')
    assert.ok(total > 200_000, `${total} bytes are too few to be true`)
    assert.ok(total < FIRST_LOAD, `${total} bytes:\n${sizes.map(([url, size]) => `${size} ${url}`).join('\n')}`)
    assert.deepEqual(troubles, [])
  })
}

test('each component that is used has its styles, and no other has', () => {
  const classesOf = (text: string): string[] => text.match(/\bm_[0-9a-f]{5,}\b/g) ?? []
  const built = (kind: string): Set<string> =>
    new Set(globSync(`web/dist/assets/*.${kind}`, { cwd: ROOT }).flatMap((file) => classesOf(read(file))))
  const [used, styled] = [built('js'), built('css')]
  const known = new Set(classesOf(read(`${MANTINE}/styles.css`)))
  assert.ok(used.size > 100 && known.size > used.size, `${used.size} of ${known.size}`)
  assert.deepEqual([...used.intersection(known).difference(styled)], [], 'have styles that are not there')
  const listed = read('web/src/component-styles.css').match(/styles\/[A-Z]\w+\.css/g) ?? []
  assert.deepEqual(
    listed.filter((file) => classesOf(read(`${MANTINE}/${file}`)).every((one) => !used.has(one))),
    [],
    'nobody needs these',
  )
})

/** For browsers that know nothing better than gzip, as all do without TLS on other hosts than their own. */
async function gzippedSize(url: string): Promise<number> {
  const { headers, body } = await request(url, { headers: { 'accept-encoding': 'gzip' } })
  const bytes = await body.bytes()
  assert.ok(bytes.length < 1500 || headers['content-encoding'] === 'gzip', url)
  return bytes.length
}

test('the phone has its room before it is there: nothing moves away under the pointer when it comes', async (t) => {
  const cat = await signedIn(t, house, 'cat')
  const { page, context, troubles } = cat
  const { promise: mayCome, resolve: letCome } = Promise.withResolvers<void>()
  await context.route('**/v1/sandbox', async (route) => {
    await mayCome
    await route.continue()
  })
  await cat.open('/tokens')
  assert.equal(await page.locator('iframe').count(), 0)
  const before = await page.getByRole('button', { name: 'Make a token' }).boundingBox()
  letCome()
  await cat.phone.locator('.chat-row').first().waitFor()
  await untilDrawn(page)
  assert.deepEqual(await page.getByRole('button', { name: 'Make a token' }).boundingBox(), before)
  assert.deepEqual(troubles, [])
})

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
