import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import type { Locale } from '../api/account.ts'
import type { EN } from './en/all.ts'
import { INTERPOLATION } from './isolated.ts'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common'
    resources: typeof EN
  }
}

export const LANGUAGES = [
  { locale: 'en', name: 'English', short: 'EN' },
  { locale: 'ru', name: 'Русский', short: 'RU' },
] as const satisfies readonly { locale: Locale; name: string; short: string }[]

/** Where a browser without an account remembers the choice. */
const KEY = 'postrider-language'

/** Each language is a file of its own, loaded when it is needed. */
const LOADERS: Readonly<Record<Locale, () => Promise<typeof EN>>> = {
  en: () => import('./en/all.ts').then(({ EN }) => EN),
  ru: () => import('./ru/all.ts').then(({ RU }) => RU as unknown as typeof EN),
}

/** Before the first page is drawn: the language that was chosen here before, or else the browser's first one that we speak. */
export async function startTexts(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: 'none',
    fallbackLng: false,
    defaultNS: 'common',
    resources: {},
    interpolation: INTERPOLATION,
    react: { useSuspense: false },
  })
  await chooseLanguage(remembered() ?? ofTheBrowser(), { remember: false })
}

/** What was chosen last: texts that come later than those of the next choice are nobody's wish any more. */
let chosen: Locale | undefined

export async function chooseLanguage(locale: Locale, { remember = true } = {}): Promise<void> {
  chosen = locale
  if (remember) rememberHere(locale)
  if (i18next.language === locale) return
  const texts = await LOADERS[locale]()
  if (chosen !== locale) return
  for (const [namespace, sentences] of Object.entries(texts)) i18next.addResourceBundle(locale, namespace, sentences)
  await i18next.changeLanguage(locale)
  document.documentElement.lang = locale
}

function ofTheBrowser(): Locale {
  const spoken = navigator.languages.map((language) => language.slice(0, 2).toLowerCase())
  return spoken.find(isSpoken) ?? 'en'
}

function remembered(): Locale | undefined {
  try {
    const locale = localStorage.getItem(KEY)
    return locale !== null && isSpoken(locale) ? locale : undefined
  } catch {
    return undefined
  }
}

function rememberHere(locale: Locale): void {
  try {
    localStorage.setItem(KEY, locale)
  } catch {
    // No storage in this browser: the account remembers.
  }
}

function isSpoken(language: string): language is Locale {
  return LANGUAGES.some(({ locale }) => locale === language)
}

// While one changes them: a page keeps what was typed on it.
import.meta.hot?.accept(['./en/all.ts', './ru/all.ts'], ([en, ru]) => {
  for (const [locale, texts] of [
    ['en', en?.['EN']],
    ['ru', ru?.['RU']],
  ] as const) {
    for (const [namespace, sentences] of Object.entries(texts ?? {}))
      i18next.addResourceBundle(locale, namespace, sentences)
  }
  void i18next.changeLanguage(i18next.language)
})
