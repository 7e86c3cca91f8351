import { Anchor, Button, Code, Group, List, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { type Bot, useAddBot } from '../../api/bots.ts'
import { sandboxQuery, useMakeSandboxBot } from '../../api/sandbox.ts'
import { useProblemText } from '../../parts/problem-text.ts'
import { ProblemNote } from '../../parts/problem-note.tsx'
import { SecretInput } from '../../parts/secret-input.tsx'

/** Refusals that are about the token, and stand at its field. */
const OF_THE_TOKEN: ReadonlySet<string> = new Set(['bot_token_invalid', 'bot_token_taken', 'request_invalid'])

export function AddBotForm({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation('bots')
  const told = ({ username }: Bot): void => {
    notifications.show({ message: t('added', { bot: username }), color: 'green' })
    onClose()
  }
  return (
    <Modal opened={opened} onClose={onClose} title={t('add')} size="lg" closeButtonProps={{ 'aria-label': t('close') }}>
      <Stack>
        <Fields onAdded={told} onCancel={onClose} />
      </Stack>
    </Modal>
  )
}

/** What to do in Telegram, a step at a time; in the sandbox there is no BotFather, and we are it. */
function HowToGetOne({ onToken }: { onToken: (token: string) => void }) {
  const { t } = useTranslation('bots')
  const { data: sandbox } = useQuery(sandboxQuery)
  const make = useMakeSandboxBot()
  if (sandbox) {
    return (
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{t('guideSandbox')}</Text>
        <ProblemNote problem={make.error} />
        <Button
          variant="light"
          loading={make.isPending}
          onClick={() => make.mutate({ sandbox, name: t('sandboxBot') }, { onSuccess: onToken })}
        >
          {t('makeSandboxBot')}
        </Button>
      </Stack>
    )
  }
  return (
    <section aria-label={t('guide')}>
      <List type="ordered" size="sm" spacing={6}>
        <List.Item>
          {t('guide1')}{' '}
          <Anchor href="https://t.me/BotFather" target="_blank" rel="noreferrer" inherit>
            @BotFather
          </Anchor>
          {t('guide1End')}
        </List.Item>
        <List.Item>
          {t('guide2')} <Code>/newbot</Code>
        </List.Item>
        <List.Item>{t('guide3')}</List.Item>
        <List.Item>
          {t('guide4')} <Code>123456789:AAE…</Code>
        </List.Item>
      </List>
      <Text size="sm" c="dimmed" mt="xs">
        {t('guideOld')} <Code>/mybots</Code>
      </Text>
    </section>
  )
}

function Fields({ onAdded, onCancel }: { onAdded: (bot: Bot) => void; onCancel: () => void }) {
  const { t } = useTranslation(['bots', 'common'])
  const say = useProblemText()
  const add = useAddBot()
  const form = useForm({
    initialValues: { token: '', title: '' },
    validate: { token: (token) => (token.trim() === '' ? t('tokenNeeded') : null) },
  })
  const submit = form.onSubmit(({ token, title }) =>
    add.mutate(
      { token: token.trim(), title: title.trim() === '' ? null : title.trim() },
      {
        onSuccess: onAdded,
        onError: (problem) => {
          if (OF_THE_TOKEN.has(problem.code)) form.setErrors({ token: say(problem) })
        },
      },
    ),
  )
  return (
    <form noValidate onSubmit={submit}>
      <Stack>
        <HowToGetOne onToken={(token) => form.setFieldValue('token', token)} />
        <ProblemNote problem={add.error && !OF_THE_TOKEN.has(add.error.code) ? add.error : null} />
        <SecretInput
          label={t('token')}
          description={t('tokenMore')}
          autoComplete="off"
          data-autofocus
          visibilityToggleButtonProps={{ 'aria-label': t('showToken') }}
          {...form.getInputProps('token')}
        />
        <TextInput
          label={t('botTitle')}
          description={t('botTitleMore')}
          maxLength={64}
          {...form.getInputProps('title')}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {t('common:cancel')}
          </Button>
          <Button type="submit" loading={add.isPending}>
            {t('addIt')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
