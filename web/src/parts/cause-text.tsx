import { useTranslation } from 'react-i18next'
import type { Schemas } from '../api/schema.d.ts'

interface CauseTextProps {
  cause: Schemas['Cause'] | null
  /** The program's own sentence, which is English: for reasons that an older version of it wrote down. */
  sentence: string
  /** What happened was told already: where Telegram said why, its words are enough. */
  brief?: boolean
}

/** Why, in the person's language. What Telegram said stands behind it as a quotation, as it was said. */
export function CauseText({ cause, sentence, brief = false }: CauseTextProps) {
  const { t, i18n } = useTranslation('reasons')
  if (!cause || !i18n.exists(cause.code, { ns: 'reasons' })) return <bdi lang="en">{sentence}</bdi>
  const { said, ...values } = cause.values
  return (
    <>
      {!(brief && said !== undefined) && t(cause.code as 'telegram_silent', { replace: values })}
      {said !== undefined && (
        <>
          {' Telegram: '}
          <q lang="en" dir="auto">
            {said}
          </q>
        </>
      )}
    </>
  )
}
