import type { Post } from './load.ts'
import type { Arrival } from './telegram-side.ts'

/**
 * Where the order of a chat was broken, which holds within each priority: a message arrived for the first time after another one that its sender only began to post when
 * this one had its answer. `arrivals` of one chat, in their order.
 */
export function findDisorder(arrivals: readonly Arrival[], posts: ReadonlyMap<number, Post>): string[] {
  const wrong: string[] = []
  const seen = new Set<string>()
  const latestOf = new Map<number, Post>()
  for (const { number, text } of arrivals) {
    const post = posts.get(number)
    if (post === undefined || seen.has(text)) continue
    seen.add(text)
    const { priority } = post.wishes
    const latest = latestOf.get(priority)
    if (latest !== undefined && post.answeredMs < latest.firstSentMs) {
      wrong.push(`post ${number} was accepted before post ${latest.number} was sent, and arrived after it`)
    }
    if (latest === undefined || post.firstSentMs > latest.firstSentMs) latestOf.set(priority, post)
  }
  return wrong
}
