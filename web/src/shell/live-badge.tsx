import { Badge, Tooltip } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useLiveState } from '../api/live.ts'

/** Says so when what is seen may be old: silence is the good state. */
export function LiveBadge() {
  const { t } = useTranslation()
  const state = useLiveState()
  return (
    <span role="status">
      {state === 'cut' && (
        <Tooltip label={t('notLiveMore')}>
          <Badge color="orange" variant="light" tt="none">
            {t('notLive')}
          </Badge>
        </Tooltip>
      )}
    </span>
  )
}
