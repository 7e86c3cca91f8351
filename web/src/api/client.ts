import createClient from 'openapi-fetch'
import { Problem } from './problem.ts'
import type { paths } from './schema.d.ts'

/** The program's own API. The session's cookie goes along by itself; nothing in this page ever sees it. */
export const api = createClient<paths>({ baseUrl: '/', credentials: 'same-origin' })

/**
 * The body of a good answer.
 *
 * @throws Problem when the program refused, and when it cannot be reached (`offline`).
 */
export async function answer<T>(
  asked: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<Exclude<T, undefined>> {
  const { data, error, response } = await asked.catch((thrown: unknown) => {
    throw Problem.unreachable(thrown)
  })
  if (!response.ok) throw Problem.of(error, response)
  return data as Exclude<T, undefined>
}
