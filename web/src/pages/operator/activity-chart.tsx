import '@mantine/charts/styles.css'
import { BarChart, LineChart } from '@mantine/charts'
import { Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Activity, ActivityBy } from '../../api/operator.ts'
import { NumbersTable } from '../../parts/numbers-table.tsx'

const SHAPES: Readonly<Record<ActivityBy, Intl.DateTimeFormatOptions>> = {
  minute: { hour: 'numeric', minute: '2-digit' },
  // Each hour is there twice.
  hour: { weekday: 'short', hour: 'numeric', minute: '2-digit' },
  day: { day: 'numeric', month: 'short' },
}

/** Wide enough for any number, so that the two charts begin at the same edge. */
const AXIS_PX = 56

/** What was delivered lies upon what was accepted, mostly in the same place: a narrow line upon a broad one. */
const BROAD_PX = 6
const NARROW_PX = 2

/** Nobody should get by keyboard into what is hidden from those who hear the page; the table is for them. */
const WITHOUT_KEYS = { accessibilityLayer: false }

export function ActivityChart({ activity, by }: { activity: Activity; by: ActivityBy }) {
  const { t, i18n } = useTranslation('operator')
  const format = new Intl.DateTimeFormat(i18n.language, SHAPES[by])
  const data = activity.buckets.map((bucket) => ({ ...bucket, start: format.format(new Date(bucket.start)) }))
  const messages = [
    { name: 'accepted', label: t('accepted'), color: 'gray.6' },
    { name: 'delivered', label: t('delivered'), color: 'indigo.6' },
    { name: 'failed', label: t('failed'), color: 'red.7' },
  ] as const
  const throttled = [{ name: 'throttled', label: t('throttled'), color: 'orange.7' }] as const
  const compact = new Intl.NumberFormat(i18n.language, { notation: 'compact' })
  const yAxisProps = { allowDecimals: false, width: AXIS_PX, tickFormatter: (value: number) => compact.format(value) }
  const axes = { tickLine: 'none', gridAxis: 'x', yAxisProps } as const
  return (
    <Stack>
      <div aria-hidden>
        <LineChart
          h={220}
          data={data}
          dataKey="start"
          series={[...messages]}
          withLegend
          withDots={false}
          curveType="linear"
          lineProps={({ name }) => ({
            isAnimationActive: false,
            strokeWidth: name === 'accepted' ? BROAD_PX : NARROW_PX,
          })}
          lineChartProps={WITHOUT_KEYS}
          {...axes}
        />
        <Text size="sm" fw={500} mt="md" mb="sm">
          {t('throttledMore')}
        </Text>
        <BarChart
          h={140}
          data={data}
          dataKey="start"
          series={[...throttled]}
          barProps={{ isAnimationActive: false }}
          barChartProps={WITHOUT_KEYS}
          {...axes}
        />
      </div>
      <NumbersTable caption={t('activity')} first={t(`span_${by}`)} columns={[...messages, ...throttled]} rows={data} />
    </Stack>
  )
}
