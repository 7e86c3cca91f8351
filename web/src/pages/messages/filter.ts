import { isId } from '../../api/id.ts'
import { isMoment, type MessageFilter, SPANS_MS, type Span, STATUSES } from '../../api/message-filter.ts'

/** Characters, as the API takes them. */
export const LONGEST_SEARCH = 200

/** The filter as it stands in the address; what makes no sense there is left out. */
export function readFilter(search: Record<string, unknown>): MessageFilter {
  const status = STATUSES.find((status) => status === search['status'])
  const last = (Object.keys(SPANS_MS) as Span[]).find((span) => span === search['last'])
  const since = momentIn(search['since'])
  const until = momentIn(search['until'])
  const text = textIn(search['text'])
  return {
    ...(status && { status }),
    ...(typeof search['chat'] === 'string' && isId(search['chat']) && { chat: search['chat'] }),
    ...(last && { last }),
    ...(!last && since !== undefined && { since }),
    ...(!last && until !== undefined && { until }),
    ...(text !== undefined && { text }),
  }
}

export function isEmpty(filter: MessageFilter): boolean {
  return Object.keys(filter).length === 0
}

function momentIn(value: unknown): string | undefined {
  return typeof value === 'string' && isMoment(value) ? value : undefined
}

/** The router reads `text=42` as a number. */
function textIn(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined
  const text = Array.from(String(value).trim()).slice(0, LONGEST_SEARCH).join('')
  return text === '' ? undefined : text
}
