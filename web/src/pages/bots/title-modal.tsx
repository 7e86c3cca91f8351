import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useTranslation } from 'react-i18next'
import { type Bot, useChangeBot } from '../../api/bots.ts'
import { fieldErrors } from '../../parts/field-errors.ts'
import { ProblemNote } from '../../parts/problem-note.tsx'

interface Props {
  bot: Bot
  opened: boolean
  onClose: () => void
  /** It is gone from sight. */
  onGone: () => void
}

export function TitleModal({ bot, opened, onClose, onGone }: Props) {
  const { t } = useTranslation('bots')
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      onExitTransitionEnd={onGone}
      title={t('rename')}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Fields bot={bot} onClose={onClose} />
    </Modal>
  )
}

function Fields({ bot, onClose }: { bot: Bot; onClose: () => void }) {
  const { t } = useTranslation(['bots', 'common'])
  const change = useChangeBot()
  const form = useForm({ initialValues: { title: bot.title ?? '' } })
  const submit = form.onSubmit(({ title }) =>
    change.mutate(
      { id: bot.id, wish: { title: title.trim() === '' ? null : title.trim() } },
      { onSuccess: onClose, onError: (problem) => form.setErrors(fieldErrors(problem, t('titleWrong'))) },
    ),
  )
  return (
    <form noValidate onSubmit={submit}>
      <Stack>
        <ProblemNote problem={change.error?.code === 'request_invalid' ? null : change.error} />
        <TextInput
          label={t('botTitle')}
          description={t('botTitleMore')}
          placeholder={bot.name}
          maxLength={64}
          data-autofocus
          {...form.getInputProps('title')}
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
