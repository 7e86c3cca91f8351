import type { Message } from '../../api/message-filter.ts'

/** As the API takes a message that names none. */
export const USUAL_PRIORITY = 3

/**
 * The command that sends a message like this one.
 *
 * @param origin Of the program, such as `https://postrider.example`.
 * @param token What stands where the person puts a token of theirs.
 */
export function curlOf(message: Message, origin: string, token: string): string {
  const { text, chatId, priority, delivery, digest } = message
  const body = {
    text,
    chatId,
    ...(priority !== USUAL_PRIORITY && { priority }),
    ...(delivery !== 'at_least_once' && { delivery }),
    ...(digest !== 'when_behind' && { digest }),
  }
  return [
    `curl ${quoted(`${origin}/v1/messages`)}`,
    `-H ${quoted(`Authorization: Bearer ${token}`)}`,
    `-H ${quoted('Content-Type: application/json')}`,
    `--data-raw ${quoted(JSON.stringify(body))}`,
  ].join(' \\\n  ')
}

/** As one word of a POSIX shell, whatever is in it. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}
