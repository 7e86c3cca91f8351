import { Badge, type MantineColor, type MantineSize } from '@mantine/core'
import { Ban, CheckCheck, CircleHelp, CircleX, Clock, type LucideIcon, Send, TimerOff } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { MessageStatus } from '../api/message-filter.ts'
import classes from './message-badge.module.css'

/** How each state looks, here and in charts. */
export const STATUS_LOOKS: Readonly<Record<MessageStatus, { icon: LucideIcon; color: MantineColor }>> = {
  queued: { icon: Clock, color: 'blue' },
  sending: { icon: Send, color: 'indigo' },
  delivered: { icon: CheckCheck, color: 'green' },
  failed: { icon: CircleX, color: 'red' },
  uncertain: { icon: CircleHelp, color: 'orange' },
  cancelled: { icon: Ban, color: 'gray' },
  expired: { icon: TimerOff, color: 'grape' },
}

/** The state of a message: icon, word and colour. */
export function MessageBadge({ status, size = 'lg' }: { status: MessageStatus; size?: MantineSize }) {
  const { t } = useTranslation('messages')
  const { icon: Icon, color } = STATUS_LOOKS[status]
  const shades = {
    '--state-dark': `var(--mantine-color-${color}-8)`,
    '--state-light': `var(--mantine-color-${color}-4)`,
  }
  return (
    <Badge
      variant="light"
      color={color}
      size={size}
      tt="none"
      fw={600}
      // The word in the text's own colour, so that it can be read on every tint; the colour is an addition.
      c="var(--mantine-color-text)"
      flex="none"
      leftSection={<Icon size={14} aria-hidden className={classes['icon']} style={shades as React.CSSProperties} />}
    >
      {t(`status_${status}`)}
    </Badge>
  )
}
