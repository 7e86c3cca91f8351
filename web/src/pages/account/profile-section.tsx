import { Button, Code, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useTranslation } from 'react-i18next'
import { useChangeMe } from '../../api/account.ts'
import { fieldErrors } from '../../parts/field-errors.ts'
import { ProblemNote } from '../../parts/problem-note.tsx'
import { Section } from '../../parts/section.tsx'
import { useMe } from '../../session/session.ts'
import { LanguageSwitch } from '../../shell/language-switch.tsx'
import { HEADINGS } from './heading.ts'

/** Name and language, and what they do to every message. */
export function ProfileSection() {
  const { t } = useTranslation(['account', 'common'])
  const me = useMe()
  const change = useChangeMe()
  const form = useForm({
    initialValues: { name: me.name },
    validate: { name: (name) => (name.trim() === '' ? t('nameNeeded') : null) },
  })
  const submit = form.onSubmit(({ name }) =>
    change.mutate(
      { name: name.trim() },
      {
        onSuccess: ({ name: saved }) => {
          form.setValues({ name: saved })
          notifications.show({ message: t('saved'), color: 'green' })
        },
        onError: (problem) => form.setErrors(fieldErrors(problem, t('nameWrong'))),
      },
    ),
  )
  return (
    <Section title={t('profile')} about={t('profileMore', { login: me.login })}>
      <form noValidate onSubmit={submit}>
        <Stack align="flex-start">
          <ProblemNote problem={change.error?.code === 'request_invalid' ? null : change.error} />
          <TextInput
            label={t('name')}
            autoComplete="name"
            maxLength={64}
            w="100%"
            maw={360}
            {...form.getInputProps('name')}
          />
          <Stack gap={4}>
            <Text size="sm" fw={500}>
              {t('common:language')}
            </Text>
            <LanguageSwitch />
          </Stack>
          <Stack gap={4} w="100%">
            <Text size="sm" fw={500}>
              {t('preview')}
            </Text>
            <Code block className="anywhere" style={{ whiteSpace: 'pre-wrap', fontFamily: 'inherit' }} fz="sm">
              <Heading name={form.values.name.trim() || me.name} />
              {`\n${t('previewText')}`}
            </Code>
          </Stack>
          <Button type="submit" loading={change.isPending} disabled={form.values.name.trim() === me.name}>
            {t('common:save')}
          </Button>
        </Stack>
      </form>
    </Section>
  )
}

/** What Telegram leaves out of a message: separators of lines, and direction controls. */
const LEFT_OUT = /[\u2028-\u202e]/g

/** The name stands alone in its direction. */
function Heading({ name }: { name: string }) {
  const { locale } = useMe()
  return (
    <>
      <bdi>{name.replaceAll(LEFT_OUT, '')}</bdi>
      {HEADINGS[locale](name).slice(name.length)}
    </>
  )
}
