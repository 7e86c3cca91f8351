import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { Download, Trash2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useDeleteMe } from '../../api/account.ts'
import { useProblemText } from '../../parts/problem-text.ts'
import { Section } from '../../parts/section.tsx'
import { SecretInput } from '../../parts/secret-input.tsx'
import { useLeave } from '../../session/session.ts'

/** What the account holds, to take along and to take away. */
export function DataSection() {
  const { t } = useTranslation('account')
  const [deleting, { open, close }] = useDisclosure()
  return (
    <Section title={t('data')} about={t('dataMore')}>
      <Group gap="xs">
        <Button
          component="a"
          href="/v1/me/export"
          download
          variant="default"
          leftSection={<Download size={16} aria-hidden />}
        >
          {t('download')}
        </Button>
        <Button color="red" variant="light" leftSection={<Trash2 size={16} aria-hidden />} onClick={open}>
          {t('delete')}
        </Button>
      </Group>
      <Modal opened={deleting} onClose={close} title={t('deleteTitle')} closeButtonProps={{ 'aria-label': t('close') }}>
        <DeleteForm onCancel={close} />
      </Modal>
    </Section>
  )
}

function DeleteForm({ onCancel }: { onCancel: () => void }) {
  const { t } = useTranslation(['account', 'common'])
  const say = useProblemText()
  const leave = useLeave('/sign-up')
  const remove = useDeleteMe()
  const form = useForm({
    initialValues: { password: '' },
    validate: { password: (password) => (password === '' ? t('currentNeeded') : null) },
  })
  const submit = form.onSubmit((wish) =>
    remove.mutate(wish, {
      onSuccess: () => {
        notifications.show({ message: t('deleted'), color: 'green' })
        void leave()
      },
      onError: (problem) =>
        form.setErrors({ password: problem.code === 'credentials_invalid' ? t('currentWrong') : say(problem) }),
    }),
  )
  return (
    <form noValidate onSubmit={submit}>
      <Stack>
        <Text size="sm">{t('deleteMore')}</Text>
        <SecretInput
          label={t('current')}
          autoComplete="current-password"
          data-autofocus
          visibilityToggleButtonProps={{ 'aria-label': t('showPassword') }}
          {...form.getInputProps('password')}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {t('common:cancel')}
          </Button>
          <Button type="submit" color="red" loading={remove.isPending}>
            {t('deleteForGood')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
