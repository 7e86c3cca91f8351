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
  RotateCw,
  Route,
  Send,
  WifiOff,
  X,
} from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { CauseText } from '../../parts/cause-text.tsx'
import { durationText } from '../../parts/duration.ts'
import { useNow } from '../../parts/use-now.ts'
import { momentText, When } from '../../parts/when.tsx'
import {
  type Attempt,
  type Chapter,
  type Detailed,
  endWithoutCall,
  type Followed,
  resentBefore,
  storyOf,
} from './story.ts'

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

/** No item is still to come. */
const EVERY = Number.MAX_SAFE_INTEGER

/** What happened to a message: accepted, then each call to Telegram in plain words. */
export function Attempts({ message }: { message: Detailed }) {
  const { t } = useTranslation('messages')
  const story = storyOf(message)
  const resentAt = resentBefore(message)
  const end = endWithoutCall(message)
  const EndIcon = message.status === 'failed' ? X : Ban
  const wish = (key: string) => (
    <Timeline.Item key={key} bullet={<RotateCw size={16} aria-hidden />} title={t('resentByHand')} />
  )
  return (
    <Timeline bulletSize={28} lineWidth={2} active={EVERY} styles={{ itemTitle: { lineHeight: 1.35 } }}>
      <Timeline.Item bullet={<Inbox size={16} aria-hidden />} title={t('accepted_event')}>
        <Moment at={message.createdAt} />
      </Timeline.Item>
      {story.flatMap((chapter, index) => {
        const { icon: Icon, color } = LOOKS[chapter.attempt.outcome]
        const { number, startedAt, finishedAt } = chapter.attempt
        const call = (
          <Timeline.Item
            key={number}
            color={color}
            bullet={<Icon size={16} aria-hidden />}
            title={<What chapter={chapter} />}
          >
            <Reason {...chapter} />
            <Follows followed={chapter.followed} />
            <Moment at={startedAt} until={finishedAt} />
          </Timeline.Item>
        )
        const before = resentAt === index ? [wish(`before-${number}`)] : []
        const after = chapter.followed?.kind === 'byHand' ? [wish(`after-${number}`)] : []
        return [...before, call, ...after]
      })}
      {resentAt === story.length && wish('resent')}
      {message.status === 'sending' && message.sendingSince !== null && (
        <Timeline.Item bullet={<Send size={16} aria-hidden />} title={t('beingSent')}>
          <UnderWay since={message.sendingSince} />
        </Timeline.Item>
      )}
      {end !== null && (
        <Timeline.Item
          color={message.status === 'failed' ? 'red' : 'gray'}
          bullet={<EndIcon size={16} aria-hidden />}
          title={<EndOf message={message} />}
        >
          <Moment at={end} />
        </Timeline.Item>
      )}
    </Timeline>
  )
}

/** What ended a message that no call had ended. */
function EndOf({ message: { status, error } }: { message: Detailed }) {
  const { t } = useTranslation('messages')
  if (status === 'cancelled') return t('cancelledEvent')
  if (status === 'expired') return t('expiredEvent')
  return error ? t(`failure_${error.code}`) : t(`status_${status}`)
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
      <CauseText cause={cause} sentence={reason} brief />
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

/** How long a call lasts so far. Read aloud only when asked: who wants to hear seconds being counted? */
function UnderWay({ since }: { since: string }) {
  const { t, i18n } = useTranslation('messages')
  const now = useNow()
  const lastedMs = Math.max(1000, Math.floor((now - Date.parse(since)) / 1000) * 1000)
  return (
    <Text size="sm" c="dimmed" role="timer" aria-live="off">
      {t('since')} <When at={since} detail="full" /> · {durationText(lastedMs, i18n.language)}
    </Text>
  )
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
