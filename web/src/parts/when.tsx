import { useTranslation } from 'react-i18next'

/** `time`: hours and minutes of today, the day with it otherwise; `full`: to the second, with the day. */
type Detail = 'time' | 'full'

const FULL: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'medium' }
const OF_TODAY: Intl.DateTimeFormatOptions = { hour: 'numeric', minute: '2-digit', second: '2-digit' }
const OF_THIS_YEAR: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' }
const OF_ANOTHER: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short', year: 'numeric' }

/** Making one costs more than using it a thousand times. */
const formats = new Map<string, Intl.DateTimeFormat>()

function format(language: string, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${name}`
  const made = formats.get(key) ?? new Intl.DateTimeFormat(language, options)
  formats.set(key, made)
  return made
}

/** A moment in words of the language, as short as it can be understood on the day of `now`. */
export function momentText(at: Date, language: string, detail: Detail, now = new Date()): string {
  if (detail === 'full') return format(language, 'full', FULL).format(at)
  if (at.toDateString() === now.toDateString()) return format(language, 'today', OF_TODAY).format(at)
  if (at.getFullYear() === now.getFullYear()) return format(language, 'year', OF_THIS_YEAR).format(at)
  return format(language, 'another', OF_ANOTHER).format(at)
}

/** A moment as the program tells it (RFC 3339), in the person's language and time zone; the exact one in its title. */
export function When({ at, detail = 'time' }: { at: string; detail?: Detail }) {
  const { i18n } = useTranslation()
  const date = new Date(at)
  return (
    <time dateTime={at} title={momentText(date, i18n.language, 'full')}>
      {momentText(date, i18n.language, detail)}
    </time>
  )
}
