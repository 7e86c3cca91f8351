import type { Message } from '../../web/src/api/message-filter.ts'

/** A message as the API answers it, with what a test cares about. */
export function pageMessage(about: Partial<Message> = {}): Message {
  return {
    id: 'msg_00000000000000000000000001',
    status: 'delivered',
    chatId: 'cht_1',
    text: 'hello',
    createdAt: '2026-01-02T03:04:05.000Z',
    deliveredAt: null,
    telegramMessageId: null,
    attemptCount: 0,
    nextAttemptAt: null,
    waitingFor: null,
    error: null,
    possibleDuplicate: false,
    priority: 3,
    delivery: 'at_least_once',
    digest: 'when_behind',
    expiresAt: null,
    ...about,
  }
}
