import { TEXT } from './database.ts'
import type { Load, Loaded } from './loader.ts'
import type { Helper } from './process.ts'

/** Has messages posted; how many were accepted in a second, and at all. */
export async function accept(
  loader: Helper,
  load: Pick<Load, 'origins' | 'connections' | 'seconds' | 'authorizations'>,
): Promise<{ perSecond: number; count: number }> {
  const request = { method: 'POST', path: '/v1/messages', body: { text: TEXT }, ...load }
  const { perSecond, statuses } = await loader.ask<Loaded>(request)
  if (Object.keys(statuses).join(',') !== '202') throw new Error(`not only 202: ${JSON.stringify(statuses)}`)
  return { perSecond, count: statuses[202] ?? 0 }
}
