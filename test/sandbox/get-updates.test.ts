import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Update } from '@grammyjs/types'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { startedPair, testSandbox, type WireBot } from '../support/sandbox.ts'
import { until } from '../support/until.ts'

const OTHER = '409 Conflict: terminated by other getUpdates request; make sure that only one bot instance is running'

const textsOf = (updates: readonly Update[]) => updates.map(({ message }) => message?.text)

function say(bot: WireBot, user: number, ...texts: string[]): void {
  for (const text of texts) bot.sandbox.control.send({ user, bot: bot.view.id, text })
}

/** Waits until the sandbox has so many requests in hand: the long polls are there. */
async function requestsSeen(sandbox: Sandbox, count: number): Promise<void> {
  await until(`${count} requests came`, () => sandbox.control.requests().length >= count)
}

test('M12, G1: a positive offset confirms what is before it, by deletion; no offset confirms nothing', async (t) => {
  const { bot, user } = startedPair(await testSandbox(t))
  say(bot, user.id, 'a', 'b')
  const first = await bot.ok('getUpdates')
  assert.deepEqual(textsOf(first), ['/start', 'a', 'b'])
  assert.deepEqual(textsOf(await bot.ok('getUpdates', { limit: 2 })), ['/start'], 'asked again at once: one at a time')
  const offset = (first[1]?.update_id ?? 0) + 1
  assert.deepEqual(textsOf(await bot.ok('getUpdates', { offset })), ['b'])
  assert.deepEqual(textsOf(bot.sandbox.control.pendingUpdates(bot.view.id).map((update) => update)), ['b'])
})

test('G2: limit is kept between 1 and 100, and garbage is 0', async (t) => {
  const clock = new ManualClock()
  const { bot, user } = startedPair(await testSandbox(t, { clock }))
  say(bot, user.id, ...Array.from({ length: 150 }, (_, index) => `m${index}`))
  for (const [limit, count] of [
    [500, 100],
    [0, 1],
    [-3, 1],
    ['many', 1],
    [7, 7],
  ] as const) {
    clock.advance(5_000)
    assert.equal((await bot.ok('getUpdates', { limit })).length, count, String(limit))
  }
})

test('G2: timeout ends at 50 seconds whatever was asked', async (t) => {
  const clock = new ManualClock()
  const sandbox = await testSandbox(t, { clock })
  const { bot } = startedPair(sandbox)
  const [start] = await bot.ok('getUpdates')
  const poll = bot.ok('getUpdates', { timeout: 500, offset: (start?.update_id ?? 0) + 1 })
  await requestsSeen(sandbox, 2)
  assert.equal(clock.advanceToNext(), 50_000)
  assert.deepEqual(await poll, [])
})

test('G2: asking for the same again within 3 seconds waits 3 seconds', async (t) => {
  const clock = new ManualClock()
  const sandbox = await testSandbox(t, { clock })
  const { bot } = startedPair(sandbox)
  const [start] = await bot.ok('getUpdates')
  const offset = (start?.update_id ?? 0) + 1
  assert.deepEqual(await bot.ok('getUpdates', { offset }), [])
  const again = bot.ok('getUpdates', { offset })
  await requestsSeen(sandbox, 3)
  assert.equal(clock.advanceToNext(), 3_000)
  assert.deepEqual(await again, [])
})

test('G3: a negative offset drops all but the last so many', async (t) => {
  const { bot, user } = startedPair(await testSandbox(t))
  say(bot, user.id, 'a', 'b', 'c')
  assert.deepEqual(textsOf(await bot.ok('getUpdates', { offset: -2 })), ['b', 'c'])
  assert.equal(bot.sandbox.control.pendingUpdates(bot.view.id).length, 2)
})

test('G4: a long poll returns as soon as something happens, with what came together', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot, user } = startedPair(sandbox)
  const [start] = await bot.ok('getUpdates')
  const poll = bot.ok('getUpdates', { timeout: 50, offset: (start?.update_id ?? 0) + 1 })
  await requestsSeen(sandbox, 2)
  say(bot, user.id, 'a', 'b')
  assert.deepEqual(textsOf(await poll), ['a', 'b'])
})

test('G4, C7: of two pollers the older one gets 409, the next conflict within 3 seconds waits 3 seconds', async (t) => {
  const clock = new ManualClock()
  const sandbox = await testSandbox(t, { clock })
  const { bot, user } = startedPair(sandbox)
  const [start] = await bot.ok('getUpdates')
  const asked = { timeout: 50, offset: (start?.update_id ?? 0) + 1 }
  const first = bot.line('getUpdates', asked)
  await requestsSeen(sandbox, 2)
  const second = bot.line('getUpdates', asked)
  assert.equal(await first, OTHER)
  const third = bot.ok('getUpdates', asked)
  await requestsSeen(sandbox, 4)
  await until('two of them wait', () => clock.sleeping >= 2)
  clock.advance(3_000)
  assert.equal(await second, OTHER)
  say(bot, user.id, 'for the youngest')
  assert.deepEqual(textsOf(await third), ['for the youngest'])
})

