import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { Page } from 'playwright-core'
import { launchChromium } from '../support/chromium.ts'
import { listening, serverWith } from '../support/http-server.ts'

/** Opens a page of the server, and remembers everything that the browser complains about or asks another host for. */
async function visit(t: TestContext, path: string): Promise<{ page: Page; complaints: string[] }> {
  const { url } = await listening(await serverWith(t))
  const browser = await launchChromium(t)
  const page = await browser.newPage()
  const complaints: string[] = []
  page.on('console', (line) => ['error', 'warning'].includes(line.type()) && complaints.push(line.text()))
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`))
  page.on(
    'response',
    (response) => response.status() >= 400 && complaints.push(`${response.status()}: ${response.url()}`),
  )
  page.on('request', (request) => {
    const ours = [url, `blob:${url}`, 'data:'].some((start) => request.url().startsWith(start))
    if (!ours) complaints.push(`another host: ${request.url()}`)
  })
  await page.goto(`${url}${path}`)
  return { page, complaints }
}

describe('the pages that explain the API', () => {
  test('Swagger UI draws every operation, asks no other host, and breaks no rule of the page', async (t) => {
    const { page, complaints } = await visit(t, '/docs')
    await page.getByText('Postrider').first().waitFor()
    await page.locator('#operations-messages-sendMessage').click()
    await page.getByText('The backup is done.').first().waitFor()
    await page.getByText('idempotency_conflict').first().waitFor()
    assert.deepEqual(complaints, [])
  })

  test('Swagger UI sends a real request when asked to', async (t) => {
    const { page, complaints } = await visit(t, '/docs')
    await page.locator('#operations-operations-live').click()
    await page.getByRole('button', { name: 'Execute' }).click()
    await page.locator('.live-responses-table').getByText('"live"').first().waitFor()
    assert.deepEqual(complaints, [])
  })

  test('Redoc draws the document, searches it, asks no other host, and breaks no rule of the page', async (t) => {
    const { page, complaints } = await visit(t, '/redoc')
    await page.getByRole('heading', { name: 'Send a message' }).first().waitFor()
    await page.getByPlaceholder('Search...').fill('take back')
    await page.locator('[role=search] [role=menuitem]').first().waitFor()
    // Its footer, with the picture that its makers would serve.
    const logo = page.locator('img[src="/redoc/logo.svg"]')
    await logo.waitFor({ state: 'attached' })
    assert.deepEqual(complaints, [])
  })

  test('the page of refusals jumps to the one that a problem names', async (t) => {
    const { page, complaints } = await visit(t, '/docs/errors#queue_full')
    assert.equal(await page.locator(':target').innerText(), 'queue_full')
    assert.deepEqual(complaints, [])
  })
})

test('no page may run a script that stands in it, or load anything from elsewhere', async (t) => {
  const server = await serverWith(t)
  for (const path of ['/docs', '/redoc', '/docs/errors', '/openapi.json', '/docs/static/swagger-ui-bundle.js']) {
    const { headers, statusCode } = await server.inject(path)
    const policy = String(headers['content-security-policy'])
    assert.equal(statusCode, 200, path)
    assert.match(policy, /(^|;)default-src 'none'/, path)
    assert.match(policy, /(^|;)script-src 'self'(;|$)/, path)
    assert.doesNotMatch(policy, /unsafe-eval|https?:/, path)
    assert.equal(headers['x-content-type-options'], 'nosniff', path)
  }
})
