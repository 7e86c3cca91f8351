import { SegmentedControl, VisuallyHidden } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { type Locale, meQuery, useChangeMe } from '../api/account.ts'
import { chooseLanguage, LANGUAGES } from '../texts/start-texts.ts'

/** Changes the page at once, and the account with it when somebody is signed in. */
export function LanguageSwitch() {
  const { t, i18n } = useTranslation()
  const queries = useQueryClient()
  const remember = useChangeMe()
  const choose = (locale: Locale): void => {
    void chooseLanguage(locale)
    if (queries.getQueryData(meQuery.queryKey)) remember.mutate({ locale })
  }
  return (
    <SegmentedControl
      size="sm"
      aria-label={t('language')}
      value={i18n.language}
      onChange={(language) => choose(language as Locale)}
      data={LANGUAGES.map(({ locale, name, short }) => ({
        value: locale,
        label: (
          <>
            <span aria-hidden>{short}</span>
            <VisuallyHidden lang={locale}>{name}</VisuallyHidden>
          </>
        ),
      }))}
    />
  )
}
