import { AppShell, Box, Burger, Group } from '@mantine/core'
import { useDisclosure, useHotkeys, useMediaQuery } from '@mantine/hooks'
import { ModalsProvider } from '@mantine/modals'
import { Outlet } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { flushSync } from 'react-dom'
import { useTranslation } from 'react-i18next'
import { useIsChangingMe } from '../api/account.ts'
import { useLiveState, useLiveUpdates } from '../api/live.ts'
import { loadAll } from './lazy-page.tsx'
import { useMe, useReloadForAnother, useReturnWhenEnded } from '../session/session.ts'
import { chooseLanguage } from '../texts/start-texts.ts'
import { LanguageSwitch } from './language-switch.tsx'
import { LIVE_BAR_PX, LiveBadge, LiveBar } from './live-badge.tsx'
import { Logo } from './logo.tsx'
import { Navigation } from './navigation.tsx'
import { Person } from './person.tsx'
import { PhoneAside, usePhone } from './phone.tsx'
import { SchemeSwitch } from './scheme-switch.tsx'
import classes from './shell.module.css'

/** By then the first page stands, on most machines. */
const IDLE_MS = 3000

const HEADER_PX = 60

/** As wide as a page is at most: on wider screens lines would get too long to be followed. */
const PAGE_PX = 1200

/** Below, the menu lies over the page. Mantine's `sm`. */
const SMALL = '(max-width: 47.99em)'

/** The frame of every page of an account: where one can go, who one is, and the sandbox's phone beside it where there is one. */
export function Shell() {
  const { t } = useTranslation()
  const me = useMe()
  const [opened, { toggle, close }] = useDisclosure()
  const phone = usePhone()
  const isCut = useLiveState() === 'cut'
  const content = useRef<HTMLElement>(null)
  const burger = useRef<HTMLButtonElement>(null)
  const isCovered = useMediaQuery(SMALL) && opened
  const leaveMenu = (): void => {
    if (!opened) return
    // The page takes no focus while it is covered.
    flushSync(close)
    // The link goes out of sight with the focus on it.
    content.current?.focus({ preventScroll: true })
  }
  const dropMenu = (): void => {
    if (!isCovered) return
    close()
    burger.current?.focus()
  }
  useHotkeys([['Escape', dropMenu, { preventDefault: false }]], [])
  useReturnWhenEnded()
  useReloadForAnother(me)
  useLiveUpdates()
  useEffect(() => {
    const timer = setTimeout(loadAll, IDLE_MS)
    return () => clearTimeout(timer)
  }, [])
  // What was chosen last holds until the account knows of it.
  const isChanging = useIsChangingMe()
  useEffect(() => {
    if (!isChanging) void chooseLanguage(me.locale)
  }, [me.locale, isChanging])
  return (
    <ModalsProvider modalProps={{ closeButtonProps: { 'aria-label': t('close') } }}>
      <AppShell
        header={{ height: { base: HEADER_PX + (isCut ? LIVE_BAR_PX : 0), xs: HEADER_PX } }}
        navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !opened } }}
        aside={{
          width: 400,
          breakpoint: 'lg',
          collapsed: { mobile: !phone.isOpen, desktop: !phone.isOpen },
        }}
        padding={{ base: 'md', md: 'xl' }}
      >
        <a href="#content" className="skip-link">
          {t('skipToContent')}
        </a>
        <AppShell.Header>
          <Group h={HEADER_PX - 1} px="md" justify="space-between" wrap="nowrap" gap="xs">
            <Group gap="sm" wrap="nowrap">
              <Burger
                ref={burger}
                opened={opened}
                onClick={() => {
                  // It would lie over the menu.
                  phone.uncover()
                  toggle()
                }}
                hiddenFrom="sm"
                size="sm"
                aria-label={opened ? t('closeMenu') : t('openMenu')}
                aria-expanded={opened}
                aria-controls="navigation"
              />
              <Logo short />
              <LiveBadge />
            </Group>
            <Group gap="xs" wrap="nowrap">
              {phone.toggle}
              <LanguageSwitch />
              <Box visibleFrom="xs">
                <SchemeSwitch />
              </Box>
              <Person />
            </Group>
          </Group>
          <LiveBar />
        </AppShell.Header>
        <AppShell.Navbar p="sm" id="navigation" className={classes.menu} mod={{ closed: !opened }}>
          <Navigation onNavigate={leaveMenu} />
        </AppShell.Navbar>
        <AppShell.Main id="content" tabIndex={-1} ref={content} inert={isCovered}>
          <Box maw={PAGE_PX} mx="auto">
            <Outlet />
          </Box>
        </AppShell.Main>
        <PhoneAside phone={phone} />
      </AppShell>
    </ModalsProvider>
  )
}
