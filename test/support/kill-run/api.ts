/** Longer than any answer takes on a machine that is busy with other tests; a post without an answer is repeated. */
const ANSWER_PATIENCE_MS = 30_000

export interface ApiAnswer {
  status: number
  replayed: boolean
  // A test reads what it expects to be there.
  // oxlint-disable-next-line typescript/no-explicit-any
  body: any
}

/** One request to the program over HTTP, with nothing of ours between. Rejects when no answer came. */
export async function ask(
  url: string,
  authorization: string,
  [method, path]: readonly [method: string, path: string],
  { body, key }: { body?: object; key?: string } = {},
): Promise<ApiAnswer> {
  const response = await fetch(`${url}${path}`, {
    method,
    signal: AbortSignal.timeout(ANSWER_PATIENCE_MS),
    headers: {
      authorization,
      ...(body && { 'content-type': 'application/json' }),
      ...(key !== undefined && { 'idempotency-key': key }),
    },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const replayed = response.headers.get('idempotency-replayed') === 'true'
  return { status: response.status, replayed, body: text === '' ? null : JSON.parse(text) }
}

/** What `ask` answers, or an error that says what came instead. */
export async function expectStatus(status: number, answer: Promise<ApiAnswer>): Promise<ApiAnswer['body']> {
  const { status: seen, body } = await answer
  if (seen !== status) throw new Error(`expected ${status}, got ${seen}: ${JSON.stringify(body)}`)
  return body
}
