import '@mantine/charts/styles.css'
import { BarChart } from '@mantine/charts'
import { useTranslation } from 'react-i18next'
import type { Statistics } from '../../api/statistics.ts'
import { NumbersTable } from '../../parts/numbers-table.tsx'

/** Messages by the hour or day in which they were accepted, as what they are now. */
export function Chart({ statistics }: { statistics: Statistics }) {
  const { t, i18n } = useTranslation('home')
  const format = new Intl.DateTimeFormat(
    i18n.language,
    statistics.by === 'hour' ? { hour: 'numeric', minute: '2-digit' } : { day: 'numeric', month: 'short' },
  )
  const number = new Intl.NumberFormat(i18n.language, { notation: 'compact' })
  const data = statistics.buckets.map(({ start, delivered, waiting, failed, expired, uncertain, cancelled }) => ({
    start: format.format(new Date(start)),
    delivered,
    waiting,
    failed,
    other: expired + uncertain + cancelled,
  }))
  const series = [
    { name: 'delivered', label: t('delivered'), color: 'indigo.6' },
    { name: 'waiting', label: t('waiting'), color: 'yellow.6' },
    { name: 'failed', label: t('failed'), color: 'red.7' },
    { name: 'other', label: t('other'), color: 'gray.5' },
  ] as const
  return (
    <>
      <div aria-hidden>
        <BarChart
          h={220}
          data={data}
          dataKey="start"
          type="stacked"
          series={[...series]}
          withLegend
          tickLine="none"
          gridAxis="x"
          xAxisProps={{ interval: 'equidistantPreserveStart' }}
          // Mantine moves the words of the axis out to the left, past the edge of the card's other content.
          yAxisProps={{ allowDecimals: false, width: 'auto', tick: { fontSize: 12, fill: 'currentColor' } }}
          valueFormatter={(value) => number.format(value)}
          barProps={{ isAnimationActive: false }}
          // Nobody should get by keyboard into what is hidden from those who hear the page; the table below is for them.
          barChartProps={{ accessibilityLayer: false }}
        />
      </div>
      <NumbersTable caption={t('table')} first={t(statistics.by)} columns={series} rows={data} />
    </>
  )
}
