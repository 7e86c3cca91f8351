import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import type { Update } from '@grammyjs/types'
import { systemClock } from '../../src/ops/system-clock.ts'
import type { Store } from '../../src/store/store.ts'
import { PostedUpdates } from '../../src/telegram/posted-updates.ts'
import { recordingLog } from './http-server.ts'
import { seededRandom } from './seeded-random.ts'
import type { Cleanup } from './test-store.ts'

const CHATS = 5
const UPDATES = 60

/** What the person of this chat wrote. */
export function postedUpdate(id: number, chatId = 1): Update {
  const chat = { id: chatId, type: 'private', first_name: 'Ann' } as const
  return { update_id: id, message: { message_id: id, date: 0, chat, from: { ...chat, is_bot: false }, text: `${id}` } }
}

/**
 * Posts many updates twice each, in any order, to a process on each of these stores, which are the same database; and again until they
 * are done, as Telegram does. Fails unless each was handled once, and one at a time in its chat.
 */
export async function postedStorm(t: Cleanup, stores: readonly Store[]): Promise<void> {
  const bot = await stores[0]?.saveSharedBot({ id: 'bot_1', telegramBotId: 1, username: 'b', name: 'B' })
  assert.ok(bot)
  const random = seededRandom(11)
  const begun: number[] = []
  const busy = new Set<number>()
  async function handle({ update_id: id }: Update): Promise<void> {
    const chat = id % CHATS
    assert.ok(!busy.has(chat), `two at a time in chat ${chat}`)
    busy.add(chat)
    begun.push(id)
    // Long enough for others to come between, if they could.
    await pause(random.unit() * 10)
    busy.delete(chat)
  }
  const processes = stores.map((claims) => {
    const log = recordingLog()
    const posted = new PostedUpdates({ bot, claims, handle, clock: systemClock, random, log })
    t.after(() => posted.stop(AbortSignal.abort()))
    return { posted, log }
  })
  const ids = [...Array(UPDATES).keys()]
  const posts = [...ids, ...ids].map((id) => ({ id, at: random.unit() })).sort((a, b) => a.at - b.at)
  await Promise.all(
    posts.map(async ({ id }) => {
      for (;;) {
        const process = processes[Math.floor(random.unit() * processes.length)]
        const received = await process?.posted.receive(postedUpdate(id, id % CHATS))
        if (received?.done) return
      }
    }),
  )
  assert.deepEqual(
    begun.toSorted((a, b) => a - b),
    ids,
  )
  assert.deepEqual(
    processes.flatMap(({ log }) => log.lines),
    [],
  )
}
