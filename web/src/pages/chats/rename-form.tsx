import { Button, Group, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useTranslation } from 'react-i18next'
import { type Chat, useChangeChat } from '../../api/chats.ts'
import { fieldErrors } from '../../parts/field-errors.ts'
import { useProblemText } from '../../parts/problem-text.ts'

/** An empty name is none: then the chat is called as in Telegram. */
export function RenameForm({ chat, onDone }: { chat: Chat; onDone: () => void }) {
  const { t } = useTranslation(['chats', 'common'])
  const say = useProblemText()
  const change = useChangeChat()
  const form = useForm({ initialValues: { name: chat.name ?? '' } })
  const submit = form.onSubmit(({ name }) => {
    const wish = { id: chat.id, name: name.trim() === '' ? null : name.trim() }
    change.mutate(wish, {
      onSuccess: onDone,
      onError: (problem) => form.setErrors({ name: say(problem), ...fieldErrors(problem, t('nameWrong')) }),
    })
  })
  return (
    <form noValidate onSubmit={submit}>
      <Group align="flex-start" gap="xs">
        <TextInput
          aria-label={t('name')}
          placeholder={chat.title ?? t('name')}
          maxLength={64}
          autoFocus
          flex="1 1 12rem"
          {...form.getInputProps('name')}
        />
        <Button type="submit" loading={change.isPending}>
          {t('common:save')}
        </Button>
        <Button variant="default" onClick={onDone}>
          {t('common:cancel')}
        </Button>
      </Group>
    </form>
  )
}
