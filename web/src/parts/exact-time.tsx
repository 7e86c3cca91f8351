import { useTranslation } from 'react-i18next'

const SHORT: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'short' }
const WHOLE: Intl.DateTimeFormatOptions = { dateStyle: 'full', timeStyle: 'long' }

/** A moment in the person's language and time zone; to the second for whoever points at it. */
export function ExactTime({ at }: { at: string }) {
  const { i18n } = useTranslation()
  const date = new Date(at)
  const written = new Intl.DateTimeFormat(i18n.language, SHORT).format(date)
  return (
    <time dateTime={at} title={new Intl.DateTimeFormat(i18n.language, WHOLE).format(date)}>
      {written}
    </time>
  )
}
