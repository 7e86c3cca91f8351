import { useInterval } from '@mantine/hooks'
import { useState } from 'react'

const TICK_MS = 1000

/** Milliseconds since 1970, a second further on each second: for what shows how much time has gone by, or is left. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now)
  useInterval(() => setNow(Date.now()), TICK_MS, { autoInvoke: true })
  return now
}
