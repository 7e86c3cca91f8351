import { ActionIcon, AppShell, Tooltip, useComputedColorScheme } from '@mantine/core'
import { useLocalStorage, useMediaQuery } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Smartphone } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { sandboxQuery } from '../api/sandbox.ts'

/** From here on there is room for it beside the page; below, it covers the page. Mantine's `lg`. */
const ROOM = '(min-width: 75em)'

/** The sandbox's phone: whether there is one, whether it is shown, and the button that shows and hides it. */
export function usePhone() {
  const { data: sandbox } = useQuery(sandboxQuery)
  const [beside, setBeside] = useLocalStorage({
    key: 'postrider-phone',
    defaultValue: true,
    getInitialValueInEffect: false,
  })
  const [above, setAbove] = useState(false)
  const hasRoom = useMediaQuery(ROOM, undefined, { getInitialValueInEffect: false }) ?? false
  const [shown, setShown] = hasRoom ? [beside, setBeside] : [above, setAbove]
  const isOpen = shown && sandbox !== null && sandbox !== undefined
  const toggle = sandbox ? <PhoneToggle shown={shown} onChange={setShown} /> : null
  return { sandbox: sandbox ?? null, isOpen, toggle, show: () => setShown(true) }
}

function PhoneToggle({ shown, onChange }: { shown: boolean; onChange: (shown: boolean) => void }) {
  const { t } = useTranslation()
  const label = shown ? t('hidePhone') : t('showPhone')
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant={shown ? 'filled' : 'default'}
        size="lg"
        aria-label={label}
        aria-pressed={shown}
        onClick={() => onChange(!shown)}
      >
        <Smartphone size={18} aria-hidden />
      </ActionIcon>
    </Tooltip>
  )
}

export function PhoneAside({ phone: { sandbox, isOpen } }: { phone: ReturnType<typeof usePhone> }) {
  const { t, i18n } = useTranslation()
  const scheme = useComputedColorScheme('light')
  if (!sandbox || !isOpen) return null
  const src = `${sandbox.phoneUrl}&lang=${i18n.language}&theme=${scheme}`
  return (
    <AppShell.Aside>
      <iframe src={src} title={t('phone')} style={{ border: 0, width: '100%', height: '100%' }} />
    </AppShell.Aside>
  )
}
