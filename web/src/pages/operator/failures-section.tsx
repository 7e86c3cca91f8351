import { Anchor, Skeleton, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { failuresQuery } from '../../api/operator.ts'
import { ExactTime } from '../../parts/exact-time.tsx'
import { ProblemNote } from '../../parts/problem-note.tsx'
import { Section } from '../../parts/section.tsx'

/** Why messages failed in the last day. */
export function FailuresSection() {
  const { t, i18n } = useTranslation(['operator', 'messages'])
  const { data: failures, error, refetch } = useQuery(failuresQuery)
  const count = new Intl.NumberFormat(i18n.language)
  return (
    <Section title={t('failures')} about={t('failuresMore')}>
      <ProblemNote problem={failures ? null : error} again={refetch} />
      {failures === undefined && !error && <Skeleton height={60} />}
      {failures?.length === 0 && <Text c="dimmed">{t('noFailures')}</Text>}
      {failures && failures.length > 0 && (
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('reason')}</Table.Th>
              <Table.Th ta="right">{t('count')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {failures.map(({ reason, count: times, lastAt }) => (
              <Table.Tr key={reason}>
                <Table.Td>
                  {t(`messages:failure_${reason}`)}
                  <Text size="xs" className="anywhere">
                    <Anchor href={`/docs/errors#${reason}`} inherit underline="always" lang="en">
                      {reason}
                    </Anchor>
                  </Text>
                </Table.Td>
                <Table.Td ta="right" valign="top">
                  {count.format(times)}
                  <Text size="xs" c="dimmed">
                    {t('lastAt')} <ExactTime at={lastAt} />
                  </Text>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Section>
  )
}
