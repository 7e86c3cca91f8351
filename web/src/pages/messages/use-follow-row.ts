import { useNavigate, useRouter } from '@tanstack/react-router'
import type { MouseEvent } from 'react'

declare module '@tanstack/react-router' {
  interface HistoryState {
    /** The page was reached from the list, so going back leads to the same place in it. */
    fromList?: true
  }
}

/** The address of a message's own page. */
export function useMessageHref(): (messageId: string) => string {
  const { basepath } = useRouter()
  return (messageId) => `${basepath}/messages/${messageId}`
}

/**
 * Clicks on the rows of a list lead to their messages within the page. One handler for all of them: the router's own link in each of
 * the rows that come and go while somebody scrolls takes most of the time that a frame has.
 */
export function useFollowRow(): (event: MouseEvent) => void {
  const navigate = useNavigate()
  return (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[data-message]') : null
    const messageId = link?.getAttribute('data-message')
    // Whoever wants another tab or window gets it from the browser.
    if (!messageId || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    void navigate({ to: '/messages/$messageId', params: { messageId }, state: { fromList: true } })
  }
}
