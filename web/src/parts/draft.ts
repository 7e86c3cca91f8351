import { useQuery } from '@tanstack/react-query'
import { meQuery } from '../api/account.ts'

const PREFIX = 'postrider-draft-'

/** What an account has written and not sent: a session that ends, or a reload, does not take it away. Of this tab alone. */
export function useDraft(): { text: string; keep: (text: string) => void } {
  const { data: me } = useQuery(meQuery)
  const key = `${PREFIX}${me?.id ?? ''}`
  return { text: read(key), keep: (text) => write(key, text) }
}

/** Whoever signs out leaves nothing behind. */
export function forgetDrafts(): void {
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key)
  } catch {
    // Nothing was kept.
  }
}

function read(key: string): string {
  try {
    return sessionStorage.getItem(key) ?? ''
  } catch {
    // No storage in this browser: then nothing is kept.
    return ''
  }
}

function write(key: string, text: string): void {
  try {
    if (text === '') sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, text)
  } catch {
    // As above, or it is full.
  }
}
