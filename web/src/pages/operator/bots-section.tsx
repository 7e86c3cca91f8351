import { Box, Button, Group, Select, Skeleton, Table, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type OperatorBot, operatorBotsQuery } from '../../api/operator.ts'
import { Age } from '../../parts/age.tsx'
import { CauseText } from '../../parts/cause-text.tsx'
import { ProblemNote } from '../../parts/problem-note.tsx'
import { Section } from '../../parts/section.tsx'
import { BotState } from '../../parts/bot-state.tsx'
import { TYPING_MS } from './typing.ts'

const STATES = ['starting', 'running', 'idle', 'rejected', 'conflict', 'unreachable'] as const

/** Whose queue is how long; the oldest first. */
export function BotsSection() {
  const { t } = useTranslation(['operator', 'bots'])
  const [typed, setTyped] = useState('')
  const [state, setState] = useState<OperatorBot['state'] | null>(null)
  const [search] = useDebouncedValue(typed.trim(), TYPING_MS)
  const filter = { ...(search !== '' && { search }), ...(state !== null && { state }) }
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    operatorBotsQuery(filter),
  )
  const bots = data?.pages.flatMap(({ items }) => items)
  return (
    <Section title={t('botsTitle')} about={t('botsMore')}>
      <Group>
        <TextInput
          aria-label={t('searchBots')}
          placeholder={t('searchBots')}
          maxLength={64}
          flex="1 1 16rem"
          maw={320}
          value={typed}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        />
        <Select
          aria-label={t('anyState')}
          placeholder={t('anyState')}
          clearable
          clearButtonProps={{ 'aria-label': t('anyState') }}
          value={state}
          onChange={(value) => setState(value)}
          data={STATES.map((value) => ({ value, label: t(`bots:${value}`) }))}
        />
      </Group>
      <ProblemNote problem={bots ? null : error} again={refetch} />
      {bots === undefined && !error && <Skeleton height={120} />}
      {bots?.length === 0 && <Text c="dimmed">{t('nobody')}</Text>}
      {bots && bots.length > 0 && (
        <Table verticalSpacing="sm" layout="fixed">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('bot')}</Table.Th>
              <Table.Th visibleFrom="sm">{t('state')}</Table.Th>
              <Table.Th ta="right" w="30%">
                {t('waiting')}
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {bots.map((bot) => (
              <BotRow key={bot.id} bot={bot} />
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

function BotRow({ bot }: { bot: OperatorBot }) {
  const { t, i18n } = useTranslation('operator')
  const { username, title, owner, waiting, oldestWaitingAt } = bot
  return (
    <Table.Tr>
      <Table.Td className="anywhere" valign="top">
        @{username}
        {title !== null && (
          <Text size="xs" c="dimmed">
            {title}
          </Text>
        )}
        <Text size="xs" c="dimmed">
          {owner === null ? t('everybody') : t('ownedBy', { login: owner.login })}
        </Text>
        <Box hiddenFrom="sm" mt={4}>
          <State bot={bot} />
        </Box>
      </Table.Td>
      <Table.Td valign="top" visibleFrom="sm">
        <State bot={bot} />
      </Table.Td>
      <Table.Td ta="right" valign="top">
        {new Intl.NumberFormat(i18n.language).format(waiting)}
        {oldestWaitingAt !== null && (
          <Text size="xs" c="dimmed">
            {t('oldest')} <Age since={oldestWaitingAt} />
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  )
}

function State({ bot }: { bot: OperatorBot }) {
  const { stateReason, stateCause } = bot
  return (
    <>
      <BotState bot={bot} />
      {stateReason !== null && (
        <Text size="xs" c="dimmed" className="anywhere" mt={4}>
          <CauseText cause={stateCause} sentence={stateReason} />
        </Text>
      )}
    </>
  )
}
