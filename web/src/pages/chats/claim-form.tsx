import { Button, Stack, Text, TextInput, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useTranslation } from 'react-i18next'
import { type Chat, useClaimChat } from '../../api/chats.ts'
import { useProblemText } from '../../parts/problem-text.ts'

/** The other way round: the bot gave the chat a code, and the account shows it. */
export function ClaimForm({ onLinked }: { onLinked: (chat: Chat) => void }) {
  const { t } = useTranslation('chats')
  const say = useProblemText()
  const claim = useClaimChat()
  const form = useForm({
    initialValues: { code: '' },
    validate: { code: (code) => (code.trim() === '' ? t('codeNeeded') : null) },
  })
  const submit = form.onSubmit(({ code }) =>
    claim.mutate(code.trim(), {
      onSuccess: onLinked,
      onError: (problem) => form.setErrors({ code: say(problem) }),
    }),
  )
  return (
    <section aria-labelledby="code-from-bot">
      <form noValidate onSubmit={submit}>
        <Stack gap="sm">
          <Title order={3} size="h5" id="code-from-bot">
            {t('fromThere')}
          </Title>
          <Text size="sm">{t('fromThereMore')}</Text>
          <TextInput
            label={t('codeFromBot')}
            placeholder="abcd-efgh-jkmn"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={64}
            maw={320}
            {...form.getInputProps('code')}
          />
          <Button type="submit" variant="default" loading={claim.isPending} w="fit-content">
            {t('linkIt')}
          </Button>
        </Stack>
      </form>
    </section>
  )
}
