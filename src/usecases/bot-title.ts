import { NAME_PATTERN } from '../domain/account.ts'
import { MOST_TITLE_LENGTH } from '../domain/bot.ts'
import { Refusal } from '../domain/refusals.ts'

const VISIBLE_LINE = new RegExp(NAME_PATTERN, 'u')

/** Null when nothing can be seen of it. Refuses with `request_invalid` what is too long or more than a line. */
export function botTitle(title: string | null): string | null {
  if (title === null || title.trim() === '') return null
  if (VISIBLE_LINE.test(title) && Array.from(title).length <= MOST_TITLE_LENGTH) return title
  const what = `must have at most ${MOST_TITLE_LENGTH} characters in one line, at least one of them visible`
  throw new Refusal('request_invalid', { errors: [{ where: '/body/title', what }] })
}
