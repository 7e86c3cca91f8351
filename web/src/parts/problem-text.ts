import { useTranslation } from 'react-i18next'
import { Problem } from '../api/problem.ts'

/** Puts a refusal into words of the person's language; what has none there keeps the program's own. */
export function useProblemText(): (error: Error) => string {
  const { t, i18n } = useTranslation('problems')
  return (error) => {
    if (!(error instanceof Problem)) return t('bug')
    const { code, retryAfter, message } = error
    if (code === 'too_many_requests' && retryAfter !== null) return t('too_many_requests_for', { count: retryAfter })
    return i18n.exists(code, { ns: 'problems' }) ? t(code as 'offline') : `${t('refused')} ${message}`
  }
}
