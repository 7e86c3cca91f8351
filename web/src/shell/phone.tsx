import { ActionIcon, AppShell, Tooltip, useComputedColorScheme } from '@mantine/core'
import { useLocalStorage, useMediaQuery } from '@mantine/hooks'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useLocation } from '@tanstack/react-router'
import { Smartphone } from 'lucide-react'
import { type RefObject, useCallback, useEffect, useEffectEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { sandboxQuery } from '../api/sandbox.ts'
import { isToldOfPhone } from '../told.ts'
import { setPhone } from './open-in-telegram.ts'
import { usePhoneLoads } from './phone-loads.ts'

/** As the phone's page signs its messages. */
const PHONE = 'postrider-phone'

/** From here on there is room for it beside the page; below, it covers the page. Mantine's `lg`. */
const ROOM = '(min-width: 75em)'

/**
 * The sandbox's phone: whether there is one, whether it is shown, and the button that shows and hides it. `uncover` hides it where it covers
 * the page.
 */
export function usePhone() {
  const { data: sandbox, isPending } = useQuery(sandboxQuery)
  const [beside, setBeside] = useLocalStorage({
    key: 'postrider-phone',
    defaultValue: true,
    getInitialValueInEffect: false,
  })
  const [above, setAbove] = useState(false)
  const hasRoom = useMediaQuery(ROOM, undefined, { getInitialValueInEffect: false }) ?? false
  const [shown, setShown] = hasRoom ? [beside, setBeside] : [above, setAbove]
  const { pathname } = useLocation()
  const uncover = useCallback(() => setAbove(false), [])
  // Whoever goes to another page wants to see it.
  useEffect(uncover, [uncover, pathname])
  // Its room is kept from the start: what stands on the page would move away under the pointer when it comes.
  const isThere = isPending ? isToldOfPhone() : Boolean(sandbox)
  const isOpen = shown && isThere
  const toggle = isThere ? <PhoneToggle shown={shown} onChange={setShown} /> : null
  return { sandbox: sandbox ?? null, isOpen, toggle, show: () => setShown(true), uncover }
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

export function PhoneAside({ phone: { sandbox, isOpen, show } }: { phone: ReturnType<typeof usePhone> }) {
  const { t, i18n } = useTranslation()
  const frame = useRef<HTMLIFrameElement>(null)
  // Known at once, so that the phone does not begin in the light and turn dark.
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false })
  const [firstScheme] = useState(scheme)
  const src = sandbox && isOpen ? `${sandbox.phoneUrl}&lang=${i18n.language}&theme=${firstScheme}` : null
  const { tell, isReady } = useMessagesToPhone(frame, { isThere: sandbox !== null, src, scheme, show })
  const loads = usePhoneLoads(isReady)
  useEffect(() => tell({ theme: scheme }), [tell, scheme])
  if (!isOpen) return null
  return (
    <AppShell.Aside>
      {src && (
        <iframe
          key={loads}
          ref={frame}
          src={src}
          title={t('phone')}
          style={{ border: 0, width: '100%', height: '100%' }}
        />
      )}
    </AppShell.Aside>
  )
}

/** What the phone's page understands; `docs/sandbox.md` explains it. */
interface ToPhone {
  open?: string
  theme?: 'light' | 'dark'
}

interface PhoneOnPage {
  isThere: boolean
  /** What its frame shows; null when it is hidden. */
  src: string | null
  scheme: 'light' | 'dark'
  show: () => void
}

/** Links of Telegram open on the phone while there is one, also when it has to be shown and loaded first. */
function useMessagesToPhone(
  frame: RefObject<HTMLIFrameElement | null>,
  { isThere, src, scheme, show }: PhoneOnPage,
): { tell: (message: ToPhone) => void; isReady: RefObject<boolean> } {
  const queries = useQueryClient()
  const isReady = useRef(false)
  const waiting = useRef<string>(undefined)
  const tell = useCallback(
    (message: ToPhone) => frame.current?.contentWindow?.postMessage({ to: PHONE, ...message }, location.origin),
    [frame],
  )
  const open = useEffectEvent((link: string) => {
    show()
    if (isReady.current && frame.current) tell({ open: link })
    else waiting.current = link
  })
  const hear = useEffectEvent(({ data, origin, source }: MessageEvent<{ from?: string; event?: string } | null>) => {
    if (origin !== location.origin || source !== frame.current?.contentWindow || data?.from !== PHONE) return
    // The session is over, or is another's: whoever asks who is signed in hears it.
    if (data.event === 'signed-out') void queries.invalidateQueries({ queryKey: ['me'] })
    if (data.event !== 'ready') return
    isReady.current = true
    tell({ theme: scheme })
    if (waiting.current) tell({ open: waiting.current })
    waiting.current = undefined
  })
  useEffect(() => {
    if (isThere) setPhone((link) => open(link))
    return () => setPhone(null)
  }, [isThere])
  // A phone that was hidden is loaded anew, and so is one in another language.
  useEffect(() => {
    isReady.current = false
  }, [src])
  useEffect(() => {
    const listener = (event: MessageEvent): void => hear(event)
    window.addEventListener('message', listener)
    return () => window.removeEventListener('message', listener)
  }, [])
  return { tell, isReady }
}
