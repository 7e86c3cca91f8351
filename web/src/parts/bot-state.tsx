import { Badge } from '@mantine/core'
import { CirclePause, CircleX, Loader, type LucideIcon, TriangleAlert, Wifi, WifiOff } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Bot } from '../api/bots.ts'

const LOOKS: Readonly<Record<Bot['state'], { color: string; icon: LucideIcon }>> = {
  starting: { color: 'blue', icon: Loader },
  running: { color: 'green', icon: Wifi },
  idle: { color: 'gray', icon: CirclePause },
  rejected: { color: 'red', icon: CircleX },
  conflict: { color: 'orange', icon: TriangleAlert },
  unreachable: { color: 'orange', icon: WifiOff },
}

/** A word and a picture beside the colour, for those who do not see it. */
export function BotState({ bot: { state } }: { bot: Pick<Bot, 'state'> }) {
  const { t } = useTranslation('bots')
  const { color, icon: Icon } = LOOKS[state]
  return (
    <Badge
      color={color}
      variant="light"
      tt="none"
      miw="max-content"
      leftSection={<Icon size={12} aria-hidden />}
      role="status"
    >
      {t(state)}
    </Badge>
  )
}
