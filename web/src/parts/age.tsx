import { useInterval } from '@mantine/hooks'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { durationText } from './duration.ts'
import { momentText } from './when.tsx'

const TICK_MS = 1000

/** How long ago a moment was, in whole seconds, counting on; the moment itself in its title. */
export function Age({ since }: { since: string }) {
  const { i18n } = useTranslation()
  const [now, setNow] = useState(Date.now)
  useInterval(() => setNow(Date.now()), TICK_MS, { autoInvoke: true })
  const date = new Date(since)
  const seconds = Math.max(1, Math.floor((now - date.getTime()) / 1000))
  return (
    <time dateTime={since} title={momentText(date, i18n.language, 'full')}>
      {durationText(seconds * 1000, i18n.language)}
    </time>
  )
}
