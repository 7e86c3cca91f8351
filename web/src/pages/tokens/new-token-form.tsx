import { Button, Checkbox, Group, Modal, Select, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useTranslation } from 'react-i18next'
import { type NewApiToken, type Scope, useCreateToken } from '../../api/tokens.ts'
import { fieldErrors } from '../../parts/field-errors.ts'
import { ProblemNote } from '../../parts/problem-note.tsx'

const SCOPES = ['send', 'read', 'manage'] as const satisfies readonly Scope[]

/** In days; a token that a script needs for good has none. */
const LIVES = ['never', '7', '30', '90', '365'] as const
type Life = (typeof LIVES)[number]

const DAY_MS = 24 * 60 * 60 * 1000

interface NewTokenFormProps {
  opened: boolean
  onClose: () => void
  onMade: (made: NewApiToken) => void
}

export function NewTokenForm({ opened, onClose, onMade }: NewTokenFormProps) {
  const { t } = useTranslation('tokens')
  return (
    <Modal opened={opened} onClose={onClose} title={t('make')} closeButtonProps={{ 'aria-label': t('close') }}>
      <Fields
        onMade={(made) => {
          onMade(made)
          onClose()
        }}
        onClose={onClose}
      />
    </Modal>
  )
}

function Fields({ onMade, onClose }: Omit<NewTokenFormProps, 'opened'>) {
  const { t } = useTranslation(['tokens', 'common'])
  const create = useCreateToken()
  const form = useForm<{ name: string; scopes: Scope[]; life: Life }>({
    initialValues: { name: '', scopes: ['send'], life: 'never' },
    validate: {
      name: (name) => (name.trim() === '' ? t('nameNeeded') : null),
      scopes: (scopes) => (scopes.length === 0 ? t('scopeNeeded') : null),
    },
  })
  const submit = form.onSubmit(({ name, scopes, life }) => {
    const expiresAt = life === 'never' ? null : new Date(Date.now() + Number(life) * DAY_MS).toISOString()
    create.mutate(
      { name: name.trim(), scopes, expiresAt },
      { onSuccess: onMade, onError: (problem) => form.setErrors(fieldErrors(problem, t('wrong'))) },
    )
  })
  return (
    <form noValidate onSubmit={submit}>
      <Stack>
        <ProblemNote problem={create.error?.code === 'request_invalid' ? null : create.error} />
        <TextInput
          label={t('name')}
          description={t('nameMore')}
          placeholder={t('nameExample')}
          maxLength={64}
          data-autofocus
          {...form.getInputProps('name')}
        />
        <Checkbox.Group label={t('scopes')} {...form.getInputProps('scopes')}>
          <Stack gap="xs" mt="xs">
            {SCOPES.map((scope) => (
              <Checkbox key={scope} value={scope} label={t(scope)} description={t(`${scope}More`)} />
            ))}
          </Stack>
        </Checkbox.Group>
        <Select
          label={t('expires')}
          allowDeselect={false}
          data={LIVES.map((life) => ({
            value: life,
            label: life === 'never' ? t('expiresNever') : t('expiresIn', { count: Number(life) }),
          }))}
          {...form.getInputProps('life')}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common:cancel')}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {t('makeIt')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
