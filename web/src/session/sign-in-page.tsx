import { Alert, Anchor, Button, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { answer, api } from '../api/client.ts'
import type { Problem } from '../api/problem.ts'
import { ProblemNote } from '../parts/problem-note.tsx'
import { Entrance } from './entrance.tsx'
import { beginSession, useGoOn, useGoOnWithOthers } from './session.ts'
import { SecretInput } from '../parts/secret-input.tsx'

export function SignInPage() {
  const { t } = useTranslation('session')
  const { next, ended } = useSearch({ from: '/sign-in' })
  const form = useForm({
    initialValues: { login: '', password: '' },
    validate: {
      login: (login) => (login.trim() === '' ? t('loginNeeded') : null),
      password: (password) => (password === '' ? t('passwordNeeded') : null),
    },
  })
  const signIn = useSignIn(next)
  useGoOnWithOthers(next)
  return (
    <Entrance title={t('signIn')}>
      <form
        noValidate
        onSubmit={form.onSubmit(({ login, password }) => signIn.mutate({ login: login.trim(), password }))}
      >
        <Stack>
          {ended && !signIn.error && (
            <Alert role="status" title={t('ended')}>
              {t('endedMore')}
            </Alert>
          )}
          <ProblemNote problem={signIn.error} known={{ credentials_invalid: t('wrong') }} />
          <TextInput
            label={t('login')}
            autoComplete="username"
            autoCapitalize="none"
            autoFocus
            {...form.getInputProps('login')}
          />
          <SecretInput
            label={t('password')}
            autoComplete="current-password"
            {...form.getInputProps('password')}
            visibilityToggleButtonProps={{ 'aria-label': t('showPassword') }}
          />
          <Button type="submit" loading={signIn.isPending} fullWidth>
            {t('signIn')}
          </Button>
          <Text size="sm" ta="center">
            {t('noAccount')}{' '}
            <Anchor
              inherit
              underline="always"
              renderRoot={(props) => <Link to="/sign-up" search={next ? { next } : {}} {...props} />}
            >
              {t('signUp')}
            </Anchor>
          </Text>
        </Stack>
      </form>
    </Entrance>
  )
}

function useSignIn(next: string | undefined) {
  const goOn = useGoOn(next)
  return useMutation<void, Problem, { login: string; password: string }>({
    mutationFn: async (body) => {
      const { user } = await answer(api.POST('/v1/sessions', { body }))
      await beginSession(user)
      await goOn()
    },
    meta: { mayBeNobody: true },
  })
}
