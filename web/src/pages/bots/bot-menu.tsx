import { ActionIcon, Menu } from '@mantine/core'
import { modals } from '@mantine/modals'
import { useDisclosure } from '@mantine/hooks'
import { EllipsisVertical, KeyRound, Pencil, Trash2 } from 'lucide-react'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { type Bot, useDeleteBot } from '../../api/bots.ts'
import { DeleteBotText } from './delete-bot-text.tsx'
import { NewTokenModal } from './new-token-modal.tsx'
import { TitleModal } from './title-modal.tsx'

export function BotMenu({ bot }: { bot: Bot }) {
  const { t } = useTranslation(['bots', 'common'])
  const [renaming, rename] = useDisclosure()
  const [renewing, renew] = useDisclosure()
  const button = useRef<HTMLButtonElement>(null)
  // The item of the menu that opened the dialog is gone by then, and the focus with it.
  const takeFocus = (): void => button.current?.focus()
  const remove = useDeleteBot()
  const name = bot.title ?? bot.name
  const confirm = () =>
    modals.openConfirmModal({
      title: t('deleteTitle', { name }),
      children: <DeleteBotText bot={bot} />,
      labels: { confirm: t('delete'), cancel: t('common:cancel') },
      confirmProps: { color: 'red' },
      onConfirm: () => remove.mutate(bot.id),
    })
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon ref={button} variant="subtle" aria-label={t('menuOf', { name })} loading={remove.isPending}>
            <EllipsisVertical size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<Pencil size={16} aria-hidden />} onClick={rename.open}>
            {t('rename')}
          </Menu.Item>
          <Menu.Item leftSection={<KeyRound size={16} aria-hidden />} onClick={renew.open}>
            {t('newToken')}
          </Menu.Item>
          <Menu.Item color="red" leftSection={<Trash2 size={16} aria-hidden />} onClick={confirm}>
            {t('delete')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <TitleModal bot={bot} opened={renaming} onClose={rename.close} onGone={takeFocus} />
      <NewTokenModal bot={bot} opened={renewing} onClose={renew.close} onGone={takeFocus} />
    </>
  )
}
