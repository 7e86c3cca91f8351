import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fastClock } from './support/fast-clock.ts'
import { ManualClock } from './support/manual-clock.ts'
import { type OwnBot, type OwnBots, ownBots } from './support/own-bots.ts'
import { until } from './support/until.ts'

test('a switch makes no room for more: a group has twenty messages in a minute, however often the bot is off and on', async (t) => {
  const clock = fastClock(40)
  const here = await ownBots(t, { clock, sandbox: { profile: 'strict' } })
  const bot = await here.add()
  const group = await groupOf(here, bot)
  const times = () => here.control.deliveries({ bot: bot.view.id, chat: group.telegramChatId }).map(({ atMs }) => atMs)
  async function sendMore(count: number): Promise<void> {
    const enough = times().length + count
    const ids: string[] = []
    for (let sent = 0; sent < count; sent++) ids.push(await here.post(group, 'hello'))
    await until('they are there', () => times().length === enough)
    // A call whose answer is still on its way when the bot is switched is cut soon, at this pace, and made again.
    for (const id of ids)
      await until('its call is over', async () => (await here.message(group, id)).status === 'delivered')
  }
  await here.start()
  await here.polls(bot)
  clock.hurry()
  // What was sent before the start nobody knows, so the group has to be quiet for a minute until all twenty may come.
  await clock.sleep(61_000)
  await sendMore(18)
  for (const switches of [
    [{ active: false }, { active: true }],
    [{ echo: true }],
    [{ active: false }, { active: true }],
  ]) {
    const told = here.timesEnded(bot)
    for (const change of switches) await here.change(bot, change)
    await until('what worked for it has ended', () => here.timesEnded(bot) > told)
    await sendMore(1)
  }
  const minutes = times().flatMap((atMs, index, all) => (all[index + 20] ?? Infinity) - atMs)
  assert.ok(Math.min(...minutes) >= 60_000, `one more came ${Math.min(...minutes)} ms after the first of twenty`)
  assert.deepEqual(here.refusals(), [])
})

test('a chat that had nothing lately has its message without waiting when the bot is switched on', async (t) => {
  const clock = new ManualClock()
  const here = await ownBots(t, { clock })
  const bot = await here.add()
  await here.start()
  // What was sent before the start nobody knows, so the first one takes its time.
  await here.post(bot, 'message 0')
  await until('it is there', () => {
    clock.advance(1000)
    return here.arrived(bot).length === 1
  })
  for (const [index, change] of [{ active: true }, { active: true, echo: true }].entries()) {
    const told = here.timesEnded(bot)
    await here.change(bot, { active: false })
    await until('all that worked for it has ended', () => here.timesEnded(bot) > told)
    clock.advance(60_000)
    // From here on time stands still: whoever waits for a moment to come waits for ever.
    await here.change(bot, change)
    await here.post(bot, `message ${index + 1}`)
    await until('it is there', () => here.arrived(bot).length === index + 2)
  }
})

/** The same bot and account, with a group that they linked. */
async function groupOf({ control, store }: OwnBots, bot: OwnBot): Promise<OwnBot> {
  const { id } = control.createChat({ type: 'group', title: 'Team', members: [bot.telegramChatId, bot.view.id] })
  const place = { telegramChatId: id, type: 'group', title: 'Team', username: null } as const
  const peer = await store.savePeer(bot.id, place)
  const chatId = `${bot.chatId}_group`
  await store.linkChat({ id: chatId, userId: bot.userId, peerId: peer.id, nowMs: 0 })
  return { ...bot, chatId, peerId: peer.id, telegramChatId: id }
}
