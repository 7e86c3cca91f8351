import { Group, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { botsQuery } from '../../api/bots.ts'
import { chatsQuery } from '../../api/chats.ts'
import { nameOfChat } from '../../parts/chat-name.ts'
import { CopyIcon } from '../../parts/copy-button.tsx'
import { When } from '../../parts/when.tsx'
import { USUAL_PRIORITY } from './curl.ts'
import type { Detailed } from './story.ts'

/** Where and when, as a table of names and values; what says nothing about this message is left out. */
export function Facts({ message }: { message: Detailed }) {
  const { t } = useTranslation('messages')
  const { id, createdAt, deliveredAt, nextAttemptAt, expiresAt, priority, delivery, digest } = message
  return (
    <Table layout="fixed" withRowBorders={false} verticalSpacing={4} horizontalSpacing={0}>
      <Table.Tbody>
        <Places chatId={message.chatId} />
        <Fact name={t('accepted')}>
          <When at={createdAt} detail="full" />
        </Fact>
        {deliveredAt !== null && (
          <Fact name={t('deliveredAt')}>
            <When at={deliveredAt} detail="full" />
          </Fact>
        )}
        {nextAttemptAt !== null && message.status === 'queued' && (
          <Fact name={t('nextTry')}>
            <When at={nextAttemptAt} detail="full" />
          </Fact>
        )}
        {expiresAt !== null && (
          <Fact name={t('expires')}>
            <When at={expiresAt} detail="full" />
          </Fact>
        )}
        {priority !== USUAL_PRIORITY && <Fact name={t('priority')}>{t('priorityOf', { priority })}</Fact>}
        <Fact name={t('ifUnknown')}>{t(`ifUnknown_${delivery}`)}</Fact>
        {digest === 'never' && <Fact name={t('ownText')}>✓</Fact>}
        <Fact name={t('number')}>
          <Group gap={4} wrap="nowrap">
            <Text size="sm" ff="monospace" className="anywhere">
              {id}
            </Text>
            <CopyIcon text={id} what={t('number')} />
          </Group>
        </Fact>
      </Table.Tbody>
    </Table>
  )
}

function Places({ chatId }: { chatId: string }) {
  const { t } = useTranslation('messages')
  const { data: chats } = useQuery(chatsQuery)
  const { data: bots } = useQuery(botsQuery)
  const chat = chats?.find(({ id }) => id === chatId)
  const bot = bots?.items.find(({ id }) => id === chat?.botId)
  return (
    <>
      <Fact name={t('chat')}>{chat ? nameOfChat(chat) : chats && t('unlinkedChat')}</Fact>
      {bot && <Fact name={t('bot')}>{`@${bot.username}`}</Fact>}
    </>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Table.Tr>
      <Table.Th w="35%" fw={400} c="dimmed" scope="row" style={{ verticalAlign: 'top' }} pe="sm">
        {name}
      </Table.Th>
      <Table.Td className="anywhere">{children}</Table.Td>
    </Table.Tr>
  )
}
