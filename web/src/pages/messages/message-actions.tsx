import { Button, Group, Text } from '@mantine/core'
import { modals } from '@mantine/modals'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { RotateCcw, Terminal, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { answer, api } from '../../api/client.ts'
import type { Problem } from '../../api/problem.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { useProblemText } from '../../parts/problem-text.ts'
import { curlOf } from './curl.ts'
import type { Detailed } from './story.ts'

/** What can be done with a message in its state. */
export function MessageActions({ message }: { message: Detailed }) {
  const { t } = useTranslation('messages')
  const { status } = message
  return (
    <Group gap="xs">
      {status === 'queued' && <CancelButton message={message} />}
      {(status === 'failed' || status === 'uncertain') && <ResendButton message={message} />}
      <CopyButton
        text={curlOf(message, location.origin, t('curlToken'))}
        label={t('copyCurl')}
        leftSection={<Terminal size={16} aria-hidden />}
      />
    </Group>
  )
}

/** Does it, says that it did or why not, and looks at the message again in both cases: it may have moved meanwhile. */
function useAct(id: string, act: () => Promise<unknown>, done: string) {
  const queries = useQueryClient()
  const say = useProblemText()
  return useMutation<unknown, Problem>({
    mutationFn: act,
    onSuccess: () => notifications.show({ message: done, color: 'green' }),
    onError: (problem) => notifications.show({ message: say(problem), color: 'red' }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['message', id] }),
  })
}

function CancelButton({ message: { id } }: { message: Detailed }) {
  const { t } = useTranslation('messages')
  const cancel = useAct(id, () => answer(api.DELETE('/v1/messages/{id}', { params: { path: { id } } })), t('cancelled'))
  const ask = (): void => {
    modals.openConfirmModal({
      title: t('cancelAsk'),
      children: <Text size="sm">{t('cancelAskMore')}</Text>,
      labels: { confirm: t('cancelDo'), cancel: t('keep') },
      confirmProps: { color: 'red' },
      closeButtonProps: { 'aria-label': t('close', { ns: 'common' }) },
      onConfirm: () => cancel.mutate(),
    })
  }
  return (
    <Button variant="default" leftSection={<X size={16} aria-hidden />} loading={cancel.isPending} onClick={ask}>
      {t('cancel')}
    </Button>
  )
}

function ResendButton({ message: { id, status } }: { message: Detailed }) {
  const { t } = useTranslation('messages')
  const resend = useAct(
    id,
    () => answer(api.POST('/v1/messages/{id}/resend', { params: { path: { id } } })),
    t('resent'),
  )
  const ask = (): void => {
    modals.openConfirmModal({
      title: t('resendAsk'),
      children: <Text size="sm">{t('resendAskMore')}</Text>,
      labels: { confirm: t('resend'), cancel: t('cancel', { ns: 'common' }) },
      closeButtonProps: { 'aria-label': t('close', { ns: 'common' }) },
      onConfirm: () => resend.mutate(),
    })
  }
  return (
    <Button
      leftSection={<RotateCcw size={16} aria-hidden />}
      loading={resend.isPending}
      // Only what may have arrived already needs a second thought.
      onClick={status === 'uncertain' ? ask : () => resend.mutate()}
    >
      {t('resend')}
    </Button>
  )
}
