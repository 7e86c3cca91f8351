import { Button, Center, Group, Loader, Paper, Skeleton, Stack, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { Mail, SearchX } from 'lucide-react'
import { useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { MessageFilter } from '../../api/message-filter.ts'
import { messagesQuery } from '../../api/messages.ts'
import { EmptyState } from '../../parts/empty-state.tsx'
import { PageTitle } from '../../parts/page-title.tsx'
import { ProblemNote } from '../../parts/problem-note.tsx'
import { isEmpty, readFilter } from './filter.ts'
import { Filters } from './filters.tsx'
import { MessageList } from './message-list.tsx'
import { SendButton } from './send-button.tsx'

export function MessagesPage() {
  const { t } = useTranslation('messages')
  // Once more, because the router keeps in it what the reading left out.
  const filter = readFilter(useSearch({ from: '/account/messages' }))
  return (
    <>
      <PageTitle title={t('title')} about={t('about')}>
        <SendButton />
      </PageTitle>
      <Filters filter={filter} />
      <History key={JSON.stringify(filter)} filter={filter} />
    </>
  )
}

function History({ filter }: { filter: MessageFilter }) {
  const { data, error, hasNextPage, isFetching, fetchNextPage, refetch } = useInfiniteQuery(messagesQuery(filter))
  const rows = useMemo(() => data?.pages.flatMap((page) => page.rows) ?? [], [data])
  const canAsk = hasNextPage && !isFetching && !error
  // Also after a page in which nothing was found, of a search that goes on.
  const askMore = useCallback(() => void (canAsk && fetchNextPage()), [canAsk, fetchNextPage, data])
  if (!data) return error ? <ProblemNote problem={error} again={refetch} /> : <Coming />
  if (rows.length === 0 && !hasNextPage) return <Nothing filter={filter} />
  return (
    <MessageList rows={rows} isWhole={!hasNextPage} onNearEnd={askMore}>
      <Below error={error} isSearching={rows.length === 0} hasMore={hasNextPage} onRetry={() => void fetchNextPage()} />
    </MessageList>
  )
}

function Nothing({ filter }: { filter: MessageFilter }) {
  const { t } = useTranslation('messages')
  return (
    <Paper withBorder>
      {isEmpty(filter) ? (
        <EmptyState icon={Mail} title={t('empty')} about={t('emptyMore')} />
      ) : (
        <EmptyState icon={SearchX} title={t('noneFound')} about={t('noneFoundMore')} />
      )}
    </Paper>
  )
}

function Coming() {
  const { t } = useTranslation()
  return (
    <Paper withBorder p="md" role="status" aria-label={t('loading')}>
      <Stack gap="lg">
        {['a', 'b', 'c', 'd', 'e', 'f'].map((key) => (
          <Group key={key} wrap="nowrap">
            <Skeleton h={26} w={110} radius="xl" />
            <Stack gap={6} flex={1}>
              <Skeleton h={14} w="70%" />
              <Skeleton h={12} w="40%" />
            </Stack>
          </Group>
        ))}
      </Stack>
    </Paper>
  )
}

/** The last line of the list: more is coming, could not come, or this was all. */
function Below(props: { error: Error | null; isSearching: boolean; hasMore: boolean; onRetry: () => void }) {
  const { t } = useTranslation('messages')
  if (props.error) {
    return (
      <Group p="md" role="alert">
        <Text size="sm">{t('moreFailed')}</Text>
        <Button variant="default" size="compact-sm" onClick={props.onRetry}>
          {t('tryAgain', { ns: 'common' })}
        </Button>
      </Group>
    )
  }
  return (
    <Center p="md">
      <Group gap="xs">
        {props.hasMore && <Loader size="xs" aria-hidden />}
        <Text size="sm" c="dimmed">
          {props.hasMore ? t(props.isSearching ? 'searching' : 'loadingMore') : t('end')}
        </Text>
      </Group>
    </Center>
  )
}
