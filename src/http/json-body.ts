import { isUtf8 } from 'node:buffer'
import type { FastifyInstance } from 'fastify'
import { Refusal } from '../domain/refusals.ts'

/**
 * JSON is the only body there is. Beyond what the framework's parser refuses (broken JSON, `__proto__` and `constructor.prototype`
 * keys) this refuses bytes that are not UTF-8 and lone surrogates (`"\ud800"`): either would be stored as other characters than
 * were sent. An empty body is no body: many clients name a content type on a DELETE.
 */
export function acceptJsonOnly(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (body.length === 0) return done(null, undefined)
    if (!isUtf8(body)) return done(new Refusal('request_invalid', { detail: 'The body is not UTF-8.' }))
    const text = body.toString()
    void parseJson(request, text, (error, value: unknown) => {
      if (!error && text.includes('\\u') && !isWellFormed(value)) done(new Refusal('request_invalid', LONE_SURROGATE))
      else done(error, value)
    })
  })
}
const LONE_SURROGATE = { errors: [{ where: '/body', what: 'holds half of a Unicode surrogate pair' }] }

/** Without recursion: what a stranger sends may be nested deeper than our stack. */
function isWellFormed(parsed: unknown): boolean {
  const left = [parsed]
  while (left.length > 0) {
    const value = left.pop()
    if (typeof value === 'string' && !value.isWellFormed()) return false
    if (typeof value !== 'object' || value === null) continue
    for (const [key, inner] of Object.entries(value)) left.push(key, inner)
  }
  return true
}
