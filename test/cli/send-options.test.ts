import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { runProgram } from '../support/program.ts'
import { arrived, type Sender, startSender } from '../support/sender.ts'
import { until } from '../support/until.ts'

/** The message that `send` accepts, as the API shows it. */
async function sent({ send, ann }: Sender, args: readonly string[]) {
  const { code, stdout, stderr } = await send(['--json', ...args])
  assert.equal(code, 0, stderr)
  return (await ann.ask('GET', `/v1/messages/${JSON.parse(stdout).id}`)).body
}

describe('what send is asked for', () => {
  test('is what the API is asked for: priority, delivery, digest, a moment', async (t) => {
    const sender = await startSender(t)
    const wishes = ['--priority', '5', '--delivery', 'at_most_once', '--digest', 'never']
    const { priority, delivery, digest, expiresAt } = await sent(sender, [
      ...wishes,
      '--expires-at',
      '2099-01-01T02:00:00+02:00',
      'x',
    ])
    assert.deepEqual([priority, delivery, digest], [5, 'at_most_once', 'never'])
    assert.equal(expiresAt, '2099-01-01T00:00:00.000Z')
  })

  test('is nothing when nothing is said: the defaults are those of the help', async (t) => {
    const sender = await startSender(t)
    const { priority, delivery, digest, expiresAt } = await sent(sender, ['x'])
    const { stdout } = await runProgram(['send', '--help'])
    const help = stdout.replaceAll(/\s+/g, ' ')
    for (const [option, value] of Object.entries({ priority, delivery, digest }))
      assert.match(help, new RegExp(`--${option} <(?:(?! --).)*\\(default: ${value}\\)`))
    assert.equal(expiresAt, null)
    assert.match(help, /--expires-in <(?:(?! --).)*\(default: never\)/)
  })

  test('by --expires-in counts from the moment of sending', async (t) => {
    const sender = await startSender(t)
    const { createdAt, expiresAt } = await sent(sender, ['--expires-in', '10m', 'x'])
    // The program began before the server accepted, and by no more than the patience of a whole test.
    const lifeMs = Date.parse(expiresAt) - Date.parse(createdAt)
    assert.ok(lifeMs <= 600_000 && lifeMs > 480_000, `${lifeMs}`)
  })

  test('goes to the chat that is named, without a sound when that is asked', async (t) => {
    const sender = await startSender(t)
    const { ann, phone } = sender
    const other = await ann.person('Anna', 'en')
    await other.start((await ann.ask('POST', '/v1/link-codes')).body.code)
    const chats = await until('both chats are linked', async () => {
      const { items } = (await ann.ask('GET', '/v1/chats')).body
      return items.length === 2 && (items as { id: string; isDefault: boolean }[])
    })
    const second = chats.find(({ isDefault }) => !isDefault)
    await sender.send(['--wait', '--silent', '--chat', second?.id ?? '', 'to the second'])
    await sender.send(['--wait', 'to the first'])
    assert.deepEqual(await arrived({ phone: other }), ['to the second'])
    assert.deepEqual(await arrived(sender), ['to the first'])
    const sound = async ({ id }: { id: number }): Promise<boolean | undefined> => {
      const messages = await ann.telegram<{ silent: boolean }[]>(`messages?user=${id}&bot=postrider_bot`)
      return messages.at(-1)?.silent
    }
    assert.deepEqual([await sound(other), await sound(phone)], [true, false])
  })

  test('holds for each message of a long text', async (t) => {
    const sender = await startSender(t)
    const at = new Date(Date.now() + 3_600_000).toISOString()
    const { stdout } = await sender.send(['--json', '--priority', '2', '--expires-at', at, '--idempotency-key', 'k'], {
      input: 'x\n'.repeat(20_000),
    })
    const messages = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.equal(messages.length, 2)
    for (const { priority, expiresAt } of messages) assert.deepEqual([priority, expiresAt], [2, at])
  })

  test('when its time is over before it could be sent, --wait says so', async (t) => {
    const sender = await startSender(t)
    const action = { kind: 'too_many_requests', retryAfterSeconds: 60 }
    await sender.ann.telegram('add-fault', { method: 'sendMessage', action })
    const { code, stdout, stderr } = await sender.send(['--wait', '--expires-in', '5s', 'soon useless'])
    assert.deepEqual([code, stdout], [1, ''])
    assert.match(stderr, /^Expired\. .+ msg_\w+\n$/)
    assert.deepEqual(await arrived(sender), [])
  })

  test('is the same request under the same key, also when its time is over by then', async (t) => {
    const sender = await startSender(t)
    const at = Date.now() + 5000
    const expiresAt = new Date(at).toISOString()
    // What the command asks for, without the time that it takes to start.
    const first = await sender.ann.ask('POST', '/v1/messages', { text: 'x', expiresAt }, { 'idempotency-key': 'k' })
    assert.equal(first.status, 202)
    await until('its time is over', () => Date.now() > at)
    const again = await sent(sender, ['--idempotency-key', 'k', '--expires-at', expiresAt, 'x'])
    assert.equal(again.id, first.body.id)
  })
})

test('what cannot be meant is said before anything is sent or read, with exit 2', async (t) => {
  const { send, ann } = await startSender(t)
  for (const [args, said] of [
    [['--priority', '6'], /--priority.* must be a whole number from 1 to 5/],
    [['--priority', 'high'], /--priority.* must be a whole number from 1 to 5/],
    [['--delivery', 'exactly_once'], /--delivery.* at_least_once, at_most_once/],
    [['--digest', 'always'], /--digest.* when_behind, never/],
    [['--expires-in', '10'], /--expires-in.* such as 250ms, 30s, 5m/],
    [['--expires-in', '0s'], /--expires-in.* from 1s to 365d/],
    [['--expires-at', 'tomorrow'], /--expires-at.* must be a time with an offset, such as/],
    [['--expires-at', '2099-02-30T00:00:00Z'], /--expires-at.* must be a time/],
    [['--expires-at', '2020-01-01T00:00:00Z'], /--expires-at is not in the future: here it is 20\d\d-.*Z now/],
    [
      ['--expires-at', '2099-01-01T00:00:00Z', '--expires-in', '1h'],
      /'--expires-at.*' cannot be used with .*--expires-in/,
    ],
    [['--expires-in', '1h', '--idempotency-key', 'k'], /--expires-in counts from now.*use --expires-at/],
    [['--chat', ''], /--chat.* must be the id of a chat/],
    [['--idempotency-key', ''], /--idempotency-key.* must be 1 to 255 visible ASCII characters/],
    [['--idempotency-key', 'x'.repeat(256)], /must be 1 to 255 visible ASCII characters/],
    [['--idempotency-key', 'two words'], /must be 1 to 255 visible ASCII characters/],
  ] as const) {
    const { code, stdout, stderr } = await send([...args, 'x'])
    assert.deepEqual([code, stdout], [2, ''], args.join(' '))
    assert.match(stderr, said)
  }
  const long = await send(['--idempotency-key', 'x'.repeat(254)], { input: 'x\n'.repeat(20_000) })
  assert.equal(long.code, 2)
  assert.match(long.stderr, /goes out as 2 messages.*choose a shorter one/)
  assert.deepEqual((await ann.ask('GET', '/v1/messages')).body.items, [])
})
