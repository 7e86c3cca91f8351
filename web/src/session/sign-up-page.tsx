import { Anchor, Button, Stack, Text, TextInput } from '@mantine/core'
import { type FormErrors, useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Locale } from '../api/account.ts'
import { answer, api } from '../api/client.ts'
import type { Problem } from '../api/problem.ts'
import { fieldErrors } from '../parts/field-errors.ts'
import { ProblemNote } from '../parts/problem-note.tsx'
import { Entrance } from './entrance.tsx'
import { beginSession, useGoOn } from './session.ts'
import { SecretInput } from '../parts/secret-input.tsx'

interface Wish {
  login: string
  password: string
  name: string
}

/** As the API refuses them, so that most mistakes are seen before they travel. */
const LOGIN = /^[A-Za-z0-9._@+-]{3,64}$/
const SHORTEST_PASSWORD = 8
const LONGEST_NAME = 64

/** From top to bottom. */
const FIELDS = ['name', 'login', 'password'] as const

/** In code points, as the API counts. */
function lengthOf(text: string): number {
  return Array.from(text).length
}

export function SignUpPage() {
  const { t, i18n } = useTranslation('session')
  const { next } = useSearch({ from: '/sign-up' })
  const form = useForm<Wish>({
    initialValues: { login: '', password: '', name: '' },
    validate: {
      login: (login) => (LOGIN.test(login.trim()) ? null : t('loginShape')),
      password: (password) => (lengthOf(password) >= SHORTEST_PASSWORD ? null : t('passwordShape')),
      name: (name) => {
        if (name.trim() === '') return t('nameNeeded')
        return lengthOf(name.trim()) > LONGEST_NAME ? t('nameShape') : null
      },
    },
  })
  const signUp = useSignUp(next)
  /** Shown where they are wrong, and the first of them in hand. */
  const refuse = (errors: FormErrors): void => {
    form.setErrors(errors)
    const first = FIELDS.find((field) => Boolean(errors[field]))
    if (first) form.getInputNode(first)?.focus()
  }
  const submit = form.onSubmit(({ login, password, name }) => {
    const wish = { login: login.trim(), password, name: name.trim(), locale: i18n.language as Locale }
    signUp.mutate(wish, {
      onError: (problem) => {
        if (problem.code === 'login_taken') refuse({ login: t('loginTaken') })
        else refuse(fieldErrors(problem, t('notAsItShouldBe')))
      },
    })
  }, refuse)
  const inFields = signUp.error?.code === 'login_taken' || signUp.error?.code === 'request_invalid'
  return (
    <Entrance title={t('signUp')}>
      <form noValidate onSubmit={submit}>
        <Stack>
          <ProblemNote problem={inFields ? null : signUp.error} />
          <TextInput
            label={t('name')}
            description={t('nameMore')}
            autoComplete="name"
            autoFocus
            {...form.getInputProps('name')}
          />
          <TextInput
            label={t('login')}
            description={form.errors['login'] ? null : t('loginMore')}
            autoComplete="username"
            autoCapitalize="none"
            {...form.getInputProps('login')}
          />
          <SecretInput
            label={t('password')}
            description={form.errors['password'] ? null : t('passwordShape')}
            autoComplete="new-password"
            {...form.getInputProps('password')}
            visibilityToggleButtonProps={{ 'aria-label': t('showPassword') }}
          />
          <Button type="submit" loading={signUp.isPending} fullWidth>
            {t('signUp')}
          </Button>
          <Text size="sm" ta="center">
            {t('haveAccount')}{' '}
            <Anchor
              inherit
              underline="always"
              renderRoot={(props) => <Link to="/sign-in" search={next ? { next } : {}} {...props} />}
            >
              {t('signIn')}
            </Anchor>
          </Text>
        </Stack>
      </form>
    </Entrance>
  )
}

function useSignUp(next: string | undefined) {
  const goOn = useGoOn(next)
  return useMutation<void, Problem, Wish & { locale: Locale }>({
    mutationFn: async (body) => {
      await answer(api.POST('/v1/users', { body }))
      const { user } = await answer(api.POST('/v1/sessions', { body: { login: body.login, password: body.password } }))
      await beginSession(user)
      await goOn()
    },
    meta: { mayBeNobody: true },
  })
}
