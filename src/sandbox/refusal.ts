import { CATALOGUE, type CatalogueKey } from './faults/catalogue.ts'

/** Numbers that come with a refusal: `retry_after` in seconds, `migrate_to_chat_id`. */
export interface RefusalParameters {
  retry_after?: number
  migrate_to_chat_id?: number
}

/** The Bot API says no. Thrown by a method's checks, in the order of the server, and caught in one place. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  readonly parameters: RefusalParameters | undefined

  constructor(status: number, description: string, parameters?: RefusalParameters) {
    super(description)
    this.status = status
    this.parameters = parameters
  }
}

/** A refusal in the exact wording of the catalogue. */
export function refusal(key: CatalogueKey, parameters?: RefusalParameters): Refusal {
  const { status, description } = CATALOGUE[key]
  return new Refusal(status, description, parameters)
}

/**
 * 400 with the prefix of the server, which lower-cases the first letter unless the second is an upper-case letter or `_`
 * (so that raw codes such as TOPIC_CLOSED stay as they are).
 */
export function badRequest(message: string): Refusal {
  const second = message.charAt(1)
  const raw = second === '_' || (second >= 'A' && second <= 'Z')
  return new Refusal(400, `Bad Request: ${raw ? message : message.charAt(0).toLowerCase() + message.slice(1)}`)
}

/** 429 with the wait in all its places. */
export function tooManyRequests(retryAfterSeconds: number): Refusal {
  return new Refusal(429, `Too Many Requests: retry after ${retryAfterSeconds}`, { retry_after: retryAfterSeconds })
}
