import { Text, Timeline } from '@mantine/core'
import {
  Ban,
  Check,
  CircleHelp,
  Hourglass,
  Inbox,
  KeyRound,
  Lock,
  type LucideIcon,
  Route,
  WifiOff,
  X,
} from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { CauseText } from '../../parts/cause-text.tsx'
import { durationText } from '../../parts/duration.ts'
import { momentText, When } from '../../parts/when.tsx'
import { type Attempt, type Chapter, type Detailed, storyOf, type Followed } from './story.ts'

const LOOKS: Readonly<Record<Attempt['outcome'], { icon: LucideIcon; color: string }>> = {
  delivered: { icon: Check, color: 'green' },
  throttled: { icon: Hourglass, color: 'blue' },
  temporary: { icon: WifiOff, color: 'orange' },
  unknown: { icon: CircleHelp, color: 'orange' },
  refused: { icon: X, color: 'red' },
  blocked: { icon: Lock, color: 'red' },
  bot_rejected: { icon: KeyRound, color: 'red' },
  migrated: { icon: Route, color: 'blue' },
}

/** What happened to a message: accepted, then each call to Telegram in plain words. */
export function Attempts({ message }: { message: Detailed }) {
  const { t } = useTranslation('messages')
  const story = storyOf(message)
  return (
    <Timeline bulletSize={28} lineWidth={2} active={story.length + 1}>
      <Timeline.Item bullet={<Inbox size={16} aria-hidden />} title={t('accepted_event')}>
        <Moment at={message.createdAt} />
      </Timeline.Item>
      {story.map((chapter) => {
        const { icon: Icon, color } = LOOKS[chapter.attempt.outcome]
        return (
          <Timeline.Item
            key={chapter.attempt.number}
            color={color}
            bullet={<Icon size={16} aria-hidden />}
            title={<What chapter={chapter} />}
          >
            <Reason {...chapter} />
            <Follows followed={chapter.followed} />
            <Moment at={chapter.attempt.startedAt} until={chapter.attempt.finishedAt} />
          </Timeline.Item>
        )
      })}
      {(message.status === 'cancelled' || message.status === 'expired') && (
        <Timeline.Item
          color="gray"
          bullet={<Ban size={16} aria-hidden />}
          title={t(message.status === 'cancelled' ? 'cancelledEvent' : 'expiredEvent')}
        />
      )}
    </Timeline>
  )
}

function What({ chapter: { attempt, part, parts, askedToWaitMs } }: { chapter: Chapter }) {
  const { t, i18n } = useTranslation('messages')
  const { outcome } = attempt
  if (outcome === 'delivered' && part !== null) {
    return parts === null ? t('attempt_deliveredPartOf', { part }) : t('attempt_deliveredPart', { part, parts })
  }
  const said =
    outcome === 'throttled'
      ? askedToWaitMs === null
        ? t('attempt_throttledSomehow')
        : t('attempt_throttled', { duration: durationText(askedToWaitMs, i18n.language) })
      : t(`attempt_${outcome}`)
  return part === null ? said : `${t('ofPart', { part })}: ${said}`
}

/** Where it says more than what happened does. */
function Reason({ attempt: { reason, cause } }: Chapter) {
  if (reason === null || (cause && SAID_ALREADY.has(cause.code))) return null
  return (
    <Text size="sm" className="anywhere">
      <CauseText cause={cause} sentence={reason} />
    </Text>
  )
}

const SAID_ALREADY: ReadonlySet<string> = new Set([
  'told_to_wait',
  'became_supergroup',
  'token_refused',
  'token_unknown',
  'message_refused',
  'chat_forbidden',
])

function Follows({ followed }: { followed: Followed }) {
  const { t, i18n } = useTranslation('messages')
  if (followed === null) return null
  const said =
    followed.kind === 'again'
      ? t('then_again', { duration: durationText(Math.max(0, followed.afterMs), i18n.language) })
      : followed.kind === 'at'
        ? t('then_at', { time: momentText(new Date(followed.at), i18n.language, 'time') })
        : t(`then_${followed.kind}`)
  return <Text size="sm">{said}</Text>
}

function Moment({ at, until }: { at: string; until?: string }) {
  const { t, i18n } = useTranslation('messages')
  const tookMs = until === undefined ? 0 : Date.parse(until) - Date.parse(at)
  return (
    <Text size="sm" c="dimmed">
      <When at={at} detail="full" />
      {until !== undefined && ` · ${t('took', { duration: durationText(tookMs, i18n.language) })}`}
    </Text>
  )
}
