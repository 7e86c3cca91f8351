import type { Failure } from '../domain/failure.ts'
import { inWords } from '../domain/reasons.ts'
import type { CallResult, TelegramClient } from '../telegram/telegram-client.ts'
import type { Lease } from './lease.ts'

const REASON = inWords('may_not_serve')
const FAILURE: Failure = { kind: 'temporary', reason: REASON }
const REFUSED: CallResult<never> & { ok: false } = { ok: false, failure: FAILURE, errorCode: 0, description: REASON }

/**
 * The client of a bot that calls only while this process certainly serves it. A call whose moment comes later waits until the lease is
 * renewed, and is refused as one that was never made when the bot is `lost`. No poll is longer than the lease, so that it is over
 * when somebody else begins to poll.
 */
export function ownedTelegram(client: TelegramClient, lease: Lease, lost: AbortSignal): TelegramClient {
  function calling<Result>(call: () => Promise<Result>, refused: Result, signal?: AbortSignal): Promise<Result> {
    if (lease.isGood && !lost.aborted) return call()
    const enough = signal === undefined ? lost : AbortSignal.any([lost, signal])
    return lease.whenGood(enough).then((isGood) => (isGood ? call() : refused))
  }
  const poll: TelegramClient['getUpdates'] = (input, signal) => {
    const timeoutSeconds = Math.max(0, Math.min(input.timeoutSeconds, Math.floor(lease.leftMs / 1000)))
    return client.getUpdates({ ...input, timeoutSeconds }, signal)
  }
  return {
    ...client,
    sendText: (message, signal) =>
      calling(() => client.sendText(message, signal), { ok: false, failure: FAILURE }, signal),
    editText: (message) => calling(() => client.editText(message), REFUSED),
    answerCallback: (...given) => calling(() => client.answerCallback(...given), REFUSED),
    getMe: (signal) => calling(() => client.getMe(signal), REFUSED, signal),
    getUpdates: (input, signal) => calling(() => poll(input, signal), REFUSED, signal),
    setWebhook: (webhook) => calling(() => client.setWebhook(webhook), REFUSED),
    deleteWebhook: () => calling(() => client.deleteWebhook(), REFUSED),
    setCommands: (...given) => calling(() => client.setCommands(...given), REFUSED),
    setDescription: (...given) => calling(() => client.setDescription(...given), REFUSED),
    setShortDescription: (...given) => calling(() => client.setShortDescription(...given), REFUSED),
  }
}
