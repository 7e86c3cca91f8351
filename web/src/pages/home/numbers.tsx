import { Anchor, SimpleGrid } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Statistics } from '../../api/statistics.ts'
import { durationText } from '../../parts/duration.ts'
import { ExactTime } from '../../parts/exact-time.tsx'
import { Tile } from '../../parts/tile.tsx'

export function Numbers({ statistics }: { statistics: Statistics }) {
  const { t, i18n } = useTranslation('home')
  const { total, waitingNow, oldestWaitingAt, deliveryTime } = statistics
  const count = new Intl.NumberFormat(i18n.language)
  const { p50Ms, p95Ms } = deliveryTime
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm">
      <Tile label={t('delivered')} value={count.format(total.delivered)}>
        {t('ofAccepted', { count: total.accepted, number: count.format(total.accepted) })}
      </Tile>
      <Tile
        label={t('waiting')}
        value={
          waitingNow === 0 ? (
            '0'
          ) : (
            <Anchor inherit renderRoot={(props) => <Link to="/messages" search={{ status: 'queued' }} {...props} />}>
              {count.format(waitingNow)}
            </Anchor>
          )
        }
      >
        {oldestWaitingAt === null ? (
          t('nothingWaits')
        ) : (
          <>
            {t('oldest')} <ExactTime at={oldestWaitingAt} />
          </>
        )}
      </Tile>
      <Tile
        label={t('failed')}
        value={
          total.failed === 0 ? (
            '0'
          ) : (
            <Anchor
              inherit
              renderRoot={(props) => (
                <Link
                  to="/messages"
                  search={{ status: 'failed', last: statistics.by === 'hour' ? 'day' : 'month' }}
                  {...props}
                />
              )}
            >
              {count.format(total.failed)}
            </Anchor>
          )
        }
      >
        {total.uncertain > 0 ? t('andUncertain', { count: total.uncertain }) : total.failed === 0 && t('noneFailed')}
      </Tile>
      <Tile label={t('time')} value={p50Ms === null ? '–' : durationText(p50Ms, i18n.language)}>
        {p95Ms === null ? t('noTime') : t('slowest', { time: durationText(p95Ms, i18n.language) })}
      </Tile>
    </SimpleGrid>
  )
}
