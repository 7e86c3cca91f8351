import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { documentedLimits } from '../../src/domain/pacing.ts'
import { Pacer, type Turn, type Urgency } from '../../src/delivery/pacer.ts'
import { ManualClock } from '../support/manual-clock.ts'

const never = new AbortController().signal
const ANN = 1
const BOB = 2
const GROUP = -1
/** Nobody else writes there. */
const EVE = 666

/** What came of asking for a turn, as far as it has. */
interface Asked {
  turn: Turn | undefined
  answered: boolean
}

function start() {
  const clock = new ManualClock()
  const pacer = new Pacer({ clock, limits: documentedLimits(3) })
  // Long enough for nothing to matter in a private chat that may have been sent before the pacer was there.
  clock.advance(3000)
  // And one call that is taken, so that it is known that the bot need not wait.
  pacer.turnNow(EVE)?.end(true)
  clock.advance(100)
  const order: string[] = []
  async function ask(chatId: number, urgency: Urgency = 'delivery', signal = never): Promise<Asked> {
    const asked: Asked = { turn: undefined, answered: false }
    void pacer.turn(chatId, urgency, signal).then((turn) => {
      asked.turn = turn
      asked.answered = true
      if (turn !== undefined) order.push(`${urgency} ${chatId}`)
    })
    await settle()
    return asked
  }
  async function pass(ms: number): Promise<void> {
    clock.advance(ms)
    await settle()
  }
  /** Takes a turn and gives it back at once. */
  async function send(chatId: number, urgency: Urgency = 'delivery'): Promise<boolean> {
    const asked = await ask(chatId, urgency)
    asked.turn?.end(true)
    return asked.turn !== undefined
  }
  return { clock, pacer, order, ask, pass, send }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('leave at once', () => {
  test('is there for a chat that may be written to, and counts like any other', async () => {
    const { pacer, send, pass } = start()
    for (let i = 0; i < 3; i++) {
      const turn = pacer.turnNow(ANN)
      assert.ok(turn)
      assert.equal(pacer.turnNow(ANN), undefined)
      turn.end(true)
      await pass(50)
    }
    assert.equal(pacer.turnNow(ANN), undefined)
    assert.equal(await send(ANN), false)
    assert.ok(pacer.turnNow(BOB))
  })

  test('is not there while the bot is paused, its chat is told to wait, or the bot is', () => {
    const { pacer, clock } = start()
    pacer.pause()
    assert.equal(pacer.turnNow(ANN), undefined)
    pacer.resume()
    pacer.holdChat(ANN, clock.now() + 1000)
    assert.equal(pacer.turnNow(ANN), undefined)
    pacer.turnNow(BOB)?.giveBack()
    pacer.holdBot(clock.now() + 1000)
    assert.equal(pacer.turnNow(BOB), undefined)
  })

  test('is not there while somebody waits for leave, into whatever chat', async () => {
    const { pacer, ask, pass } = start()
    const turn = pacer.turnNow(ANN)
    const waits = await ask(ANN, 'reply')
    await pass(50)
    assert.equal(pacer.turnNow(BOB), undefined)
    turn?.end(true)
    await pass(50)
    assert.ok(waits.turn)
    assert.ok(pacer.turnNow(BOB))
  })

  test('that is given back costs the chat nothing, and serves who waits for it', async () => {
    const { pacer, ask } = start()
    for (let i = 0; i < 9; i++) pacer.turnNow(ANN)?.giveBack()
    const turn = pacer.turnNow(ANN)
    const waits = await ask(ANN, 'reply')
    assert.equal(waits.answered, false)
    turn?.giveBack()
    turn?.end(true)
    await settle()
    assert.ok(waits.turn)
  })

  test('that is given back after a wait of the bot leaves the question open whether it is over', () => {
    const { pacer, clock } = start()
    pacer.holdBot(clock.now() + 1000)
    clock.advance(1000)
    const probe = pacer.turnNow(ANN)
    assert.equal(pacer.turnNow(BOB), undefined)
    probe?.giveBack()
    assert.ok(pacer.turnNow(BOB))
    clock.advance(1000)
    assert.equal(pacer.turnNow(ANN), undefined)
  })
})

describe('a chat', () => {
  test('gets one call at a time', async () => {
    const { ask } = start()
    const first = await ask(ANN)
    const second = await ask(ANN)
    assert.equal(second.answered, false)
    first.turn?.end(true)
    await settle()
    assert.ok(second.turn)
  })

  test('that is at its limit gives a delivery nothing, and a reply its turn when the time comes', async () => {
    const { ask, send, pass, pacer } = start()
    for (let sent = 0; sent < 3; sent++) {
      assert.equal(await send(ANN), true)
      await pass(100)
    }
    assert.deepEqual(await ask(ANN), { turn: undefined, answered: true })
    const reply = await ask(ANN, 'reply')
    assert.equal(reply.answered, false)
    const waitMs = pacer.chatWaitMs(ANN)
    await pass(waitMs - 1)
    assert.equal(reply.answered, false)
    await pass(1)
    assert.ok(reply.turn)
  })

  test('that Telegram told to wait is left alone until then, and no other', async () => {
    const { ask, send, pacer, clock, pass } = start()
    pacer.holdChat(ANN, clock.now() + 60_000)
    pacer.holdChat(ANN, clock.now() + 10)
    const reply = await ask(ANN, 'reply')
    assert.equal((await ask(ANN)).turn, undefined)
    assert.equal(await send(BOB), true)
    await pass(59_999)
    assert.equal(reply.answered, false)
    await pass(1)
    assert.ok(reply.turn)
  })

  test('with a negative id is paced as a group: twenty a minute', async () => {
    const { send, pacer, pass } = start()
    await pass(61_000)
    for (let sent = 0; sent < 20; sent++) {
      await pass(Math.max(100, pacer.chatWaitMs(GROUP)))
      assert.equal(await send(GROUP), true)
    }
    assert.ok(pacer.chatWaitMs(GROUP) > 30_000)
  })
})

test('replies go before deliveries', async () => {
  const { pacer, order, ask } = start()
  pacer.pause()
  await ask(1, 'delivery')
  await ask(2, 'delivery')
  await ask(3, 'reply')
  pacer.resume()
  await settle()
  assert.equal(order[0], 'reply 3')
})

test('who stops waiting gets nothing, and takes nobody’s place', async () => {
  const { pacer, ask } = start()
  pacer.pause()
  const tired = new AbortController()
  const first = await ask(ANN, 'reply', tired.signal)
  const second = await ask(BOB, 'reply')
  tired.abort()
  await settle()
  assert.deepEqual(first, { turn: undefined, answered: true })
  pacer.resume()
  await settle()
  assert.ok(second.turn)
  assert.deepEqual(await ask(ANN, 'reply', AbortSignal.abort()), { turn: undefined, answered: true })
})

describe('the whole bot', () => {
  test('sends no more than its limit, to however many chats', async () => {
    const { ask, clock, pass } = start()
    const times: number[] = []
    for (let chat = 1; chat <= 90; chat++) {
      const asked = await ask(chat)
      for (let waitedMs = 0; !asked.answered && waitedMs < 1000; waitedMs++) await pass(1)
      assert.ok(asked.turn)
      times.push(clock.now())
      asked.turn.end(true)
    }
    for (const [index, time] of times.entries()) {
      const earlier = times[index - 30]
      if (earlier !== undefined) assert.ok(time - earlier >= 1000)
    }
  })

  test('waits when a second chat is told to wait while the first does, and then one call alone tries', async () => {
    const { ask, clock, pass } = start()
    const [first, second] = [await ask(1), await ask(2)]
    await pass(100)
    const other = second.turn === undefined ? await ask(2) : second
    assert.equal(first.turn?.throttled(5000, clock.now() + 5300), undefined)
    first.turn?.end(true)
    const botUntilMs = other.turn?.throttled(5000, clock.now() + 5400)
    assert.equal(botUntilMs, clock.now() + 5400)
    other.turn?.end(true)
    const waiting = [await ask(3), await ask(4), await ask(5)]
    await pass(5399)
    assert.deepEqual(
      waiting.map(({ answered }) => answered),
      [false, false, false],
    )
    await pass(200)
    assert.deepEqual(
      waiting.map(({ turn }) => turn !== undefined),
      [true, false, false],
    )
    await pass(1000)
    assert.equal(waiting[1]?.answered, false, 'the probe has not come back')
    waiting[0]?.turn?.end(true)
    await pass(100)
    assert.deepEqual(
      waiting.map(({ turn }) => turn !== undefined),
      [true, true, true],
    )
  })

  test('after a probe that got no answer sends another, and after one that was refused waits again', async () => {
    const { ask, clock, pacer, pass } = start()
    pacer.holdBot(clock.now() + 1000)
    await pass(1000)
    const silent = await ask(1)
    const [refused, third] = [await ask(2), await ask(3)]
    silent.turn?.end(false)
    await pass(100)
    assert.ok(refused.turn)
    assert.equal(third.answered, false)
    assert.equal(refused.turn?.throttled(2000, clock.now() + 2100), clock.now() + 2100)
    refused.turn?.end(true)
    await pass(2099)
    assert.equal(third.answered, false)
    await pass(1)
    assert.ok(third.turn)
  })

  test('does not wait for a second chat when the first has waited for longer than a minute', async () => {
    const { clock, pacer } = start()
    const throttle = (chatId: number, seconds: number) => {
      const turn = pacer.turnNow(chatId)
      assert.ok(turn)
      const botUntilMs = turn.throttled(seconds * 1000, clock.now() + seconds * 1000)
      turn.end(true)
      clock.advance(100)
      return botUntilMs
    }
    const serve = (chatId: number) => {
      pacer.turnNow(chatId)?.end(true)
      clock.advance(2000)
    }
    assert.ok(throttle(ANN, 43_200), 'half a day is a penalty: everybody waits for a minute')
    clock.advance(60_000)
    serve(EVE)
    serve(BOB)
    assert.equal(throttle(BOB, 3), undefined)
    clock.advance(2000)
    // Two chats that are refused one after the other still speak for the bot.
    serve(EVE)
    serve(5)
    assert.equal(throttle(5, 30), undefined)
    assert.ok(throttle(EVE, 20))
  })

  test('tries with one call alone at the start, because the process before may have been told to wait', async () => {
    const clock = new ManualClock()
    const pacer = new Pacer({ clock })
    clock.advance(3000)
    const first = pacer.turnNow(1)
    clock.advance(500)
    assert.equal(pacer.turnNow(2), undefined)
    first?.throttled(5000, clock.now() + 5100)
    first?.end(true)
    clock.advance(100)
    const second = pacer.turnNow(2)
    assert.ok(second)
    assert.equal(pacer.turnNow(3), undefined, 'the first one said nothing about the bot')
    second.end(true)
    clock.advance(100)
    for (const chat of [3, 4, 5]) {
      assert.ok(pacer.turnNow(chat), 'the second one was taken')
      clock.advance(100)
    }
  })

  test('waits for a chat that was quiet for a minute', async () => {
    const { ask, clock, pass } = start()
    await pass(60_000)
    const asked = await ask(ANN)
    assert.equal(asked.turn?.throttled(3000, clock.now() + 3100), clock.now() + 3100)
  })

  test('does nothing while it is paused', async () => {
    const { ask, pacer, pass } = start()
    pacer.pause()
    const asked = await ask(ANN)
    await pass(600_000)
    assert.equal(asked.answered, false)
    pacer.resume()
    await settle()
    assert.ok(asked.turn)
  })
})

test('nothing keeps the clock busy when nobody waits', async () => {
  const { send, clock } = start()
  assert.equal(await send(ANN), true)
  assert.equal(clock.sleeping, 0)
})
