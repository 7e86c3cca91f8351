import { Anchor, Skeleton, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { failuresQuery } from '../../api/operator.ts'
import { ExactTime } from '../../parts/exact-time.tsx'
import { ProblemNote } from '../../parts/problem-note.tsx'
import { Section } from '../../parts/section.tsx'
import { WideTable } from '../../parts/wide-table.tsx'

/** Why messages failed in the last day. */
export function FailuresSection() {
  const { t, i18n } = useTranslation('operator')
  const { data: failures, error } = useQuery(failuresQuery)
  const count = new Intl.NumberFormat(i18n.language)
  return (
    <Section title={t('failures')} about={t('failuresMore')}>
      <ProblemNote problem={failures ? null : error} />
      {failures === undefined && !error && <Skeleton height={60} />}
      {failures?.length === 0 && <Text c="dimmed">{t('noFailures')}</Text>}
      {failures && failures.length > 0 && (
        <WideTable label={t('failures')} minWidth={420}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('reason')}</Table.Th>
                <Table.Th ta="right">{t('count')}</Table.Th>
                <Table.Th>{t('lastAt')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {failures.map(({ reason, count: times, lastAt }) => (
                <Table.Tr key={reason}>
                  <Table.Td>
                    <Anchor href={`/docs/errors#${reason}`} inherit>
                      {reason}
                    </Anchor>
                  </Table.Td>
                  <Table.Td ta="right">{count.format(times)}</Table.Td>
                  <Table.Td>
                    <ExactTime at={lastAt} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </WideTable>
      )}
    </Section>
  )
}
