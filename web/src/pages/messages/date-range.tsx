import '@mantine/dates/styles.css'
import { VisuallyHidden } from '@mantine/core'
import { DatePickerInput, DatesProvider } from '@mantine/dates'
import dayjs from 'dayjs'
import russian from 'dayjs/locale/ru'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isDay, type MessageFilter } from '../../api/message-filter.ts'

// Known from now on, and not chosen: English is what dayjs speaks by itself.
dayjs.locale(russian, undefined, true)

type Days = [since: string | null, until: string | null]

/** Two days from a calendar, in a file of its own: few ever need it. */
export default function DateRange(props: {
  filter: MessageFilter
  onChange: (since: string | undefined, until: string | undefined) => void
}) {
  const { t, i18n } = useTranslation('messages')
  const { since, until } = props.filter
  const [chosen, setChosen] = useState<Days>([dayOf(since), dayOf(until)])
  const choose = (days: Days): void => {
    setChosen(days)
    const [first, last] = days
    // Between the two clicks nothing is asked for.
    if ((first === null) === (last === null)) props.onChange(first ?? undefined, last ?? undefined)
  }
  return (
    <DatesProvider settings={{ locale: i18n.language, firstDayOfWeek: 1, weekendDays: [] }}>
      <DatePickerInput
        type="range"
        label={<VisuallyHidden>{t('dates')}</VisuallyHidden>}
        labelProps={{ display: 'block', h: 0 }}
        ariaLabels={{
          monthLevelControl: t('chooseMonth'),
          yearLevelControl: t('chooseYear'),
          previousMonth: t('previousMonth'),
          nextMonth: t('nextMonth'),
          previousYear: t('previousYear'),
          nextYear: t('nextYear'),
          previousDecade: t('previousYears'),
          nextDecade: t('nextYears'),
        }}
        placeholder={t('datesHint')}
        valueFormat="D MMM YYYY"
        allowSingleDateInRange
        // The calendar would call itself a dialog, and name itself after something that is not there.
        popoverProps={{ withRoles: false }}
        hideOutsideDates
        clearable
        clearButtonProps={{ 'aria-label': t('clearDates') }}
        value={chosen}
        onChange={choose}
        maxDate={new Date()}
      />
    </DatesProvider>
  )
}

/** The day of what stands in the address, where the person is. */
function dayOf(moment: string | undefined): string | null {
  if (moment === undefined || isDay(moment)) return moment ?? null
  const at = new Date(moment)
  return [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, '0')).join('-')
}
