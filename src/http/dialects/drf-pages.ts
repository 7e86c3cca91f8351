import type { FastifyRequest } from 'fastify'

/** The last value of a name in the query, as Django reads it; undefined when there is none. */
export function queryText({ query }: FastifyRequest, name: string): string | undefined {
  const given = (query as Readonly<Record<string, string | string[] | undefined>>)[name]
  return Array.isArray(given) ? given.at(-1) : given
}

/** `limit` and `offset` as `LimitOffsetPagination` reads them: junk counts as not given, and so does a limit of 0. */
export function readPage(request: FastifyRequest, defaultLimit: number): { limit: number; offset: number } {
  const limit = wholeNumber(queryText(request, 'limit')) ?? 0
  return { limit: limit > 0 ? limit : defaultLimit, offset: wholeNumber(queryText(request, 'offset')) ?? 0 }
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

/** Where the caller reached us. */
export function originOf(request: FastifyRequest, publicUrl: string | null): string {
  return publicUrl ?? `${request.protocol}://${request.host}`
}

/** The body of a page, with the addresses of the pages before and after it. */
export function pageOf<T>(
  address: string,
  { limit, offset, count, results }: { limit: number; offset: number; count: number; results: T[] },
): { count: number; next: string | null; previous: string | null; results: T[] } {
  const at = (place: number): string => `${address}?limit=${limit}${place > 0 ? `&offset=${place}` : ''}`
  return {
    count,
    next: offset + limit < count ? at(offset + limit) : null,
    previous: offset > 0 ? at(offset - limit) : null,
    results,
  }
}
