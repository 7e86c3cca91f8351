import type { Post } from './load.ts'
import type { Arrival } from './telegram-side.ts'

/**
 * Where the order of a chat was broken: a message arrived for the first time after another one that its sender only began to post when
 * this one had its answer. `arrivals` of one chat, in their order.
 */
export function findDisorder(arrivals: readonly Arrival[], posts: ReadonlyMap<number, Post>): string[] {
  const wrong: string[] = []
  const seen = new Set<string>()
  let latest: Post | undefined
  for (const { number, text } of arrivals) {
    const post = posts.get(number)
    if (post === undefined || seen.has(text)) continue
    seen.add(text)
    if (latest !== undefined && post.answeredMs < latest.firstSentMs) {
      wrong.push(`post ${number} was accepted before post ${latest.number} was sent, and arrived after it`)
    }
    if (latest === undefined || post.firstSentMs > latest.firstSentMs) latest = post
  }
  return wrong
}
