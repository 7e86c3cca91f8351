import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BotState } from '../../src/domain/bot.ts'
import { BotStates, type Speaker } from '../../src/telegram/bot-states.ts'

function states() {
  const saved: string[] = []
  return {
    saved,
    states: new BotStates(async (state, reason) => void saved.push(reason === null ? state : `${state}: ${reason}`)),
  }
}

/** What is said, by whom, and what stands then. */
const STORIES: [string, [Speaker, BotState, string | null][], string[]][] = [
  [
    'the same is saved once',
    [
      ['updates', 'running', null],
      ['updates', 'running', null],
    ],
    ['running'],
  ],
  [
    'a conflict stays through a refusal of sending that is over',
    [
      ['updates', 'conflict', 'c'],
      ['sending', 'rejected', 'r'],
      ['sending', 'running', null],
    ],
    ['conflict: c', 'rejected: r', 'conflict: c'],
  ],
  [
    'receiving does not say that all is well while sending is refused',
    [
      ['sending', 'rejected', 'r'],
      ['updates', 'running', null],
      ['sending', 'running', null],
    ],
    ['rejected: r', 'running'],
  ],
  [
    'when sending works again, an older refusal of receiving is over',
    [
      ['updates', 'rejected', 'r'],
      ['sending', 'rejected', 'r'],
      ['sending', 'running', null],
    ],
    ['rejected: r', 'running'],
  ],
]

for (const [what, said, expected] of STORIES) {
  test(what, async () => {
    const { saved, states: bot } = states()
    for (const [speaker, state, reason] of said) await bot.say(speaker, state, reason)
    assert.deepEqual(saved, expected)
  })
}

test('words are saved in their order, and what could not be saved is saved with the next word', async () => {
  const saved: string[] = []
  let isAway = true
  const bot = new BotStates(async (state) => {
    await new Promise((resolve) => setTimeout(resolve, saved.length === 0 ? 5 : 0))
    if (isAway) throw new Error('the database is away')
    saved.push(state)
  })
  await assert.rejects(bot.say('updates', 'conflict', 'c'), /away/)
  isAway = false
  await Promise.all([bot.say('updates', 'conflict', 'c'), bot.say('updates', 'running', null)])
  await bot.say('updates', 'unreachable', 'u')
  assert.deepEqual(saved, ['running', 'unreachable'])
})
