/** A refusal of the program (RFC 9457), or that there was no answer at all. */
export class Problem extends Error {
  override readonly name = 'Problem'
  /** From the catalogue of `docs/errors.md`, or `offline`. */
  readonly code: string
  readonly status: number
  /** Which fields are wrong: where in the request, and what. */
  readonly errors: readonly { where: string; what: string }[]
  /** Seconds, where the program says when to come again. */
  readonly retryAfter: number | null

  constructor(it: {
    code: string
    status: number
    detail: string
    errors?: readonly { where: string; what: string }[]
    retryAfter?: number | null
    cause?: unknown
  }) {
    super(it.detail, { cause: it.cause })
    this.code = it.code
    this.status = it.status
    this.errors = it.errors ?? []
    this.retryAfter = it.retryAfter ?? null
  }

  static of(body: unknown, response: Response): Problem {
    const told = isTold(body) ? body : { code: 'unknown', detail: response.statusText }
    const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
    return new Problem({
      ...told,
      status: response.status,
      retryAfter: Number.isFinite(retryAfter) ? retryAfter : null,
    })
  }

  static unreachable(cause: unknown): Problem {
    return new Problem({ code: 'offline', status: 0, detail: 'There was no answer.', cause })
  }
}

function isTold(
  body: unknown,
): body is { code: string; detail: string; errors?: readonly { where: string; what: string }[] } {
  return typeof body === 'object' && body !== null && 'code' in body && 'detail' in body
}

/** The person must sign in (again). */
export function isSignedOut(error: unknown): boolean {
  return error instanceof Problem && error.status === 401
}
