import { ask, expectStatus } from './api.ts'
import type { Account } from './people.ts'

/** What the program says about one message. */
export interface WireRecord {
  id: string
  status: string
  text: string
  chatId: string
  telegramMessageId: number | null
  attemptCount: number
  nextAttemptAt: string | null
  waitingFor: string | null
  error: { code: string; detail: string } | null
  possibleDuplicate: boolean
  priority: number
  delivery: string
  digest: string
  expiresAt: string | null
}

export interface WireAttempt {
  part: number
  startedAt: string
  finishedAt: string
  outcome: string
  reason: string | null
}

const OPEN = ['queued', 'sending'] as const

/** What has no end yet: of each account the first messages that wait, and the first that are on their way. */
export async function readOpen(url: string, accounts: readonly Account[]): Promise<WireRecord[]> {
  const pages = accounts.flatMap(({ authorization }) => {
    return OPEN.map(async (status): Promise<WireRecord[]> => {
      const path = `/v1/messages?order=asc&limit=5&status=${status}`
      return (await expectStatus(200, ask(url, authorization, ['GET', path]))).items
    })
  })
  return (await Promise.all(pages)).flat()
}

/** The whole history of an account, oldest first. */
export async function readRecords(url: string, { authorization }: Account): Promise<WireRecord[]> {
  const records: WireRecord[] = []
  for (let cursor = ''; ; ) {
    const path = `/v1/messages?order=asc&limit=200${cursor && `&cursor=${cursor}`}`
    const { items, nextCursor } = await expectStatus(200, ask(url, authorization, ['GET', path]))
    records.push(...items)
    if (nextCursor === null) return records
    cursor = encodeURIComponent(nextCursor)
  }
}

export async function readAttempts(url: string, { authorization }: Account, id: string): Promise<WireAttempt[]> {
  return (await expectStatus(200, ask(url, authorization, ['GET', `/v1/messages/${id}`]))).attempts
}
