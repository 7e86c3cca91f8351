import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type OwnBot, type OwnBots, ownBots } from './support/own-bots.ts'
import { until } from './support/until.ts'
import { webhookReceiver } from './support/webhook-receiver.ts'

/** A call with the bot's token that is not this program's. */
async function elsewhere({ sandbox }: OwnBots, { view }: OwnBot, call: string): Promise<number> {
  return (await fetch(`${sandbox.url}/bot${view.token}/${call}`)).status
}

describe('a bot of an account', () => {
  test('that gets a new token goes on with it; until then what waits is held', async (t) => {
    const here = await ownBots(t)
    const bot = await here.add()
    await here.start()
    await here.polls(bot)
    await here.post(bot, 'with the first token')
    await until('it is there', () => here.arrived(bot).length === 1)

    const { token } = here.control.revokeToken(bot.view.id)
    const id = await here.post(bot, 'with the second token')
    const { stateReason } = await here.isInState(bot, 'rejected')
    assert.match(stateReason ?? '', /token/)
    await until('it is held', async () => (await here.message(bot, id)).waitingFor === 'bot_rejected')

    await here.change(bot, { token: here.tokenOfView({ ...bot.view, token }) })
    await here.isInState(bot, 'running')
    await until('all is there', () => here.arrived(bot).length === 2)
    assert.deepEqual(here.arrived(bot), ['with the first token', 'with the second token'])
    assert.deepEqual(here.conflicts(), [])
  })

  test('leaves another program’s webhook alone, says so, sends meanwhile; takes over once when it is told to', async (t) => {
    const here = await ownBots(t)
    const bot = await here.add()
    const other = await webhookReceiver(t)
    const set = `setWebhook?url=${encodeURIComponent(other.url)}`
    assert.equal(await elsewhere(here, bot, set), 200)
    await here.start()
    const { stateReason } = await here.isInState(bot, 'conflict')
    assert.match(stateReason ?? '', /webhook/)
    await here.post(bot, 'sent meanwhile')
    await until('it is there', () => here.arrived(bot).length === 1)
    assert.equal(here.control.bot(bot.view.id).webhook.url, other.url)

    await here.change(bot, { takeOver: true })
    await here.isInState(bot, 'running')
    assert.equal(here.control.bot(bot.view.id).webhook.url, '')
    await until('it is used up', async () => !(await here.read(bot)).takeOver)

    assert.equal(await elsewhere(here, bot, set), 200)
    await here.isInState(bot, 'conflict')
    assert.equal(here.control.bot(bot.view.id).webhook.url, other.url)
    const removed = here.requests(bot).filter(({ method }) => method === 'deleteWebhook')
    assert.equal(removed.length, 1)
  })

  test('that was to take over where there was nothing to take does not do so later', async (t) => {
    const here = await ownBots(t)
    const bot = await here.add({ takeOver: true })
    await here.start()
    await here.isInState(bot, 'running')
    await until('it is used up', async () => !(await here.read(bot)).takeOver)
    const other = await webhookReceiver(t)
    assert.equal(await elsewhere(here, bot, `setWebhook?url=${encodeURIComponent(other.url)}`), 200)
    await here.isInState(bot, 'conflict')
    assert.equal(here.control.bot(bot.view.id).webhook.url, other.url)
  })

  test('says that somebody else polls, and that it is over', async (t) => {
    const here = await ownBots(t)
    const bot = await here.add()
    await here.start()
    await here.polls(bot)
    const polled = elsewhere(here, bot, 'getUpdates?timeout=2')
    const { stateReason, stateSinceMs } = await here.isInState(bot, 'conflict')
    assert.ok([200, 409].includes(await polled))
    assert.match(stateReason ?? '', /another program/i)
    const after = await here.isInState(bot, 'running')
    assert.equal(after.stateReason, null)
    assert.ok(after.stateSinceMs >= stateSinceMs)
  })

  test('whose token cannot be read is told as rejected, in words, and stops nobody else', async (t) => {
    const here = await ownBots(t)
    const [bot, lost] = [await here.add(), await here.add()]
    await here.change(lost, { token: { ...here.tokenOfView(lost.view), tokenSealed: 'v1.none' } })
    await here.start()
    const { stateReason } = await here.isInState(lost, 'rejected')
    assert.match(stateReason ?? '', /secret key/)
    await here.isInState(bot, 'running')
    assert.deepEqual(here.requests(lost), [])
  })

  test('repeats what it is told from the moment that it is asked to, and as long', async (t) => {
    const here = await ownBots(t)
    const bot = await here.add()
    await here.start()
    await until('the greeting', () => here.said(bot).length === 1)
    await here.change(bot, { echo: true })
    await until('the parts are new', () => here.timesEnded(bot) === 1)
    here.control.send({ user: bot.telegramChatId, bot: bot.view.id, text: 'hello' })
    await until('the echo', () => here.said(bot).at(-1) === 'hello')
    await here.change(bot, { echo: false })
    await until('the parts are new', () => here.timesEnded(bot) === 2)
    here.control.send({ user: bot.telegramChatId, bot: bot.view.id, text: 'hello again' })
    await until('an answer of its own', () => here.said(bot).length === 3)
    assert.notEqual(here.said(bot).at(-1), 'hello again')
  })

  test('that is deleted ends at once, and leaves the others alone', async (t) => {
    const here = await ownBots(t)
    const [bot, other] = [await here.add(), await here.add()]
    await here.start()
    await here.polls(bot)
    await here.api.deleteBot(bot.userId, bot.id, Date.now())
    here.api.signal({ kind: 'bot_changed', botId: bot.id })
    await until('all that worked for it has ended', () => here.timesEnded(bot) === 1)
    await until('nothing of it is open', () => here.open(bot).length === 0)
    await here.post(other, 'still here')
    await until('the other one works', () => here.arrived(other).length === 1)
    assert.deepEqual(
      here.log.said.filter((line) => /another process/.test(line)),
      [],
      'nobody took it',
    )
    assert.equal(here.log.said.filter((line) => line.startsWith('the bot was deleted')).length, 1)
  })
})
