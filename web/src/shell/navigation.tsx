import { AppShell, Group, NavLink, Stack } from '@mantine/core'
import { Link, useLocation } from '@tanstack/react-router'
import { Activity, BookOpen, Bot, House, KeyRound, Mail, MessagesSquare, UserRound } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useMe } from '../session/session.ts'
import { SchemeSwitch } from './scheme-switch.tsx'

const PAGES = [
  { to: '/', text: 'home', icon: House },
  { to: '/messages', text: 'messages', icon: Mail },
  { to: '/chats', text: 'chats', icon: MessagesSquare },
  { to: '/tokens', text: 'tokens', icon: KeyRound },
  { to: '/bots', text: 'bots', icon: Bot },
  { to: '/account', text: 'account', icon: UserRound },
] as const

const OPERATOR = { to: '/operator', text: 'operator', icon: Activity } as const

export function Navigation({ onNavigate }: { onNavigate: () => void }) {
  const { t } = useTranslation()
  const { pathname } = useLocation()
  const { role } = useMe()
  const pages = role === 'operator' ? [...PAGES, OPERATOR] : PAGES
  return (
    <>
      <AppShell.Section grow component="nav" aria-label={t('pages')}>
        <Stack gap={4}>
          {pages.map(({ to, text, icon: Icon }) => {
            const active = to === '/' ? pathname === '/' : pathname === to || pathname.startsWith(`${to}/`)
            return (
              <NavLink
                key={to}
                renderRoot={(props) => <Link to={to} {...props} />}
                label={t(text)}
                leftSection={<Icon size={18} aria-hidden />}
                active={active}
                aria-current={active ? 'page' : undefined}
                onClick={onNavigate}
              />
            )
          })}
        </Stack>
      </AppShell.Section>
      <AppShell.Section>
        <Group hiddenFrom="xs" mb="sm">
          <SchemeSwitch />
        </Group>
        <NavLink href="/docs" label={t('apiDocs')} leftSection={<BookOpen size={18} aria-hidden />} />
      </AppShell.Section>
    </>
  )
}
