import { type Static, Type } from 'typebox'
import { readReason } from '../../domain/read-reason.ts'
import { REASON_CODES } from '../../domain/reasons.ts'
import { nullable, referTo } from '../wire.ts'

export const CauseSchema = Type.Object(
  {
    code: Type.Enum([...REASON_CODES], {
      description: 'Which sentence it is. There may be more of them in later versions.',
    }),
    values: Type.Record(Type.String(), Type.String(), {
      description:
        'What was filled into it: `said` in the words of Telegram or whoever said it, `status` (HTTP), `error`, `seconds`, `count`, `host`.',
    }),
  },
  {
    $id: 'Cause',
    title: 'Cause',
    description: 'A reason for programs, such as one that tells it in another language.',
    examples: [{ code: 'message_refused_saying', values: { said: 'message text is empty' } }],
  },
)

/** Of the sentence that stands beside it. */
export const CauseOrNull = nullable(referTo(CauseSchema), {
  description: 'The same for programs; null where there is no sentence, or one of an older version.',
})

/** What `CauseOrNull` tells of a sentence. */
export function wireCause(sentence: string | null): Static<typeof CauseSchema> | null {
  const cause = sentence === null ? null : readReason(sentence)
  return cause && { code: cause.code, values: { ...cause.values } }
}
