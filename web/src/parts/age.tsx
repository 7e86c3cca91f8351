import { useTranslation } from 'react-i18next'
import { durationText } from './duration.ts'
import { useNow } from './use-now.ts'
import { momentText } from './when.tsx'

/** How long ago a moment was, in whole seconds, counting on; the moment itself in its title. */
export function Age({ since }: { since: string }) {
  const { i18n } = useTranslation()
  const now = useNow()
  const date = new Date(since)
  const seconds = Math.max(1, Math.floor((now - date.getTime()) / 1000))
  return (
    <time dateTime={since} title={momentText(date, i18n.language, 'full')}>
      {durationText(seconds * 1000, i18n.language)}
    </time>
  )
}
