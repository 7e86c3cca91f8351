import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { Pacer } from '../../src/delivery/pacer.ts'
import type { ClockMark } from '../../src/domain/clock-mark.ts'
import { SkewedClock } from '../../src/sandbox/skewed-clock.ts'
import { startPost } from '../support/delivery.ts'

const HOUR_MS = 3_600_000
const WAIT_MS = 40_000

const FLOOD = { kind: 'too_many_requests', retryAfterSeconds: WAIT_MS / 1000 } as const
const AWAY = { kind: 'drop_before' } as const

/**
 * A message waits, the program ends, ten seconds pass, somebody sets the machine's clock, and the program is started again. Answers how
 * long after the refusal the next call came, and how long after the start.
 */
async function waitedOver(t: TestContext, setByMs: number, why: typeof FLOOD | typeof AWAY, isSameBoot: boolean) {
  const post = await startPost(t)
  const clock = new SkewedClock(post.clock)
  const mark = (): ClockMark => ({ bootId: 'one', nowMs: clock.now(), uptimeMs: clock.monotonic() })
  const policy = { maxAttempts: 5, firstDelayMs: WAIT_MS, maxDelayMs: HOUR_MS, jitter: 0 }
  const start = () => post.start({ clock, pacer: new Pacer({ clock }), policy })
  const ann = await post.person()
  post.sandbox.control.addFault({ method: 'sendMessage', times: 1, action: why })
  await post.store.markClock(mark())
  await start()
  const message = await post.send(ann, 'one')
  await post.until(async () => (await post.message(ann, message)).attempts.length === 1)
  const refusedMs = post.clock.now()
  await post.stop()
  await post.pass(10_000)
  clock.skip(setByMs)
  if (isSameBoot) await post.store.markClock(mark())
  const startMs = post.clock.now()
  await start()
  // Has no wait of its own: only the chat's, if there is one.
  await post.send(ann, 'urgent', { priority: 5 })
  await post.until(() => post.done(ann))
  const { attempts } = await post.message(ann, message)
  assert.equal(attempts.length, 2)
  const callsMs = post.sandbox.control.requests({ method: 'sendMessage' }).map(({ arrivedAtMs }) => arrivedAtMs)
  const arrived = post.sandbox.control.deliveries().find(({ text }) => text.endsWith('one'))
  return {
    firstMs: (callsMs[1] ?? 0) - refusedMs,
    oneMs: (arrived?.atMs ?? 0) - refusedMs,
    downMs: startMs - refusedMs,
  }
}

for (const [how, setByMs] of [
  ['back by two hours', -2 * HOUR_MS],
  ['forward by an hour', HOUR_MS],
] as const) {
  describe(`when the machine’s clock is set ${how} while the program is down`, () => {
    test('a 429 lasts as long as Telegram asked, and no longer', async (t) => {
      const { firstMs } = await waitedOver(t, setByMs, FLOOD, true)
      assert.ok(firstMs >= WAIT_MS && firstMs < WAIT_MS + 5000, `${firstMs}`)
    })

    test('a retry comes when it would have come', async (t) => {
      const { oneMs } = await waitedOver(t, setByMs, AWAY, true)
      assert.ok(oneMs >= WAIT_MS && oneMs < WAIT_MS + 5000, `${oneMs}`)
    })
  })
}

describe('when the clock is set back and the machine was booted', () => {
  test('no wait lasts longer after the start than it was to last in all', async (t) => {
    for (const why of [FLOOD, AWAY]) {
      const { oneMs, downMs } = await waitedOver(t, -2 * HOUR_MS, why, false)
      assert.ok(oneMs >= WAIT_MS && oneMs < downMs + WAIT_MS + 5000, `${oneMs}`)
    }
  })
})
