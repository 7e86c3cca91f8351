import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Refusal } from '../../src/domain/refusals.ts'
import { guessLimits } from '../../src/usecases/guess-limits.ts'
import { ManualClock } from '../support/manual-clock.ts'

const OWNER = { login: 'ann', address: '192.0.2.1' }

function start(mostCounted?: number) {
  const clock = new ManualClock()
  const limits = guessLimits({ clock, ...(mostCounted !== undefined && { mostCounted }) })
  const outcome = (result: Promise<string | undefined>): Promise<string> =>
    result.then(
      (value) => value ?? 'wrong',
      (error: unknown) => (error instanceof Refusal ? `${error.code} ${error.retryAfterSeconds}` : String(error)),
    )
  return {
    clock,
    limits,
    right: (guess = OWNER) => outcome(limits.attempt(guess, async () => 'right')),
    wrong: (guess = OWNER) => outcome(limits.attempt(guess, async () => undefined)),
    broken: (guess = OWNER) => outcome(limits.attempt(guess, () => Promise.reject(new Error('broken')))),
  }
}

async function times(count: number, act: (index: number) => Promise<string>): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (let index = 0; index < count; index++) {
    const [kind = ''] = (await act(index)).split(' ')
    counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}

const address = (index: number): string => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`

describe('limits on guesses', () => {
  test('one login from one address: ten wrong ones, then one in 30 seconds', async () => {
    const { clock, wrong } = start()
    assert.deepEqual(await times(12, () => wrong()), { wrong: 10, too_many_requests: 2 })
    assert.equal(await wrong(), 'too_many_requests 30')
    clock.advance(29_000)
    assert.equal(await wrong(), 'too_many_requests 1')
    clock.advance(1_000)
    assert.equal(await wrong(), 'wrong')
    assert.equal(await wrong(), 'too_many_requests 30')
  })

  test('a right password is not looked at while its place is held up, so that it tells nothing', async () => {
    const { right, wrong, clock } = start()
    await times(10, () => wrong())
    assert.equal(await right(), 'too_many_requests 30')
    clock.advance(30_000)
    assert.equal(await right(), 'right')
  })

  test('a login in another case is the same login', async () => {
    const { wrong } = start()
    await times(10, (index) => wrong({ ...OWNER, login: index % 2 === 0 ? 'ann' : 'ANN' }))
    assert.equal(await wrong({ ...OWNER, login: 'Ann' }), 'too_many_requests 30')
  })

  test('one address over many logins: fifty wrong ones, then one in 6 seconds', async () => {
    const { clock, wrong } = start()
    const scan = (index: number): Promise<string> => wrong({ login: `user${index}`, address: '192.0.2.9' })
    assert.deepEqual(await times(60, scan), { wrong: 50, too_many_requests: 10 })
    assert.equal(await scan(61), 'too_many_requests 6')
    clock.advance(60_000)
    assert.deepEqual(await times(20, (index) => scan(100 + index)), { wrong: 10, too_many_requests: 10 })
  })

  test('one login from many addresses: thirty wrong ones, then one a minute', async () => {
    const { clock, wrong } = start()
    const botnet = (index: number): Promise<string> => wrong({ login: 'ann', address: address(index) })
    assert.deepEqual(await times(40, botnet), { wrong: 30, too_many_requests: 10 })
    clock.advance(10 * 60_000)
    assert.deepEqual(await times(40, (index) => botnet(100 + index)), { wrong: 10, too_many_requests: 30 })
  })

  test('the owner comes in from where they were before, whatever others do, for a day', async () => {
    const { clock, right, wrong } = start()
    assert.equal(await right(), 'right')
    for (let hour = 0; hour < 24; hour++) {
      await times(300, (index) => wrong({ login: 'ann', address: address(hour * 300 + index) }))
      await times(100, (index) => wrong({ login: `other${index}`, address: OWNER.address }))
      assert.equal(await right(), 'right')
      clock.advance(3_600_000)
    }
  })

  test('a script with an old password does not close its address for others', async () => {
    const { clock, right, wrong } = start()
    for (let second = 0; second < 3600; second++) {
      await wrong({ login: 'script', address: OWNER.address })
      clock.advance(1000)
    }
    assert.equal(await right(), 'right')
  })

  test('guesses made at the same time are counted like those made one after another', async () => {
    const { limits } = start()
    let looked = 0
    const all = Array.from({ length: 100 }, () =>
      limits.attempt(OWNER, async () => {
        looked++
        await new Promise((resolve) => setImmediate(resolve))
        return undefined
      }),
    )
    await Promise.allSettled(all)
    assert.equal(looked, 10)
  })

  test('right passwords and our own failures use nothing up', async () => {
    const { broken, right, wrong } = start()
    assert.deepEqual(await times(200, () => broken()), { 'Error:': 200 })
    assert.deepEqual(await times(200, () => right()), { right: 200 })
    assert.deepEqual(await times(11, () => wrong()), { wrong: 10, too_many_requests: 1 })
  })

  test('right ones at the same time are all let in, however many, and wrong ones among them are counted', async () => {
    const { right, wrong } = start()
    const all = Array.from({ length: 60 }, (_, index) => (index % 10 === 5 ? wrong() : right()))
    const results = await Promise.all(all)
    assert.deepEqual([...new Set(results)].sort(), ['right', 'wrong'])
    assert.equal(results.filter((result) => result === 'right').length, 54)
    assert.deepEqual(await times(5, () => wrong()), { wrong: 4, too_many_requests: 1 })
  })

  test("an attacker's own account clears nothing", async () => {
    const { right, wrong } = start()
    const network = '192.0.2.9'
    const scan = (index: number): Promise<string> => wrong({ login: `user${index}`, address: network })
    await times(49, scan)
    assert.equal(await right({ login: 'attacker', address: network }), 'right')
    assert.equal(await scan(50), 'wrong')
    assert.equal(await scan(51), 'too_many_requests 6')
  })

  test('an owner of a whole IPv6 network is one address', async () => {
    const { wrong } = start()
    const results = await times(20, (index) => wrong({ login: 'ann', address: `2001:db8:0:7::${index.toString(16)}` }))
    assert.deepEqual(results, { wrong: 10, too_many_requests: 10 })
    assert.equal(await wrong({ login: 'ann', address: '2001:db8:0:8::1' }), 'wrong')
  })

  test('a clock that is set back holds nobody up for longer than before', async () => {
    const { clock, wrong } = start()
    clock.advance(86_400_000)
    await times(10, () => wrong())
    clock.advance(-86_400_000)
    assert.equal(await wrong(), 'too_many_requests 30')
    clock.advance(30_000)
    assert.equal(await wrong(), 'wrong')
  })

  test('whatever the order, no login gives more guesses than its limits, and a known place is never held up', async () => {
    const step = fc.record({ from: fc.integer({ min: 0, max: 60 }), passedMs: fc.integer({ min: 0, max: 20_000 }) })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 300, size: 'max' }), async (steps) => {
        const { clock, right, wrong } = start()
        assert.equal(await right(), 'right')
        const begin = clock.now()
        let guesses = 0
        for (const { from, passedMs } of steps) {
          clock.advance(passedMs)
          if ((await wrong({ login: 'ann', address: address(from) })) === 'wrong') guesses++
          assert.equal(await right(), 'right')
        }
        assert.ok(guesses <= 30 + (clock.now() - begin) / 60_000)
      }),
      { numRuns: 30 },
    )
  })

  test('memory is bounded: a full table forgets the places that were quiet for longest', async () => {
    const { wrong } = start(100)
    await times(10, () => wrong())
    assert.equal(await wrong(), 'too_many_requests 30')
    await times(100, (index) => wrong({ login: `user${index}`, address: address(index) }))
    assert.equal(await wrong(), 'wrong')
  })
})
