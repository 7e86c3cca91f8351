import { Badge, Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { LogOut } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { type SessionEntry, sessionsQuery, useEndSession, useEndSessions } from '../../api/sessions.ts'
import { ExactTime } from '../../parts/exact-time.tsx'
import { ProblemNote } from '../../parts/problem-note.tsx'
import { Section } from '../../parts/section.tsx'
import { useLeave } from '../../session/session.ts'
import { deviceOf } from './device.ts'

export function SessionsSection() {
  const { t } = useTranslation('account')
  const { data: sessions, error, refetch } = useQuery(sessionsQuery)
  const endAll = useEndSessions()
  const leave = useLeave()
  return (
    <Section title={t('sessions')} about={t('sessionsMore')}>
      <ProblemNote problem={error} again={refetch} />
      <ProblemNote problem={endAll.error} />
      {sessions === undefined && !error && <Skeleton height={64} />}
      <Stack gap="sm" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
        {sessions?.map((session) => (
          <SessionRow key={session.id} session={session} />
        ))}
      </Stack>
      <Group gap="xs">
        <Button
          variant="default"
          disabled={(sessions?.length ?? 0) < 2}
          loading={endAll.isPending}
          onClick={() => endAll.mutate({ keepCurrent: true })}
        >
          {t('endOthers')}
        </Button>
        <Button
          variant="default"
          color="red"
          leftSection={<LogOut size={16} aria-hidden />}
          onClick={() => endAll.mutate({ keepCurrent: false }, { onSuccess: () => void leave() })}
        >
          {t('endAll')}
        </Button>
      </Group>
    </Section>
  )
}

function SessionRow({ session }: { session: SessionEntry }) {
  const { t } = useTranslation('account')
  const end = useEndSession()
  const { id, userAgent, current, lastSeenAt, createdAt } = session
  const device = deviceOf(userAgent) ?? t('unknownDevice')
  return (
    <Group component="li" justify="space-between" wrap="nowrap" align="flex-start">
      <Stack gap={0} miw={0}>
        <Group gap="xs">
          <Text size="sm" fw={500} className="anywhere" title={userAgent ?? undefined}>
            {device}
          </Text>
          {current && (
            <Badge variant="light" tt="none">
              {t('thisOne')}
            </Badge>
          )}
        </Group>
        <Text size="sm" c="dimmed">
          {t('since')} <ExactTime at={createdAt} /> · {t('lastSeen')} <ExactTime at={lastSeenAt} />
        </Text>
        <ProblemNote problem={end.error} />
      </Stack>
      {!current && (
        <Button
          size="xs"
          variant="default"
          flex="none"
          aria-label={t('endThat', { device })}
          loading={end.isPending}
          onClick={() => end.mutate(id)}
        >
          {t('end')}
        </Button>
      )}
    </Group>
  )
}
