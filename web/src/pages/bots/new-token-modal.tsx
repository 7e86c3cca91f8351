import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useTranslation } from 'react-i18next'
import { type Bot, useChangeBot } from '../../api/bots.ts'
import { useProblemText } from '../../parts/problem-text.ts'
import { SecretInput } from '../../parts/secret-input.tsx'

/** After the old token was revoked: chats and what waits stay. */
interface Props {
  bot: Bot
  opened: boolean
  onClose: () => void
  /** It is gone from sight. */
  onGone: () => void
}

export function NewTokenModal({ bot, opened, onClose, onGone }: Props) {
  const { t } = useTranslation('bots')
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      onExitTransitionEnd={onGone}
      title={t('newToken')}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Fields bot={bot} onClose={onClose} />
    </Modal>
  )
}

function Fields({ bot, onClose }: { bot: Bot; onClose: () => void }) {
  const { t } = useTranslation(['bots', 'common'])
  const say = useProblemText()
  const change = useChangeBot()
  const form = useForm({
    initialValues: { token: '' },
    validate: { token: (token) => (token.trim() === '' ? t('tokenNeeded') : null) },
  })
  const submit = form.onSubmit(({ token }) =>
    change.mutate(
      { id: bot.id, wish: { token: token.trim() } },
      {
        onSuccess: () => {
          notifications.show({ message: t('tokenTaken', { bot: bot.username }), color: 'green' })
          onClose()
        },
        onError: (problem) =>
          form.setErrors({ token: problem.code === 'bot_token_invalid' ? t('newTokenWrong') : say(problem) }),
      },
    ),
  )
  return (
    <form noValidate onSubmit={submit}>
      <Stack>
        <Text size="sm">{t('newTokenMore', { bot: bot.username })}</Text>
        <SecretInput
          label={t('token')}
          autoComplete="off"
          data-autofocus
          visibilityToggleButtonProps={{ 'aria-label': t('showToken') }}
          {...form.getInputProps('token')}
        />
        <Group justify="flex-end">
          <Button type="submit" loading={change.isPending}>
            {t('common:save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
