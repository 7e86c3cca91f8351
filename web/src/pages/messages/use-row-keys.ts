import type { Range } from '@tanstack/react-virtual'
import { defaultRangeExtractor } from '@tanstack/react-virtual'
import {
  type FocusEvent,
  type KeyboardEvent,
  type RefObject,
  useCallback,
  useLayoutEffect,
  useMemo,
  useState,
} from 'react'
import type { MessageRow } from '../../api/message-rows.ts'

/** Rows that Page Up and Page Down leave behind. */
const PAGE = 10

/** Where a key leads from a row, or undefined when it is none of ours. */
function placeAfter(key: string, index: number, count: number): number | undefined {
  const places: Record<string, number> = {
    ArrowDown: index + 1,
    ArrowUp: index - 1,
    PageDown: index + PAGE,
    PageUp: index - PAGE,
    Home: 0,
    End: count - 1,
  }
  const place = places[key]
  return place === undefined ? undefined : Math.max(0, Math.min(count - 1, place))
}

/**
 * The keyboard in a list of which only the visible rows exist: the focused row stays there however far one scrolls, arrows and
 * Page Up, Page Down, Home and End move among all rows, also those that do not exist yet.
 */
export function useRowKeys(list: RefObject<HTMLElement | null>, rows: readonly MessageRow[]) {
  const [focused, setFocused] = useState<string | null>(null)
  const [wanted, setWanted] = useState<number | null>(null)
  const kept = useMemo(
    () => wanted ?? (focused === null ? -1 : rows.findIndex(({ id }) => id === focused)),
    [rows, focused, wanted],
  )
  useLayoutEffect(() => {
    if (wanted === null) return
    linkAt(list.current, wanted)?.focus()
    setWanted(null)
  }, [list, wanted])
  const onFocus = ({ target }: FocusEvent): void => {
    const index = indexOf(target)
    if (index !== undefined) setFocused(rows[index]?.id ?? null)
  }
  const onBlur = (): void => setFocused(null)
  const onKeyDown = (event: KeyboardEvent): void => {
    const index = indexOf(event.target)
    if (index === undefined || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
    const place = placeAfter(event.key, index, rows.length)
    if (place === undefined) return
    event.preventDefault()
    setWanted(place)
  }
  const rangeExtractor = useCallback(
    (range: Range) => {
      const visible = defaultRangeExtractor(range)
      if (kept === -1 || kept >= range.count || visible.includes(kept)) return visible
      return [...visible, kept].sort((a, b) => a - b)
    },
    [kept],
  )
  return { handlers: { onFocus, onBlur, onKeyDown }, rangeExtractor, focusRow: setWanted }
}

function indexOf(target: EventTarget): number | undefined {
  const item = target instanceof Element ? target.closest('[data-index]') : null
  const index = Number(item?.getAttribute('data-index') ?? Number.NaN)
  return Number.isInteger(index) ? index : undefined
}

function linkAt(list: HTMLElement | null, index: number): HTMLElement | null {
  return list?.querySelector<HTMLElement>(`[data-index="${index}"] a`) ?? null
}
