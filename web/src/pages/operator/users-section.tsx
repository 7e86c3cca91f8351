import { Badge, Button, Code, Skeleton, Table, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type OperatorUser, operatorUsersQuery } from '../../api/operator.ts'
import { ExactTime } from '../../parts/exact-time.tsx'
import { ProblemNote } from '../../parts/problem-note.tsx'
import { Section } from '../../parts/section.tsx'
import { TYPING_MS } from './typing.ts'

export function UsersSection() {
  const { t } = useTranslation('operator')
  const [typed, setTyped] = useState('')
  const [search] = useDebouncedValue(typed.trim(), TYPING_MS)
  const query = operatorUsersQuery(search === '' ? {} : { search })
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(query)
  const users = data?.pages.flatMap(({ items }) => items)
  return (
    <Section title={t('usersTitle')} about={t('usersMore')}>
      <Text size="sm" c="dimmed">
        {t('byCommand')} <Code>postrider user --help</Code>
      </Text>
      <TextInput
        aria-label={t('searchUsers')}
        placeholder={t('searchUsers')}
        maxLength={64}
        maw={320}
        value={typed}
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
      />
      <ProblemNote problem={users ? null : error} again={refetch} />
      {users === undefined && !error && <Skeleton height={120} />}
      {users?.length === 0 && <Text c="dimmed">{t('nobody')}</Text>}
      {users && users.length > 0 && (
        <Table verticalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('user')}</Table.Th>
              <Table.Th ta="right" visibleFrom="sm">
                {t('bots')}
              </Table.Th>
              <Table.Th ta="right" visibleFrom="sm">
                {t('chats')}
              </Table.Th>
              <Table.Th ta="right">{t('waiting')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {users.map((user) => (
              <UserRow key={user.id} user={user} />
            ))}
          </Table.Tbody>
        </Table>
      )}
      {hasNextPage && (
        <Button variant="default" w="fit-content" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t('more')}
        </Button>
      )}
    </Section>
  )
}

function UserRow({ user }: { user: OperatorUser }) {
  const { t, i18n } = useTranslation('operator')
  const { login, name, role, createdAt, bots, chats, waiting } = user
  const count = new Intl.NumberFormat(i18n.language)
  return (
    <Table.Tr>
      <Table.Td className="anywhere">
        {login}{' '}
        {role === 'operator' && (
          <Badge variant="light" tt="none" size="sm">
            {t('operator')}
          </Badge>
        )}
        <Text size="xs" c="dimmed">
          {name}
        </Text>
        <Text size="xs" c="dimmed">
          {t('since')} <ExactTime at={createdAt} />
        </Text>
        <Text size="xs" c="dimmed" hiddenFrom="sm">
          {t('bots')}: {count.format(bots)} · {t('chats')}: {count.format(chats)}
        </Text>
      </Table.Td>
      <Table.Td ta="right" valign="top" visibleFrom="sm">
        {count.format(bots)}
      </Table.Td>
      <Table.Td ta="right" valign="top" visibleFrom="sm">
        {count.format(chats)}
      </Table.Td>
      <Table.Td ta="right" valign="top">
        {count.format(waiting)}
      </Table.Td>
    </Table.Tr>
  )
}
