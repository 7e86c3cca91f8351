import { Badge, Box, Group, Text, Tooltip } from '@mantine/core'
import { Unplug } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useLiveState } from '../api/live.ts'
import classes from './shell.module.css'

/** What the bar adds to the height of the header, in pixels. */
export const LIVE_BAR_PX = 32

/** Says so when what is seen may be old: silence is the good state. */
export function LiveBadge() {
  const { t } = useTranslation()
  const state = useLiveState()
  return (
    <Box component="span" role="status" visibleFrom="xs">
      {state === 'cut' && (
        <Tooltip label={t('notLiveMore')}>
          <Badge color="orange" variant="light" tt="none">
            {t('notLive')}
          </Badge>
        </Tooltip>
      )}
    </Box>
  )
}

/** The same where the header has no room for it, and no pointer rests on anything: a line of its own. */
export function LiveBar() {
  const { t } = useTranslation()
  const state = useLiveState()
  return (
    <Box role="status" hiddenFrom="xs">
      {state === 'cut' && (
        <Group className={classes['cut']} h={LIVE_BAR_PX} gap="xs" px="md" wrap="nowrap">
          <Unplug size={16} aria-hidden style={{ flex: 'none' }} />
          <Text size="sm" truncate>
            {t('notLiveBar')}
          </Text>
        </Group>
      )}
    </Box>
  )
}
