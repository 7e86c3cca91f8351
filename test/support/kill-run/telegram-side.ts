import type { RecordedRequest, SandboxControl } from '../../../src/sandbox/control-types.ts'
import { numberOf } from './make-text.ts'

/** Where one message ends and the next begins, when several travelled in one Telegram message. */
const BETWEEN = /\n\n(?=[^\n]*(?:I got a message from you|я получил от тебя сообщение):\n)/u

/** A message of ours that stands in a chat. */
export interface Arrival {
  number: number
  /** Rises in the order in which the sandbox stored them. */
  key: number
  chatId: number
  messageId: number
  text: string
}

/** A call that sends a message of ours, whatever became of it. */
export interface Call {
  number: number
  /** Of the request, in which others of ours may have travelled too. */
  sequence: number
  chatId: number
  arrivedAtMs: number
  answeredAtMs: number
  /** A fault was done to it. */
  faulted: boolean
  /** Of a 429: when the chat may be written to again. */
  closedUntilMs: number | undefined
}

/** How many requests these were. */
export function countRequests(calls: readonly Call[]): number {
  return new Set(calls.map(({ sequence }) => sequence)).size
}

/** What the sandbox saw, read bit by bit, because it forgets its oldest requests. */
export class TelegramSide {
  readonly arrivals: Arrival[] = []
  readonly calls: Call[] = []
  /** Answers 409: two read the updates of the bot at the same time. */
  conflicts = 0
  readonly #control: SandboxControl
  #lastKey = 0
  #lastSequence = 0
  #lastPoll = 0

  constructor(control: SandboxControl) {
    this.#control = control
  }

  read(): void {
    for (const { key, chatId, fromBot, message } of this.#control.messages({ after: this.#lastKey })) {
      this.#lastKey = key
      for (const text of message.text?.split(BETWEEN) ?? []) {
        const number = fromBot ? numberOf(text) : undefined
        if (number !== undefined) this.arrivals.push({ number, key, chatId, messageId: message.message_id, text })
      }
    }
    for (const request of this.#control.requests({ method: 'sendMessage', after: this.#lastSequence })) {
      // Those that are still being worked on are read the next time, and so are all behind them.
      if (request.answeredAtMs === undefined) break
      this.#lastSequence = request.sequence
      this.#note(request, request.answeredAtMs)
    }
    this.#readPolls()
  }

  #readPolls(): void {
    for (const { sequence, status, answeredAtMs } of this.#control.requests({
      method: 'getUpdates',
      after: this.#lastPoll,
    })) {
      if (answeredAtMs === undefined) break
      this.#lastPoll = sequence
      if (status === 409) this.conflicts++
    }
  }

  #note(request: RecordedRequest, answeredAtMs: number): void {
    for (const text of request.parameters['text']?.split(BETWEEN) ?? []) this.#noteOne(request, text, answeredAtMs)
  }

  #noteOne(request: RecordedRequest, text: string, answeredAtMs: number): void {
    const { sequence, chatId, arrivedAtMs, status, description, fault } = request
    const number = numberOf(text)
    if (number === undefined) return
    const seconds = status === 429 ? Number(/retry after (\d+)/.exec(description ?? '')?.[1]) : undefined
    const closedUntilMs = seconds === undefined ? undefined : answeredAtMs + seconds * 1000
    this.calls.push({
      number,
      sequence,
      chatId: Number(chatId),
      arrivedAtMs,
      answeredAtMs,
      faulted: fault !== undefined,
      closedUntilMs,
    })
  }
}
