import { Avatar, Menu, Text, UnstyledButton, VisuallyHidden } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { LogOut, UserRound } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useMe, useSignOut } from '../session/session.ts'

/** Who is signed in, and the way out. */
export function Person() {
  const { t } = useTranslation()
  const { name, login } = useMe()
  const signOut = useSignOut()
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <UnstyledButton>
          <Avatar name={name} color="indigo" variant="filled" alt="" aria-hidden />
          <VisuallyHidden>{t('personMenu', { name })}</VisuallyHidden>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text fw={600} size="sm" truncate c="var(--mantine-color-text)">
            {name}
          </Text>
          <Text size="xs" truncate>
            {login}
          </Text>
        </Menu.Label>
        <Menu.Item component={Link} to="/account" leftSection={<UserRound size={16} aria-hidden />}>
          {t('account')}
        </Menu.Item>
        <Menu.Item leftSection={<LogOut size={16} aria-hidden />} onClick={() => signOut.mutate()}>
          {t('signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
