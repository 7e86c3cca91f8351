import { Badge, Group, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { CircleCheck, CircleX } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { type Overview, overviewQuery } from '../../api/operator.ts'
import { Age } from '../../parts/age.tsx'
import { CauseText } from '../../parts/cause-text.tsx'
import { ExactTime } from '../../parts/exact-time.tsx'
import { ProblemNote } from '../../parts/problem-note.tsx'
import { Section } from '../../parts/section.tsx'
import { Tile } from '../../parts/tile.tsx'
import { bytesText } from './bytes-text.ts'

export function OverviewSection() {
  const { t } = useTranslation('operator')
  const { data: overview, error, refetch } = useQuery(overviewQuery)
  return (
    <Section title={t('overview')}>
      <ProblemNote problem={error} again={refetch} />
      {overview ? <Facts overview={overview} /> : !error && <Skeleton height={180} />}
    </Section>
  )
}

function Facts({ overview }: { overview: Overview }) {
  const { t } = useTranslation('operator')
  const { database, telegram, counts, processes, version, startedAt } = overview
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, sm: 2, xl: 4 }}>
        <Health label={t('database')} ok={database.ok}>
          <DatabaseFacts database={database} />
        </Health>
        <Health label={t('telegram')} ok={telegram.ok}>
          <TelegramFacts telegram={telegram} />
        </Health>
        <Health label={t('processes')} ok={processes.length > 0}>
          {t('serving', { count: processes.length })}
        </Health>
        <Health label={t('version', { version })}>
          {t('startedAt')} <ExactTime at={startedAt} />
        </Health>
      </SimpleGrid>
      <Numbers counts={counts} />
    </Stack>
  )
}

function DatabaseFacts({ database: { engine, latencyMs, sizeBytes } }: Pick<Overview, 'database'>) {
  const { t, i18n } = useTranslation('operator')
  const size = sizeBytes === null ? '' : ` · ${bytesText(sizeBytes, i18n.language)}`
  const ms = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1 }).format(latencyMs)
  return `${engine === 'sqlite' ? 'SQLite' : 'PostgreSQL'} · ${t('answersIn', { ms })}${size}`
}

function TelegramFacts({ telegram: { apiRoot, isSandbox, reason, cause, lastAnswerAt } }: Pick<Overview, 'telegram'>) {
  const { t } = useTranslation('operator')
  return (
    <>
      {isSandbox ? t('sandbox') : apiRoot}
      {reason !== null && (
        <>
          {' · '}
          <CauseText cause={cause} sentence={reason} />
        </>
      )}
      {lastAnswerAt !== null && (
        <>
          {' · '}
          {t('lastAnswer')} <ExactTime at={lastAnswerAt} />
        </>
      )}
    </>
  )
}

/** `ok`: none where there is nothing to be well or not. */
function Health({ label, ok, children }: { label: string; ok?: boolean; children: ReactNode }) {
  const { t } = useTranslation('operator')
  const Icon = ok ? CircleCheck : CircleX
  return (
    <Stack gap={4} role="group" aria-label={label}>
      <Group gap="xs">
        <Text fw={500}>{label}</Text>
        {ok !== undefined && (
          <Badge color={ok ? 'green' : 'red'} variant="light" tt="none" leftSection={<Icon size={12} aria-hidden />}>
            {ok ? t('well') : t('notWell')}
          </Badge>
        )}
      </Group>
      <Text size="sm" c="dimmed" className="anywhere" component="div">
        {children}
      </Text>
    </Stack>
  )
}

function Numbers({ counts }: Pick<Overview, 'counts'>) {
  const { t, i18n } = useTranslation('operator')
  const { users, bots, botsRunning, chats, waiting, oldestWaitingAt } = counts
  const count = new Intl.NumberFormat(i18n.language)
  return (
    <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm">
      <Tile label={t('users')} value={count.format(users)} />
      <Tile label={t('bots')} value={count.format(bots)}>
        {t('running', { count: botsRunning })}
      </Tile>
      <Tile label={t('chats')} value={count.format(chats)} />
      <Tile label={t('waiting')} value={count.format(waiting)}>
        {oldestWaitingAt === null ? (
          t('nothingWaits')
        ) : (
          <>
            {t('oldest')} <Age since={oldestWaitingAt} />
          </>
        )}
      </Tile>
    </SimpleGrid>
  )
}
