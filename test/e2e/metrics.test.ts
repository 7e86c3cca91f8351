import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { Stranger } from '../support/loop.ts'
import { startProgram, temporaryFolder } from '../support/program.ts'
import { until } from '../support/until.ts'

interface Seen {
  id: string
  status: string
  error: { code: string } | null
  attempts: { number: number; startedAt: string; finishedAt: string; outcome: string; reason: string; waitMs: number }[]
}

/** The samples of one metric by its labels, the bot's aside; `''` for the one without. */
type Samples = Record<string, number>

async function samples(url: string, name: string): Promise<Samples> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const found = text.matchAll(new RegExp(`^postrider_${name}(?:\\{(.*)\\})? (\\S+)$`, 'gm'))
  return Object.fromEntries(
    Array.from(found, ([, labels = '', value]) => [labels.replace(/bot="[^"]+",?/, ''), Number(value)]),
  )
}

test('the metrics say what happened to every message, and each message says it of every attempt', async (t) => {
  const program = await startProgram(t, { dataDir: temporaryFolder(t), env: { SEND_ATTEMPTS: '1' } })
  const ann = new Stranger(program.url, program.sandboxUrl, 'ann')
  await ann.ask('POST', '/v1/users', { login: 'ann', password: 'correct horse', name: 'Ann' })

  const metric = (name: string): Promise<Samples> => samples(program.url, name)
  const linked: string[] = []
  const chat = async (): Promise<{ id: string; person: number }> => {
    const person = await ann.person('Annie', 'en')
    await person.start((await ann.ask('POST', '/v1/link-codes')).body.code)
    const id = await until('the chat is linked', async () => {
      const items: { id: string }[] = (await ann.ask('GET', '/v1/chats')).body.items
      return items.find((one) => !linked.includes(one.id))?.id
    })
    linked.push(id)
    return { id, person: person.id }
  }
  const fault = (person: number, action: object): Promise<unknown> =>
    ann.telegram('add-fault', { method: 'sendMessage', chatId: person, action })
  const post = async (chatId: string, options: object = {}): Promise<string> =>
    (await ann.ask('POST', '/v1/messages', { text: 'x', chatId, digest: 'never', ...options })).body.id
  const get = async (id: string): Promise<Seen> => (await ann.ask('GET', `/v1/messages/${id}`)).body
  const ended = (id: string): Promise<Seen> =>
    until('it has ended', async () => {
      const message = await get(id)
      return !['queued', 'sending'].includes(message.status) && message
    })

  assert.deepEqual(await metric('messages_waiting'), { '': 0 }, 'a queue that is empty has a depth, too')

  const [good, unknown, refusing, breaking, busy, left] = [
    await chat(),
    await chat(),
    await chat(),
    await chat(),
    await chat(),
    await chat(),
  ]
  await fault(unknown.person, { kind: 'http', entry: 'chat_not_found' })
  await fault(refusing.person, { kind: 'http', status: 400, description: 'Bad Request: text must be encoded in UTF-8' })
  await fault(breaking.person, { kind: 'drop_after' })
  await fault(busy.person, { kind: 'too_many_requests', retryAfterSeconds: 60 })

  const ids = [await post(good.id), await post(unknown.id), await post(refusing.id), await post(breaking.id)]
  const once = await post(breaking.id, { delivery: 'at_most_once' })
  const waits = await post(busy.id)
  const stale = await post(busy.id, { expiresAt: new Date(Date.now() + 4000).toISOString() })
  const outcomes = await Promise.all([...ids, once, stale].map(ended))
  assert.deepEqual(
    outcomes.map(({ status, error }) => error?.code ?? status),
    ['delivered', 'chat_unreachable', 'text_refused', 'outcome_unknown', 'outcome_unknown', 'expired'],
  )

  await t.test('every attempt has its time, outcome, wait and reason', async () => {
    const told = await until('it was told to wait', async () => {
      const message = await get(waits)
      return message.attempts.length > 0 && message
    })
    const attempts = [...outcomes, told].flatMap((message) => message.attempts)
    assert.deepEqual(
      attempts.map(({ number, outcome }) => [number, outcome]),
      ['delivered', 'blocked', 'refused', 'unknown', 'unknown', 'throttled'].map((outcome) => [1, outcome]),
    )
    for (const { startedAt, finishedAt } of attempts) assert.ok(Date.parse(startedAt) <= Date.parse(finishedAt))
    for (const { outcome, reason, waitMs } of attempts) {
      if (outcome === 'delivered') assert.equal(reason, null)
      else assert.match(reason, /^[A-Z].+\.$/)
      if (outcome === 'throttled') assert.ok(waitMs >= 60_000 && waitMs < 62_000, `${waitMs}`)
      else assert.equal(waitMs, null)
    }
  })

  await t.test('what waits is counted, and how long', async () => {
    await until('it is counted', async () => (await metric('messages_waiting'))[''] === 1)
    const { '': age = 0 } = await metric('oldest_waiting_age_seconds')
    assert.ok(age > 0 && age < 3600, `${age}`)
  })

  // What ends otherwise than by a call: with the chat that the person closes, and with the link.
  await ann.telegram('block', { user: busy.person, bot: 'postrider_bot' })
  assert.equal((await ended(waits)).error?.code, 'chat_blocked')
  const many = await Promise.all(Array.from({ length: 12 }, () => post(left.id)))
  await ann.ask('DELETE', `/v1/chats/${left.id}`)
  await Promise.all(many.map(ended))

  await t.test('each number is that of the messages', async () => {
    const { items }: { items: Seen[] } = (await ann.ask('GET', '/v1/messages?limit=200')).body
    const all = await Promise.all(items.map(({ id }) => get(id)))
    const count = (fits: (message: Seen) => boolean): number => all.filter(fits).length
    assert.deepEqual(await metric('messages_accepted_total'), { '': all.length })

    const delivered = count(({ status }) => status === 'delivered')
    await until('all are counted', async () => (await metric('messages_delivered_total'))[''] === delivered)
    assert.deepEqual(await metric('delivery_latency_seconds_count'), { '': delivered })
    assert.ok(((await metric('delivery_latency_seconds_sum'))[''] ?? 0) > 0)

    const codes = ['chat_unreachable', 'text_refused', 'expired', 'chat_blocked', 'chat_unlinked']
    const never = { 'code="attempts_exhausted"': 0, 'code="bot_deleted"': 0 }
    const failed = codes.map((code) => [`code="${code}"`, count(({ error }) => error?.code === code)] as const)
    for (const [code, number] of failed) assert.ok(number > 0, code)
    assert.deepEqual(await metric('messages_failed_total'), { ...never, ...Object.fromEntries(failed) })
    assert.deepEqual(await metric('messages_uncertain_total'), { '': count(({ status }) => status === 'uncertain') })

    const outcomesOfCalls = Object.groupBy(
      all.flatMap(({ attempts }) => attempts),
      ({ outcome }) => `outcome="${outcome}"`,
    )
    const calls = Object.entries(outcomesOfCalls).map(([outcome, list = []]) => [outcome, list.length])
    assert.deepEqual(await metric('attempts_total'), Object.fromEntries(calls))
    assert.deepEqual(await metric('throttled_total'), { 'scope="chat"': 1, 'scope="bot"': 0 })
    assert.ok(((await metric('throttled_seconds_total'))['scope="chat"'] ?? 0) >= 60)
  })

  await t.test('commits and the event loop are measured', async () => {
    const { '': commits = 0 } = await metric('group_commit_size_count')
    const { '': pieces = 0 } = await metric('group_commit_size_sum')
    assert.ok(commits > 0 && pieces >= commits)
    const { '': looks = 0 } = await metric('event_loop_delay_seconds_count')
    await until('it looks again', async () => ((await metric('event_loop_delay_seconds_count'))[''] ?? 0) > looks)
  })
})

test('a message whose chat has nothing to do is accepted and on its way in one commit', async (t) => {
  const program = await startProgram(t, { dataDir: temporaryFolder(t) })
  const ann = new Stranger(program.url, program.sandboxUrl, 'ann')
  await ann.ask('POST', '/v1/users', { login: 'ann', password: 'correct horse', name: 'Ann' })
  const person = await ann.person('Annie', 'en')
  await person.start((await ann.ask('POST', '/v1/link-codes')).body.code)
  await until('the chat is linked', async () => (await ann.ask('GET', '/v1/chats')).body.items.length === 1)

  const written = async (): Promise<number> => (await samples(program.url, 'group_commit_size_sum'))[''] ?? 0
  const send = async (): Promise<number> => {
    const before = await written()
    const { id } = (await ann.ask('POST', '/v1/messages', { text: 'x' })).body
    await until('it is there', async () => (await ann.ask('GET', `/v1/messages/${id}`)).body.status === 'delivered')
    return (await written()) - before
  }
  await send()
  const pieces: number[] = []
  for (let i = 0; i < 3; i++) {
    // Until the chat may be written to at once.
    await setTimeout(2500)
    pieces.push(await send())
  }
  // Accepted, and settled. Now and then somebody's last sign of life is written with them.
  assert.equal(Math.min(...pieces), 2, pieces.join())
})
