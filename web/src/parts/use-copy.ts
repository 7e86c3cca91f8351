import { useTimeout } from '@mantine/hooks'
import { useState } from 'react'

type State = 'none' | 'copied' | 'copyFailed'

/** How long it says that something was copied. */
const SAY_MS = 2000

/** The clipboard, also on a page that came over plain HTTP from another machine, where browsers offer only the old way. */
export function useCopy(): { copy: (text: string) => Promise<void>; state: State } {
  const [state, setState] = useState<State>('none')
  const { start } = useTimeout(() => setState('none'), SAY_MS)
  const copy = async (text: string): Promise<void> => {
    const copied = (await copyTheNewWay(text)) || copyTheOldWay(text)
    setState(copied ? 'copied' : 'copyFailed')
    start()
  }
  return { copy, state }
}

async function copyTheNewWay(text: string): Promise<boolean> {
  try {
    // Not there on a page that came over plain HTTP from another machine, whatever its type says.
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}

function copyTheOldWay(text: string): boolean {
  const field = document.createElement('textarea')
  field.value = text
  field.style.position = 'fixed'
  field.style.opacity = '0'
  // Inside an open dialog, or its focus trap takes the selection away.
  const place = document.querySelector('[role="dialog"]') ?? document.body
  place.append(field)
  field.select()
  const copied = document.execCommand('copy')
  field.remove()
  return copied
}
