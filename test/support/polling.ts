import type { TestContext } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Update, WebhookInfo } from '@grammyjs/types'
import type { CallResult } from '../../src/telegram/telegram-client.ts'
import { createUpdatesPoller, type UpdatesPollerDeps } from '../../src/telegram/updates-poller.ts'
import { recordingLog } from './http-server.ts'
import { ManualClock } from './manual-clock.ts'
import { seededRandom } from './seeded-random.ts'
import { until } from './until.ts'

/** To a poll. */
export type Answer = CallResult<Update[]>

export const NO_WEBHOOK: CallResult<WebhookInfo> & { ok: true } = {
  ok: true,
  value: { url: '', has_custom_certificate: false, pending_update_count: 0 },
}

/** Somebody says something in this chat. */
export function update(id: number, chatId = 1): Update {
  const chat = { id: chatId, type: 'private', first_name: 'Ann' } as const
  return { update_id: id, message: { message_id: id, date: 0, chat, from: { ...chat, is_bot: false }, text: `${id}` } }
}

/**
 * A Telegram that keeps updates as the real one does: a poll deletes what is below its offset and answers the rest, or waits for
 * more. `answers` come first.
 */
export function startPolling(
  t: TestContext,
  change: Partial<UpdatesPollerDeps> & {
    answers?: (Answer | Promise<Answer>)[]
    webhook?: CallResult<WebhookInfo>
  } = {},
) {
  const clock = new ManualClock()
  const log = recordingLog()
  const queue: Update[] = []
  const events: string[] = []
  const states: (string | null)[][] = []
  const { answers = [], webhook = NO_WEBHOOK, ...deps } = change
  let news = Promise.withResolvers<void>()
  const polls: { offset: number; timeoutSeconds: number }[] = []

  const client: UpdatesPollerDeps['client'] = {
    async getUpdates({ offset, timeoutSeconds }, signal) {
      polls.push({ offset, timeoutSeconds })
      events.push(`poll ${offset}`)
      const answer = answers.shift()
      if (answer) return answer
      if (offset > 0 && (queue.at(-1)?.update_id ?? 0) + 10 >= offset) {
        queue.splice(0, queue.findLastIndex(({ update_id: id }) => id < offset) + 1)
      }
      if (queue.length === 0 && timeoutSeconds > 0) {
        await Promise.race([news.promise, new Promise((resolve) => signal.addEventListener('abort', resolve))])
      }
      return { ok: true, value: structuredClone(queue.slice(0, 100)) }
    },
    getWebhookInfo: async () => webhook,
  }
  const poller = createUpdatesPoller({
    bot: { id: 'bot_1', updateOffset: 0 },
    client,
    whenIn: async () => true,
    allowedUpdates: ['message'],
    handle: async ({ update_id: id }) => void events.push(`handle ${id}`),
    saveOffset: async (offset) => void events.push(`save ${offset}`),
    noteHandled: async (ids) => void events.push(`note ${ids.join()}`),
    removeOwnWebhook: async () => false,
    saveState: async (...state) => void states.push(state),
    clock,
    random: seededRandom(3),
    log,
    ...deps,
  })
  t.after(() => poller.stop(AbortSignal.abort()))
  return {
    poller,
    clock,
    log,
    events,
    states,
    polls,
    arrive: (...updates: Update[]): void => {
      queue.push(...updates)
      news.resolve()
      news = Promise.withResolvers()
    },
    /** Moves time on whenever everybody sleeps, until it is so. */
    afterWaiting: async (what: string, isSo: () => boolean): Promise<number> => {
      const before = clock.now()
      for (let i = 0; i < 500 && !isSo(); i++) {
        await nextTurn()
        if (!isSo()) clock.advanceToNext()
      }
      await until(what, isSo)
      return clock.now() - before
    },
  }
}
