import { type RefObject, useEffect, useRef, useState } from 'react'
import { useLiveState } from '../api/live.ts'

/**
 * Rises when the program is back and its phone is not ready: what was asked for while the program was away stays undone in a frame, and
 * nobody but us would ask again.
 */
export function usePhoneLoads(isReady: RefObject<boolean>): number {
  const live = useLiveState()
  const wasCut = useRef(false)
  const [loads, setLoads] = useState(0)
  useEffect(() => {
    if (live === 'cut') wasCut.current = true
    if (live !== 'open' || !wasCut.current) return
    wasCut.current = false
    if (!isReady.current) setLoads((before) => before + 1)
  }, [live, isReady])
  return loads
}
