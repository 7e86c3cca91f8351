import { Anchor, Divider, Group, Stack, Stepper, Text, VisuallyHidden } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CircleX } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Message, MessageStatus } from '../api/message-filter.ts'
import { firstLine } from '../api/message-rows.ts'
import { isMoving, messageQuery } from '../api/messages.ts'
import { useStateSentence } from './state-sentence.ts'

/** How many of the three steps are behind. */
const STEPS_DONE: Readonly<Record<MessageStatus, number>> = {
  queued: 1,
  sending: 1,
  delivered: 3,
  failed: 2,
  uncertain: 2,
  cancelled: 1,
  expired: 1,
}

/** A message on its way, step by step, as it happens. */
export function SentMessage({ id }: { id: string }) {
  const { t } = useTranslation('messages')
  const { data: message } = useQuery(messageQuery(id))
  if (!message) return null
  return (
    <Stack gap="sm">
      <Divider label={t('sent')} />
      <Group justify="space-between" wrap="nowrap">
        <Text truncate title={firstLine(message.text)}>
          {firstLine(message.text)}
        </Text>
        <Anchor
          renderRoot={(props) => <Link to="/messages/$messageId" params={{ messageId: id }} {...props} />}
          size="sm"
          flex="none"
        >
          {t('showMessage')}
        </Anchor>
      </Group>
      <Steps message={message} />
      <How message={message} />
    </Stack>
  )
}

function Steps({ message: { status } }: { message: Message }) {
  const { t } = useTranslation('messages')
  const done = STEPS_DONE[status]
  const wentWrong = !isMoving({ status }) && status !== 'delivered'
  return (
    <Stepper
      active={done}
      size="xs"
      iconSize={24}
      maw={480}
      wrap={false}
      // Side by side, each with its word below it: they fit on the smallest screen, in Russian, too.
      styles={{
        step: { flexDirection: 'column', gap: 4 },
        stepBody: { margin: 0 },
        separator: { alignSelf: 'flex-start', marginTop: 11, marginInline: 4 },
      }}
      color={wentWrong ? 'red' : 'green'}
      aria-hidden
    >
      <Stepper.Step label={t('step_accepted')} />
      <Stepper.Step label={t('step_sending')} loading={status === 'sending'} />
      <Stepper.Step
        label={t(wentWrong ? `status_${status}` : 'step_delivered')}
        color={wentWrong ? 'red' : 'green'}
        {...(wentWrong && { icon: <CircleX size={16} aria-hidden /> })}
      />
    </Stepper>
  )
}

function How({ message }: { message: Message }) {
  const { t } = useTranslation('messages')
  const say = useStateSentence()
  return (
    <Text size="sm" role="status">
      {/* Whoever sees the steps sees it there. */}
      <VisuallyHidden>{t(`status_${message.status}`)}: </VisuallyHidden>
      {say(message)}
    </Text>
  )
}