test('G4: a short poll does not disturb a waiting long poll', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot, user } = startedPair(sandbox)
  const [start] = await bot.ok('getUpdates')
  const offset = (start?.update_id ?? 0) + 1
  const long = bot.ok('getUpdates', { timeout: 50, offset })
  await requestsSeen(sandbox, 2)
  await bot.ok('getUpdates', { offset: offset + 5 })
  say(bot, user.id, 'a')
  assert.deepEqual(textsOf(await long), ['a'])
})

test('G5: with a webhook getUpdates is 409', async (t) => {
  const { bot } = startedPair(await testSandbox(t))
  await bot.ok('setWebhook', { url: 'http://127.0.0.1:9/' })
  assert.equal(
    await bot.line('getUpdates'),
    "409 Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
  )
  await bot.ok('deleteWebhook')
  assert.equal(await bot.line('getUpdates'), '200')
})

test('G6: allowed_updates sticks, and nothing known means the default set', async (t) => {
  const clock = new ManualClock()
  const sandbox = await testSandbox(t, { clock })
  const { bot, user } = startedPair(sandbox)
  const ask = async (allowed?: unknown): Promise<void> => {
    clock.advance(5_000)
    await bot.ok('getUpdates', { offset: -1, ...(allowed !== undefined && { allowed_updates: allowed }) })
  }
  const hearsMessages = (): boolean => {
    const before = sandbox.control.pendingUpdates(bot.view.id).length
    say(bot, user.id, 'x')
    return sandbox.control.pendingUpdates(bot.view.id).length > before
  }
  assert.equal(hearsMessages(), true)
  await ask(['callback_query'])
  assert.equal(hearsMessages(), false)
  await ask()
  assert.equal(hearsMessages(), false, 'omitted: as before')
  await ask('nonsense')
  assert.equal(hearsMessages(), false, 'no array: as before')
  await ask(['nonsense'])
  assert.equal(hearsMessages(), true, 'nothing known: the default')
  await ask(['callback_query'])
  await ask([])
  assert.equal(hearsMessages(), true, 'empty: the default')
})

test('G7: messages wait 24 hours, taps 150 seconds', async (t) => {
  const clock = new ManualClock()
  const sandbox = await testSandbox(t, { clock })
  const { bot, user } = startedPair(sandbox)
  const reply_markup = { inline_keyboard: [[{ text: 'Yes', callback_data: 'y' }]] }
  await bot.ok('sendMessage', { chat_id: user.id, text: 'Sure?', reply_markup })
  const key = sandbox.control.messages({ bot: bot.view.id }).at(-1)?.key ?? 0
  sandbox.control.tap({ user: user.id, message: key, button: 'y' })
  const kinds = () => sandbox.control.pendingUpdates(bot.view.id).map((update) => Object.keys(update)[1])
  assert.deepEqual(kinds(), ['message', 'callback_query'])
  clock.advance(150_000)
  assert.deepEqual(kinds(), ['message'])
  clock.advance(24 * 3_600_000 - 150_000)
  assert.deepEqual(kinds(), [])
})

test('G8: numbers begin at random, rise by one, and begin anew after a week of silence', async (t) => {
  const clock = new ManualClock()
  const sandbox = await testSandbox(t, { clock })
  const { bot, user } = startedPair(sandbox)
  say(bot, user.id, 'a')
  const [one, two] = sandbox.control.pendingUpdates(bot.view.id)
  assert.ok(one && two && one.update_id > 0)
  assert.equal(two.update_id, one.update_id + 1)
  clock.advance(8 * 24 * 3_600_000)
  say(bot, user.id, 'b')
  const [later] = sandbox.control.pendingUpdates(bot.view.id)
  assert.notEqual(later?.update_id, two.update_id + 1)
})

test('G9: an offset far beyond the end confirms nothing', async (t) => {
  const { bot, user } = startedPair(await testSandbox(t))
  say(bot, user.id, 'a')
  const last = bot.sandbox.control.pendingUpdates(bot.view.id).at(-1)?.update_id ?? 0
  assert.equal((await bot.ok('getUpdates', { offset: last + 1 + 11 })).length, 2)
  assert.equal((await bot.ok('getUpdates', { offset: last + 1 + 10 })).length, 0)
})

test('G1: an answer ends at about 4 MiB', async (t) => {
  const { bot, user } = startedPair(await testSandbox(t))
  say(bot, user.id, ...Array.from({ length: 99 }, () => 'я'.repeat(40_000)))
  const updates = await bot.ok('getUpdates')
  assert.ok(updates.length > 40 && updates.length < 60, String(updates.length))
})

test('a poller that hangs up takes no update with it', async (t) => {
  const sandbox = await testSandbox(t)
  const { bot, user } = startedPair(sandbox)
  const [start] = await bot.ok('getUpdates')
  const offset = (start?.update_id ?? 0) + 1
  const abort = new AbortController()
  const url = `${sandbox.url}/bot${bot.view.token}/getUpdates?timeout=50&offset=${offset}`
  const gone = fetch(url, { signal: abort.signal })
  await requestsSeen(sandbox, 2)
  abort.abort()
  await assert.rejects(gone)
  const next = bot.ok('getUpdates', { timeout: 50, offset })
  say(bot, user.id, 'still here')
  assert.deepEqual(textsOf(await next), ['still here'])
})
