import { useMemo, useState, useSyncExternalStore } from 'react'
import { type MessageRow, newerThan } from '../../api/message-rows.ts'

function watchScroll(changed: () => void): () => void {
  window.addEventListener('scroll', changed, { passive: true })
  return () => window.removeEventListener('scroll', changed)
}

/**
 * Rows for somebody who reads: while the top of the list is out of sight, newer ones are counted and held back, so that nothing
 * moves under the eyes.
 *
 * @param topPx Where the list begins, from the top of the page.
 */
export function useHeldBack(all: readonly MessageRow[], topPx: number): { rows: readonly MessageRow[]; newer: number } {
  const isAtTop = useSyncExternalStore(watchScroll, () => window.scrollY <= topPx)
  const [newest, setNewest] = useState<MessageRow | null>(null)
  const first = all[0]
  if (isAtTop && newest !== null) setNewest(null)
  if (!isAtTop && newest === null && first) setNewest(first)
  return useMemo(() => {
    const newer = newest === null ? 0 : newerThan(all, newest)
    return { rows: newer === 0 ? all : all.slice(newer), newer }
  }, [all, newest])
}
