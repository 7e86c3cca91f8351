import { Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { modals } from '@mantine/modals'
import { Trash2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { type ApiToken, useRevokeToken } from '../../api/tokens.ts'
import { ExactTime } from '../../parts/exact-time.tsx'
import { ProblemNote } from '../../parts/problem-note.tsx'

export function TokenCard({ token }: { token: ApiToken }) {
  const { t } = useTranslation(['tokens', 'common'])
  const revoke = useRevokeToken()
  const { id, name, scopes, hint, createdAt, expiresAt, lastUsedAt } = token
  const expired = expiresAt !== null && Date.parse(expiresAt) <= Date.now()
  const confirm = () =>
    modals.openConfirmModal({
      title: t('revokeTitle', { name }),
      children: <Text size="sm">{t('revokeMore')}</Text>,
      labels: { confirm: t('revoke'), cancel: t('common:cancel') },
      confirmProps: { color: 'red' },
      onConfirm: () => revoke.mutate(id),
    })
  return (
    <Paper withBorder p="md" component="article" aria-label={name}>
      <Group justify="space-between" align="flex-start">
        <Stack gap={4} miw={0} flex="1 1 16rem">
          <Group gap="xs">
            <Title order={2} size="h5" className="anywhere">
              {name}
            </Title>
            {scopes.map((scope) => (
              <Badge key={scope} variant="light" tt="none">
                {t(scope)}
              </Badge>
            ))}
            {expired && (
              <Badge color="red" variant="light" tt="none">
                {t('expired')}
              </Badge>
            )}
          </Group>
          <Text size="sm" c="dimmed">
            {t('endsWith', { hint })} · {t('madeAt')} <ExactTime at={createdAt} /> ·{' '}
            {lastUsedAt === null ? t('notYet') : <Said words={t('lastUsed')} at={lastUsedAt} />} ·{' '}
            {expiresAt === null ? t('forGood') : <Said words={t('goodUntil')} at={expiresAt} />}
          </Text>
          <ProblemNote problem={revoke.error} />
        </Stack>
        <Button
          variant="default"
          size="xs"
          leftSection={<Trash2 size={14} aria-hidden />}
          loading={revoke.isPending}
          aria-label={t('revokeThat', { name })}
          onClick={confirm}
        >
          {t('revoke')}
        </Button>
      </Group>
    </Paper>
  )
}

function Said({ words, at }: { words: string; at: string }) {
  return (
    <>
      {words} <ExactTime at={at} />
    </>
  )
}
