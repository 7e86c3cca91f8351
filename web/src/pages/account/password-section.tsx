import { Button, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useTranslation } from 'react-i18next'
import { useChangeMe } from '../../api/account.ts'
import { fieldErrors } from '../../parts/field-errors.ts'
import { ProblemNote } from '../../parts/problem-note.tsx'
import { Section } from '../../parts/section.tsx'
import { useMe } from '../../session/session.ts'
import { SecretInput } from '../../parts/secret-input.tsx'

const SHORTEST = 8

export function PasswordSection() {
  const { t } = useTranslation('account')
  const { login } = useMe()
  const change = useChangeMe({ passwordMayBeWrong: true })
  const form = useForm({
    initialValues: { currentPassword: '', password: '' },
    validate: {
      currentPassword: (password) => (password === '' ? t('currentNeeded') : null),
      password: (password) => (Array.from(password).length >= SHORTEST ? null : t('passwordShape')),
    },
  })
  const submit = form.onSubmit((wish) =>
    change.mutate(wish, {
      onSuccess: () => {
        form.reset()
        notifications.show({ message: t('passwordChanged'), color: 'green' })
      },
      onError: (problem) =>
        form.setErrors(
          problem.code === 'credentials_invalid'
            ? { currentPassword: t('currentWrong') }
            : fieldErrors(problem, t('passwordWrong')),
        ),
    }),
  )
  const atFields = change.error?.code === 'credentials_invalid' || change.error?.code === 'request_invalid'
  const eye = { 'aria-label': t('showPassword') }
  return (
    <Section title={t('password')} about={t('passwordMore')}>
      <form noValidate onSubmit={submit}>
        <Stack align="flex-start">
          <ProblemNote problem={atFields ? null : change.error} />
          {/* So that a password manager knows whose password this is. */}
          <input type="text" autoComplete="username" value={login} readOnly hidden />
          <SecretInput
            label={t('current')}
            autoComplete="current-password"
            w="100%"
            maw={360}
            visibilityToggleButtonProps={eye}
            {...form.getInputProps('currentPassword')}
          />
          <SecretInput
            label={t('new')}
            description={t('passwordShape')}
            autoComplete="new-password"
            w="100%"
            maw={360}
            visibilityToggleButtonProps={eye}
            {...form.getInputProps('password')}
          />
          <Button type="submit" loading={change.isPending}>
            {t('changePassword')}
          </Button>
        </Stack>
      </form>
    </Section>
  )
}
