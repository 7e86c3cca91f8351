import { isUtf8 } from 'node:buffer'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Refusal } from '../domain/refusals.ts'

export const FORM = 'application/x-www-form-urlencoded'
export const MULTIPART = 'multipart/form-data'

/**
 * Reads the bodies of HTML forms beside JSON, in this scope and beneath it: an object of texts, the last one where a name is repeated. A
 * file of a multipart body is no text, and stays what `FormData` makes of it. Refuses what is not UTF-8.
 */
export function acceptForms(app: FastifyInstance): void {
  app.addContentTypeParser<Buffer>(FORM, { parseAs: 'buffer' }, async (_request: FastifyRequest, body: Buffer) =>
    readForm(textOf(body)),
  )
  app.addContentTypeParser<Buffer>(MULTIPART, { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) =>
    readMultipart(body, request.headers['content-type'] ?? ''),
  )
}

/** Refuses with `request_invalid` when it is not UTF-8. */
export function textOf(body: Buffer): string {
  if (!isUtf8(body)) throw new Refusal('request_invalid', { detail: 'The body is not UTF-8.' })
  return body.toString()
}

/** `name=value&name=value`. Stricter than `URLSearchParams`, which would put other characters in the place of broken ones. */
export function readForm(text: string): Record<string, string> {
  const pairs = text.split('&').filter((pair) => pair !== '')
  return Object.fromEntries(pairs.map((pair) => [decoded(pair.split('=', 1)[0] ?? ''), decoded(afterEquals(pair))]))
}

/**
 * For a body that is called a form whatever it is, as `curl -d` does. It is one when it is well-formed and has these names alone, each once
 * and `needed` among them; otherwise the answer is undefined, and the text is meant as it stands. Where blanks stand as they are, somebody
 * wrote it by hand and meant a plus where one is.
 */
export function formIn(text: string, names: readonly string[], needed: string): Record<string, string> | undefined {
  const pairs = text.split('&').map((pair) => /^(\w+)=(.*)$/s.exec(pair)?.slice(1) ?? [])
  const found = pairs.map(([name = '']) => name)
  const isForm = found.includes(needed) && found.every((name) => names.includes(name))
  if (!isForm || new Set(found).size < found.length) return undefined
  const byHand = /\s/.test(text)
  try {
    return Object.fromEntries(
      pairs.map(([name = '', value = '']) => [name, byHand ? decodeURIComponent(value) : decoded(value)]),
    )
  } catch {
    return undefined
  }
}

function afterEquals(pair: string): string {
  const at = pair.indexOf('=')
  return at < 0 ? '' : pair.slice(at + 1)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch (cause) {
    throw new Refusal('request_invalid', { detail: 'The form is not percent-encoded UTF-8.', cause })
  }
}

async function readMultipart(body: Buffer, contentType: string): Promise<Record<string, unknown>> {
  textOf(body)
  try {
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData()
    return Object.fromEntries(form.entries())
  } catch (cause) {
    throw new Refusal('request_invalid', { detail: 'The body is not multipart/form-data.', cause })
  }
}
