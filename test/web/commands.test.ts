import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { deviceOf } from '../../web/src/pages/account/device.ts'
import { commandsFor } from '../../web/src/pages/tokens/commands.ts'

describe('the commands that come with a token', () => {
  const given = { origin: 'https://postrider.example', token: 'pr_abc_DEF123', hello: 'Hello from Postrider' }
  const commands = commandsFor(given)
  const textOf = (wanted: string): string => commands.find(({ id }) => id === wanted)?.text ?? ''

  test('are one for each tool, each with the token and the place', () => {
    assert.deepEqual(
      commands.map(({ id }) => id),
      ['curl', 'python', 'javascript', 'shell', 'cron'],
    )
    for (const { id, text } of commands) {
      assert.ok(text.includes(given.token), id)
      assert.ok(text.includes(given.origin), id)
    }
  })

  test('curl is one line that can be read aloud', () => {
    assert.equal(textOf('curl'), 'curl -d "Hello from Postrider" https://postrider.example/s/pr_abc_DEF123')
  })

  test('python and JavaScript say hello to the API', () => {
    for (const id of ['python', 'javascript']) {
      assert.ok(textOf(id).includes('https://postrider.example/v1/messages'), id)
      assert.ok(textOf(id).includes('Bearer pr_abc_DEF123'), id)
      assert.ok(textOf(id).includes(given.hello), id)
    }
  })

  test('the line for cron is one line, and has none of the % that cron takes for a line break', () => {
    assert.match(textOf('cron'), /^\d+ \d+ \* \* \* [^%\n]+$/)
  })
})

describe('a device by what it says of itself', () => {
  const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)'
  const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)'
  const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)'
  const IOS = 'AppleWebKit/605.1.15 (KHTML, like Gecko)'
  for (const [device, userAgent] of [
    ['Chrome, Windows', `${WINDOWS} ${WEBKIT} Chrome/140.0.0.0 Safari/537.36`],
    ['Edge, Windows', `${WINDOWS} ${WEBKIT} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0`],
    ['Opera, macOS', `${MAC} ${WEBKIT} Chrome/140.0.0.0 Safari/537.36 OPR/120.0.0.0`],
    ['Yandex, Windows', `${WINDOWS} ${WEBKIT} Chrome/138.0.0.0 YaBrowser/25.8.0 Yowser/2.5 Safari/537.36`],
    ['Safari, macOS', `${MAC} ${IOS} Version/18.5 Safari/605.1.15`],
    [
      'Safari, iPhone',
      `Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) ${IOS} Version/18.5 Mobile/15E1 Safari/604.1`,
    ],
    [
      'Chrome, iPhone',
      `Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) ${IOS} CriOS/140.0 Mobile/15E1 Safari/604.1`,
    ],
    ['Safari, iPad', `Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) ${IOS} Version/18.5 Mobile/15E1 Safari/604.1`],
    [
      'Samsung Internet, Android',
      `Mozilla/5.0 (Linux; Android 14; K) ${WEBKIT} SamsungBrowser/28.0 Chrome/130.0 Mobile Safari/537.36`,
    ],
    ['Chrome, Android', `Mozilla/5.0 (Linux; Android 10; K) ${WEBKIT} Chrome/140.0.0.0 Mobile Safari/537.36`],
    ['Chrome, ChromeOS', `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${WEBKIT} Chrome/140.0.0.0 Safari/537.36`],
    ['Chrome, Linux', `Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} HeadlessChrome/140.0.0.0 Safari/537.36`],
    ['Firefox, Linux', 'Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0'],
    ['curl', 'curl/8.5.0'],
  ] as const) {
    test(`is ${device}`, () => assert.equal(deviceOf(userAgent), device))
  }

  test('is what it says where nobody knows it, and nothing where it says nothing', () => {
    assert.equal(deviceOf('my-backup-script'), 'my-backup-script')
    assert.equal(deviceOf('not curl/8 at its beginning'), 'not curl/8 at its beginning')
    assert.equal(deviceOf(null), null)
  })
})
