import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KeptPacers } from '../../src/delivery/kept-pacers.ts'
import { Pacer } from '../../src/delivery/pacer.ts'
import { ManualClock } from '../support/manual-clock.ts'

function scene() {
  const clock = new ManualClock()
  return { clock, pacers: new KeptPacers(clock), pacer: new Pacer({ clock }) }
}

const claim = (fence: number, botId = 'bot_1') => ({ botId, fence })

test('what a bot had sent is known when it goes on under the same claim, or under the one after it', () => {
  for (const [next, former] of [
    [7, 3],
    [9, 7],
  ] as const) {
    const { pacers, pacer } = scene()
    pacers.keep(claim(7), pacer)
    assert.equal(pacers.take(claim(9, 'bot_2'), 7), undefined, 'another bot')
    assert.equal(pacers.take(claim(next), former), pacer)
    assert.equal(pacers.take(claim(next), former), undefined, 'it works for one alone')
  }
})

test('nothing is known of a bot that another process may have served in between, now and later', () => {
  const { pacers, pacer } = scene()
  pacers.keep(claim(7), pacer)
  assert.equal(pacers.take(claim(9), 8), undefined)
  assert.equal(pacers.take(claim(9), 7), undefined)
})

test('what was sent long ago is forgotten', () => {
  const { clock, pacers, pacer } = scene()
  pacers.keep(claim(7), pacer)
  clock.advance(300_001)
  assert.equal(pacers.take(claim(7), 0), undefined)
})
