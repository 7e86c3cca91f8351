import type { MantineColor } from '@mantine/core'
import { Ban, CheckCheck, CircleHelp, CircleX, Clock, type LucideIcon, Send, TimerOff } from 'lucide-react'
import type { CSSProperties } from 'react'
import { useTranslation } from 'react-i18next'
import { type MessageStatus, STATUSES } from '../api/message-filter.ts'
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

const SHADES = Object.fromEntries(STATUSES.map((status) => [status, shadesOf(STATUS_LOOKS[status].color)]))

function shadesOf(color: MantineColor): CSSProperties {
  const shades = {
    '--state-tint': `var(--mantine-color-${color}-light)`,
    '--state-dark': `var(--mantine-color-${color}-8)`,
    '--state-light': `var(--mantine-color-${color}-4)`,
  }
  return shades as CSSProperties
}

/** The state of a message: icon, word and colour. */
export function MessageBadge({ status }: { status: MessageStatus }) {
  const { t } = useTranslation('messages')
  const { icon: Icon } = STATUS_LOOKS[status]
  return (
    <span className={classes['badge']} style={SHADES[status]}>
      <Icon size={14} aria-hidden className={classes['icon']} />
      {t(`status_${status}`)}
    </span>
  )
}
