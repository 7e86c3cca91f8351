import { SegmentedControl, Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type ActivityBy, activityQuery } from '../../api/operator.ts'
import { ProblemNote } from '../../parts/problem-note.tsx'
import { Section } from '../../parts/section.tsx'

const Chart = lazy(() => import('./activity-chart.tsx').then((module) => ({ default: module.ActivityChart })))

const SPANS = ['minute', 'hour', 'day'] as const satisfies readonly ActivityBy[]

/** Throughput and throttling. */
export function ActivitySection() {
  const { t } = useTranslation('operator')
  const [by, setBy] = useState<ActivityBy>('minute')
  const { data: activity, error, refetch } = useQuery(activityQuery(by))
  return (
    <Section title={t('activity')} about={t('activityMore')}>
      <SegmentedControl
        aria-label={t('span')}
        w="fit-content"
        value={by}
        onChange={(value) => setBy(value)}
        data={SPANS.map((span) => ({ value: span, label: t(`span_${span}`) }))}
      />
      <ProblemNote problem={activity ? null : error} again={refetch} />
      <Suspense fallback={<Skeleton height={460} />}>
        {activity ? <Chart activity={activity} by={by} /> : !error && <Skeleton height={460} />}
      </Suspense>
    </Section>
  )
}
