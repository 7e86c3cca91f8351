import type { Update } from '@grammyjs/types'
import { Agent, request } from 'undici'
import type { WebhookData } from '../world/data.ts'

/** A webhook has so long to answer (Bot API server). */
const TIMEOUT_MS = 60_000
/** As much of an answer as is read. */
const MOST_REPLY_BYTES = 1_048_576

export type WebhookAnswer =
  | { ok: true; contentType: string; body: Buffer }
  | { ok: false; status: number | undefined; message: string; retryAfterSeconds: number | undefined }

/** One POST of one update. Redirects are not followed; never throws. */
export async function postUpdate(
  agent: Agent,
  webhook: WebhookData,
  update: Update,
  signal: AbortSignal,
): Promise<WebhookAnswer> {
  try {
    return await post(webhook, update, signal, agent)
  } catch (problem) {
    return { ok: false, status: undefined, message: messageOf(problem), retryAfterSeconds: undefined }
  }
}

async function post(webhook: WebhookData, update: Update, signal: AbortSignal, agent: Agent): Promise<WebhookAnswer> {
  const url = new URL(webhook.url)
  const authorization = basicAuthorization(url)
  url.username = ''
  url.password = ''
  const { statusCode, statusText, headers, body } = await request(url, {
    method: 'POST',
    dispatcher: agent,
    signal,
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
    headers: {
      'content-type': 'application/json',
      ...(webhook.secretToken !== undefined && { 'x-telegram-bot-api-secret-token': webhook.secretToken }),
      ...(authorization !== undefined && { authorization }),
    },
    body: JSON.stringify(update),
  })
  const reply = Buffer.from(await body.arrayBuffer()).subarray(0, MOST_REPLY_BYTES)
  if (statusCode >= 200 && statusCode < 300) {
    return { ok: true, contentType: String(headers['content-type'] ?? ''), body: reply }
  }
  const message = `Wrong response from the webhook: ${statusCode} ${statusText}`.trim()
  const retryAfter = Number.parseInt(String(headers['retry-after']), 10)
  return { ok: false, status: statusCode, message, retryAfterSeconds: retryAfter > 0 ? retryAfter : undefined }
}

/** The user information of the URL becomes Basic authorization. */
function basicAuthorization(url: URL): string | undefined {
  if (url.username === '') return undefined
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
  return `Basic ${Buffer.from(pair).toString('base64')}`
}

/** Connections of one webhook, kept alive; with its own certificate and address where it was set with them. */
export function agentFor(webhook: WebhookData): Agent {
  const { certificate, ipAddress } = webhook
  return new Agent({
    connect: {
      ...(certificate !== undefined && { ca: certificate }),
      ...(ipAddress !== undefined && {
        lookup: (_host, options, done) => {
          if (options.all === true) done(null, [{ address: ipAddress, family: 4 }])
          else done(null, ipAddress, 4)
        },
      }),
    },
  })
}

/** In the words of getWebhookInfo. */
function messageOf(problem: unknown): string {
  const code = problem instanceof Error && 'code' in problem ? problem.code : undefined
  switch (code) {
    case 'ECONNREFUSED':
      return 'Connection refused'
    case 'UND_ERR_CONNECT_TIMEOUT':
      return 'Connection timed out'
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'UND_ERR_BODY_TIMEOUT':
      return 'Read timeout expired'
    case 'ENOTFOUND':
      return 'Failed to resolve host: Name or service not known'
    default:
      return 'Connection closed'
  }
}
