import { ActionIcon, Alert, Badge, Group, Menu, Paper, Stack, Text, ThemeIcon, Title } from '@mantine/core'
import { modals } from '@mantine/modals'
import { useQuery } from '@tanstack/react-query'
import { Ban, EllipsisVertical, MessageCircle, Pencil, Star, Unlink, Users } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { botsQuery } from '../../api/bots.ts'
import { type Chat, useChangeChat, useUnlinkChat } from '../../api/chats.ts'
import { nameOfChat } from '../../parts/chat-name.ts'
import { isolated } from '../../texts/isolated.ts'
import { ExactTime } from '../../parts/exact-time.tsx'
import { ProblemNote } from '../../parts/problem-note.tsx'
import { RenameForm } from './rename-form.tsx'

export function ChatCard({ chat }: { chat: Chat }) {
  const { t } = useTranslation(['chats', 'common'])
  const [renaming, setRenaming] = useState(false)
  const change = useChangeChat()
  const unlink = useUnlinkChat()
  const name = nameOfChat(chat)
  const Icon = chat.type === 'private' ? MessageCircle : Users
  return (
    <Paper withBorder p="md" component="article" aria-label={name}>
      <Group wrap="nowrap" align="flex-start">
        <ThemeIcon variant="light" size="lg" aria-hidden>
          <Icon size={18} />
        </ThemeIcon>
        <Stack gap={4} flex={1} miw={0}>
          {renaming ? (
            <RenameForm chat={chat} onDone={() => setRenaming(false)} />
          ) : (
            <Group gap="xs">
              <Title order={2} size="h5" className="anywhere">
                {name}
              </Title>
              {chat.isDefault && (
                <Badge variant="light" leftSection={<Star size={12} aria-hidden />} tt="none">
                  {t('default')}
                </Badge>
              )}
              {chat.status === 'blocked' && (
                <Badge color="red" variant="light" leftSection={<Ban size={12} aria-hidden />} tt="none">
                  {t('blocked')}
                </Badge>
              )}
            </Group>
          )}
          <Facts chat={chat} />
          {chat.status === 'blocked' && (
            <Alert color="red" variant="light" p="xs" mt="xs">
              {chat.type === 'private' ? t('blockedMore') : t('blockedGroup')}
            </Alert>
          )}
          <ProblemNote problem={change.error ?? unlink.error} />
        </Stack>
        {/* The focus is the field's while there is one, and comes back to the menu's button with its end. */}
        <Menu position="bottom-end" returnFocus={!renaming}>
          <Menu.Target>
            <ActionIcon variant="subtle" aria-label={t('menuOf', { name })} loading={unlink.isPending}>
              <EllipsisVertical size={18} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {!chat.isDefault && (
              <Menu.Item
                leftSection={<Star size={16} aria-hidden />}
                onClick={() => change.mutate({ id: chat.id, isDefault: true })}
              >
                {t('makeDefault')}
              </Menu.Item>
            )}
            <Menu.Item leftSection={<Pencil size={16} aria-hidden />} onClick={() => setRenaming(true)}>
              {t('rename')}
            </Menu.Item>
            <Menu.Item
              color="red"
              leftSection={<Unlink size={16} aria-hidden />}
              onClick={() =>
                modals.openConfirmModal({
                  title: t('unlinkTitle', { name }),
                  children: <Text size="sm">{t('unlinkMore')}</Text>,
                  labels: { confirm: t('unlink'), cancel: t('common:cancel') },
                  confirmProps: { color: 'red' },
                  onConfirm: () => unlink.mutate(chat.id),
                })
              }
            >
              {t('unlink')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Group>
    </Paper>
  )
}

/** What Telegram calls it, through which bot it is linked, and since when. */
function Facts({ chat }: { chat: Chat }) {
  const { t } = useTranslation(['chats', 'common'])
  const { data } = useQuery(botsQuery)
  const bot = [...(data?.items ?? []), ...(data?.shared ? [data.shared] : [])].find(({ id }) => id === chat.botId)
  const inTelegram = chat.name === null ? null : chat.title
  return (
    <Text size="sm" c="dimmed" className="anywhere">
      {[
        t(`type_${chat.type}`),
        inTelegram && isolated(inTelegram),
        chat.username && `@${chat.username}`,
        bot && t('through', { bot: bot.username }),
      ]
        .filter(Boolean)
        .join(' · ')}
      {' · '}
      {t('since')} <ExactTime at={chat.linkedAt} />
    </Text>
  )
}
