import { Button, Grid, Group, Select, Skeleton, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { CalendarDays, FilterX, MessagesSquare, Search, ListFilter } from 'lucide-react'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { chatsQuery } from '../../api/chats.ts'
import { nameOfChat } from '../../parts/chat-name.ts'
import { type MessageFilter, SPANS_MS, type Span, STATUSES } from '../../api/message-filter.ts'
import { isEmpty, LONGEST_SEARCH } from './filter.ts'

const DateRange = lazy(() => import('./date-range.tsx'))

/** The address waits until the typing pauses, in milliseconds. */
const TYPING_MS = 300

const ALL = 'all'
const DATES = 'dates'
const SPANS = Object.keys(SPANS_MS) as Span[]

/** Replaces the filter in the address. What is undefined is no part of it any more. */
function useChangeFilter(filter: MessageFilter) {
  const navigate = useNavigate()
  return async (change: { [Name in keyof MessageFilter]?: MessageFilter[Name] | undefined }): Promise<void> => {
    const merged = Object.entries({ ...filter, ...change }).filter(([, value]) => value !== undefined)
    await navigate({ to: '/messages', search: Object.fromEntries(merged), replace: true, resetScroll: false })
  }
}

/** What of the history is shown. */
export function Filters({ filter }: { filter: MessageFilter }) {
  const { t } = useTranslation('messages')
  const change = useChangeFilter(filter)
  const [round, setRound] = useState(0)
  const clear = (): void => {
    // The controls begin anew with the empty filter, whatever was half chosen in them.
    const emptied = change({
      status: undefined,
      chat: undefined,
      last: undefined,
      since: undefined,
      until: undefined,
      text: undefined,
    })
    void emptied.then(() => setRound(round + 1))
  }
  return (
    <search aria-label={t('search')}>
      <Grid key={round} gap="sm" mb="md">
        <Grid.Col span={{ base: 12, xs: 6, xl: 3 }}>
          <TextFilter
            text={filter.text ?? ''}
            onChange={(text) => void change({ text: text === '' ? undefined : text })}
          />
        </Grid.Col>
        <Grid.Col span={{ base: 12, xs: 6, xl: 3 }}>
          <StatusFilter filter={filter} onChange={change} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, xs: 6, xl: 3 }}>
          <ChatFilter filter={filter} onChange={change} />
        </Grid.Col>
        <TimeFilter filter={filter} onChange={change} />
      </Grid>
      {!isEmpty(filter) && (
        <Group mb="md">
          <Button variant="subtle" size="compact-sm" leftSection={<FilterX size={16} aria-hidden />} onClick={clear}>
            {t('clearFilter')}
          </Button>
        </Group>
      )}
    </search>
  )
}

interface FilterProps {
  filter: MessageFilter
  onChange: ReturnType<typeof useChangeFilter>
}

function TextFilter({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const { t } = useTranslation('messages')
  const [typed, setTyped] = useState(text)
  const settled = useRef(text)
  const settle = useDebouncedCallback((value: string) => {
    settled.current = value.trim()
    onChange(settled.current)
  }, TYPING_MS)
  useEffect(() => {
    if (text === settled.current) return
    // The address was changed by something else than typing, such as a link.
    settled.current = text
    settle.cancel()
    setTyped(text)
  }, [text, settle])
  return (
    <TextInput
      type="search"
      aria-label={t('search')}
      placeholder={t('search')}
      leftSection={<Search size={16} aria-hidden />}
      maxLength={LONGEST_SEARCH}
      value={typed}
      onChange={({ currentTarget: { value } }) => {
        setTyped(value)
        settle(value)
      }}
    />
  )
}

function StatusFilter({ filter, onChange }: FilterProps) {
  const { t } = useTranslation('messages')
  return (
    <Select
      aria-label={t('byStatus')}
      leftSection={<ListFilter size={16} aria-hidden />}
      allowDeselect={false}
      value={filter.status ?? ALL}
      data={[
        { value: ALL, label: t('anyStatus') },
        ...STATUSES.map((value) => ({ value, label: t(`status_${value}`) })),
      ]}
      onChange={(chosen) => void onChange({ status: STATUSES.find((status) => status === chosen) })}
    />
  )
}

function ChatFilter({ filter, onChange }: FilterProps) {
  const { t } = useTranslation('messages')
  const { data: chats = [] } = useQuery(chatsQuery)
  const known = chats.map((chat) => ({ value: chat.id, label: nameOfChat(chat) }))
  const isKnown = filter.chat === undefined || chats.some(({ id }) => id === filter.chat)
  return (
    <Select
      aria-label={t('byChat')}
      leftSection={<MessagesSquare size={16} aria-hidden />}
      allowDeselect={false}
      searchable={chats.length > 8}
      value={filter.chat ?? ALL}
      data={[
        { value: ALL, label: t('anyChat') },
        ...known,
        ...(isKnown ? [] : [{ value: filter.chat ?? '', label: t('unlinkedChat') }]),
      ]}
      onChange={(chosen) => void onChange({ chat: chosen === ALL || chosen === null ? undefined : chosen })}
    />
  )
}

function TimeFilter({ filter, onChange }: FilterProps) {
  const { t } = useTranslation('messages')
  const hasDates = filter.since !== undefined || filter.until !== undefined
  const [isChoosing, setChoosing] = useState(hasDates)
  const choose = (chosen: string | null): void => {
    setChoosing(chosen === DATES)
    void onChange({ last: SPANS.find((span) => span === chosen), since: undefined, until: undefined })
  }
  return (
    <>
      <Grid.Col span={{ base: 12, xs: 6, xl: 3 }}>
        <Select
          aria-label={t('byTime')}
          leftSection={<CalendarDays size={16} aria-hidden />}
          allowDeselect={false}
          value={filter.last ?? (isChoosing || hasDates ? DATES : ALL)}
          data={[
            { value: ALL, label: t('anyTime') },
            ...SPANS.map((value) => ({ value, label: t(`last_${value}`) })),
            { value: DATES, label: t('chooseDates') },
          ]}
          onChange={choose}
        />
      </Grid.Col>
      {(isChoosing || hasDates) && filter.last === undefined && (
        <Grid.Col span={{ base: 12, xs: 6, xl: 3 }}>
          <Suspense fallback={<Skeleton h={36} />}>
            <DateRange filter={filter} onChange={(since, until) => void onChange({ since, until })} />
          </Suspense>
        </Grid.Col>
      )}
    </>
  )
}
