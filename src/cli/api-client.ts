import type { Clock } from '../domain/clock.ts'
import type { DeliveryMode, DigestMode, Priority } from '../domain/delivery-options.ts'
import type { MessageStatus } from '../domain/message-state.ts'
import { OperatorError } from '../domain/operator-error.ts'
import type { ClientSettings } from './client-settings.ts'

/** What `POST /v1/messages` takes; what is absent has the server's default. */
export interface NewMessage {
  text: string
  chatId?: string
  silent?: boolean
  priority?: Priority
  delivery?: DeliveryMode
  digest?: DigestMode
  expiresAt?: string
}

/** A message as `POST /v1/messages` and `GET /v1/messages/{id}` write it; the fields that we read. */
export interface SentMessage {
  id: string
  status: MessageStatus
  deliveredAt: string | null
  waitingFor: string | null
  error: { code: string; detail: string } | null
  possibleDuplicate: boolean
}

export interface ApiClientDeps {
  settings: ClientSettings
  clock: Clock
  /** Told once when the server does not answer and we try again. */
  onRetry: (reason: string) => void
}

/** How long a server that is down or busy is tried again. A restart takes a few seconds. */
const PATIENCE_MS = 30_000
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 4000
/** One request: the server answers as soon as the message is on disk. */
const REQUEST_TIMEOUT_MS = 15_000
/** The server is there and asks to come again, or a proxy says that it is away for a moment. */
const TRY_AGAIN = [429, 502, 503, 504]

/**
 * Calls the HTTP API. Tries again while the server cannot be reached or is busy; that is safe because each request either only reads
 * or carries an idempotency key. All refusals become an OperatorError with the server's own words.
 */
export class ApiClient {
  readonly #deps: ApiClientDeps
  #toldOfRetry = false

  constructor(deps: ApiClientDeps) {
    this.#deps = deps
  }

  send(message: NewMessage, idempotencyKey: string): Promise<SentMessage> {
    const headers = { 'content-type': 'application/json', 'idempotency-key': idempotencyKey }
    return this.#call('/v1/messages', { method: 'POST', headers, body: JSON.stringify(message) })
  }

  get(messageId: string): Promise<SentMessage> {
    return this.#call(`/v1/messages/${messageId}`, { method: 'GET' })
  }

  async #call(path: string, request: Ask): Promise<SentMessage> {
    const { clock, settings } = this.#deps
    const untilMs = clock.now() + PATIENCE_MS
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      const answer = await this.#once(path, request)
      if (answer.ok) return answer.message
      const waitMs = Math.max(pauseMs, answer.retryAfterMs)
      if (!answer.tryAgain || clock.now() + waitMs > untilMs) throw new OperatorError(answer.reason)
      if (!this.#toldOfRetry)
        this.#deps.onRetry(`${settings.url} does not take it yet (${answer.reason}); trying again.`)
      this.#toldOfRetry = true
      await clock.sleep(waitMs)
    }
  }

  async #once(path: string, request: Ask): Promise<Answer> {
    const { url, token } = this.#deps.settings
    try {
      const response = await fetch(`${url}${path}`, {
        ...request,
        // Our token is for this server, wherever it may point us.
        redirect: 'error',
        headers: { ...request.headers, accept: 'application/json', authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      })
      return await readAnswer(response, url)
    } catch (error) {
      return { ok: false, tryAgain: true, retryAfterMs: 0, reason: unreachable(url, error) }
    }
  }
}

interface Ask {
  method: string
  headers?: Record<string, string>
  body?: string
}

type Answer =
  | { ok: true; message: SentMessage }
  | { ok: false; tryAgain: boolean; retryAfterMs: number; reason: string }

async function readAnswer(response: Response, url: string): Promise<Answer> {
  const body = parse(await response.text())
  if (response.ok && typeof body['id'] === 'string') return { ok: true, message: body as unknown as SentMessage }
  const retryAfterMs = Number(response.headers.get('retry-after') ?? 0) * 1000 || 0
  return {
    ok: false,
    tryAgain: TRY_AGAIN.includes(response.status),
    retryAfterMs,
    reason: refusal(response.status, body, url),
  }
}

function parse(text: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

const HINTS: Readonly<Record<string, string>> = {
  credentials_invalid:
    'The API token is wrong, expired or deleted: make a new one in your account and set POSTRIDER_TOKEN.',
  scope_missing: 'This API token lacks a right: sending needs the scope "send", and --wait needs "read" too.',
  chat_not_linked: 'No Telegram chat is linked to this account yet: open the link from your account in Telegram first.',
}

/** What a refusal means for the person, from its code, or else in the server's own words. */
function refusal(status: number, body: Record<string, unknown>, url: string): string {
  const { code, title, detail, errors } = body
  if (typeof code !== 'string') return `${url} answered ${status} and is no Postrider: check --url or POSTRIDER_URL.`
  const faults = Array.isArray(errors)
    ? errors.map((fault: { where?: string; what?: string }) => `${fault.where} ${fault.what}`)
    : []
  const own = [detail ?? title, ...faults].filter((part) => typeof part === 'string').join(' ')
  return `${HINTS[code] ?? own} (${code})`
}

function unreachable(url: string, error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `${url} took too long to answer`
  const cause = error instanceof Error ? (error.cause ?? error) : error
  const code = (cause as NodeJS.ErrnoException | undefined)?.code
  if (code === 'ECONNREFUSED') return `Nobody answers at ${url}: is the server up, and is --url or POSTRIDER_URL right?`
  return `${url} cannot be reached${code === undefined ? '' : ` (${code})`}`
}
