import { SegmentedControl, Skeleton, Stack } from '@mantine/core'
import { useThrottledCallback } from '@mantine/hooks'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLive } from '../../api/live.ts'
import { type By, type Statistics, statisticsQuery } from '../../api/statistics.ts'
import { ProblemNote } from '../../parts/problem-note.tsx'
import { Section } from '../../parts/section.tsx'
import { Numbers } from './numbers.tsx'

/** A chart is as large as the rest of the page together. */
const Chart = lazy(() => import('./chart.tsx').then((module) => ({ default: module.Chart })))

/** In a storm each message is news; nobody reads more than this. */
const LOOK_AGAIN_MS = 5000

export function StateOfMessages() {
  const { t } = useTranslation('home')
  const [by, setBy] = useState<By>('hour')
  const { data: statistics, error, refetch } = useQuery(statisticsQuery(by))
  const queries = useQueryClient()
  useLive(useThrottledCallback(() => void queries.invalidateQueries({ queryKey: ['statistics'] }), LOOK_AGAIN_MS))
  return (
    <Section title={t('state')}>
      <Stack>
        <SegmentedControl
          aria-label={t('span')}
          w="fit-content"
          value={by}
          onChange={(value) => setBy(value)}
          data={[
            { value: 'hour', label: t('lastDay') },
            { value: 'day', label: t('lastMonth') },
          ]}
        />
        <ProblemNote problem={statistics ? null : error} again={refetch} />
        {statistics ? <Known statistics={statistics} /> : !error && <Coming />}
      </Stack>
    </Section>
  )
}

function Known({ statistics }: { statistics: Statistics }) {
  return (
    <>
      <Numbers statistics={statistics} />
      {/* Without a message it would be empty, and newcomers need not wait for what draws it. */}
      {statistics.total.accepted > 0 && (
        <Suspense fallback={<ChartToBe />}>
          <Chart statistics={statistics} />
        </Suspense>
      )}
    </>
  )
}

function Coming() {
  return (
    <>
      <Skeleton height={72} />
      <ChartToBe />
    </>
  )
}

function ChartToBe() {
  return <Skeleton height={220} />
}
