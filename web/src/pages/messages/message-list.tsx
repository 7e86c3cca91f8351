import { Button, Paper } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { ArrowUp } from 'lucide-react'
import { type ReactNode, useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { chatsQuery } from '../../api/chats.ts'
import { nameOfChat } from '../../parts/chat-name.ts'
import type { MessageRow } from '../../api/message-rows.ts'
import classes from './message-list.module.css'
import { MessageRowLink } from './message-row.tsx'
import { useFollowRow } from './use-follow-row.ts'
import { useHeldBack } from './use-held-back.ts'
import { useRowKeys } from './use-row-keys.ts'

const ROW_REM = 4

/** Rows beyond the edges of the screen, so that the Tab key always finds a next one and quick scrolling shows no gap. */
const BEYOND = 8

/** The header that stands above everything, with some air. */
const HEADER_PX = 76

/** Older ones are asked for when so many rows are left below, half a page of answers. */
const ASK_BEFORE_END = 100

interface ListProps {
  rows: readonly MessageRow[]
  /** Whether the last row is the oldest message. */
  isWhole: boolean
  /** Called, also repeatedly, when the end of the rows is near. */
  onNearEnd: () => void
  /** What stands below the rows. */
  children: ReactNode
}

/** Messages of any number as a list of links, of which only those on the screen exist. */
export function MessageList({ rows: all, isWhole, onNearEnd, children }: ListProps) {
  const { t } = useTranslation('messages')
  const list = useRef<HTMLUListElement>(null)
  const topPx = useTop(list)
  const { rows, newer } = useHeldBack(all, topPx)
  const { handlers, rangeExtractor, focusRow } = useRowKeys(list, rows)
  const names = useChatNames()
  const rowPx = ROW_REM * useRootFontPx()
  // The same function for the same rows, or a hundred thousand places are reckoned anew with each step of the wheel.
  const getItemKey = useCallback((index: number) => rows[index]?.id ?? index, [rows])
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => rowPx,
    getItemKey,
    overscan: BEYOND,
    scrollMargin: topPx,
    scrollPaddingStart: HEADER_PX,
    rangeExtractor,
  })
  const items = virtualizer.getVirtualItems()
  const isNearEnd = (virtualizer.range?.endIndex ?? 0) >= rows.length - ASK_BEFORE_END
  useLayoutEffect(() => {
    if (isNearEnd) onNearEnd()
  }, [isNearEnd, onNearEnd])
  const follow = useFollowRow()
  const toNewest = (): void => {
    window.scrollTo({ top: 0 })
    focusRow(0)
  }
  return (
    <Paper withBorder>
      <a href="#after-messages" className="skip-link">
        {t('skipList')}
      </a>
      <div className={classes['jump']} role="status">
        {newer > 0 && (
          <Button size="compact-md" radius="xl" leftSection={<ArrowUp size={16} aria-hidden />} onClick={toNewest}>
            {t('newOnes', { count: newer })}
          </Button>
        )}
      </div>
      <ul
        ref={list}
        aria-label={t('list')}
        className={classes['list']}
        style={{ height: virtualizer.getTotalSize() }}
        {...handlers}
        onClick={follow}
      >
        {items.map(({ index, key, start, size }) => {
          const row = rows[index]
          if (!row) return null
          return (
            <li
              key={key}
              data-index={index}
              className={classes['item']}
              style={{ height: size, transform: `translateY(${start - topPx}px)` }}
              aria-posinset={index + 1}
              aria-setsize={isWhole ? rows.length : -1}
            >
              <MessageRowLink row={row} chat={names ? (names.get(row.chatId) ?? null) : ''} />
            </li>
          )
        })}
      </ul>
      <div id="after-messages" tabIndex={-1}>
        {children}
      </div>
    </Paper>
  )
}

/** How far below the top of the page an element begins, in pixels. */
function useTop(element: React.RefObject<HTMLElement | null>): number {
  const [top, setTop] = useState(0)
  useLayoutEffect(() => {
    const measure = (): void => {
      if (element.current) setTop(Math.round(element.current.getBoundingClientRect().top + window.scrollY))
    }
    measure()
    // What stands above it changes its height when the window's width changes, and when the filter grows.
    const observer = new ResizeObserver(measure)
    observer.observe(document.body)
    return () => observer.disconnect()
  }, [element])
  return top
}

/** Whoever wants larger letters gets higher rows. */
function useRootFontPx(): number {
  return useMemo(() => Number.parseFloat(getComputedStyle(document.documentElement).fontSize), [])
}

/** By id; undefined while they are on their way. */
function useChatNames(): ReadonlyMap<string, string> | undefined {
  const { data } = useQuery(chatsQuery)
  return useMemo(() => data && new Map(data.map((chat) => [chat.id, nameOfChat(chat)])), [data])
}
