import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Refusal } from '../domain/refusals.ts'

/** Where the account page lives; `web/vite.config.ts` says the same. Nothing else is below it. */
export const PAGE_PATH = '/app/'

const A_YEAR_S = 365 * 24 * 60 * 60

/**
 * The account page, as `scripts/build-page.ts` built it. Whatever is no file of it is its document: which of its pages that is, the page
 * itself knows.
 *
 * @param folder With `index.html` in it.
 */
export function pageRoutes(folder: string): FastifyPluginAsyncTypebox {
  return async (app) => {
    const document = await readFile(join(folder, 'index.html'), 'utf8')
    await app.register(fastifyStatic, {
      root: folder,
      prefix: PAGE_PATH,
      // A route for each file that is there at the start, so that no path is ever looked up on the disk.
      wildcard: false,
      index: false,
      decorateReply: false,
      preCompressed: true,
      schemaHide: true,
      cacheControl: false,
      setHeaders: (reply, path) => void reply.header('cache-control', cacheControlOf(path)),
    })
    const send = { schema: { hide: true } }
    app.get(PAGE_PATH.slice(0, -1), send, async (_request, reply) => reply.redirect(PAGE_PATH))
    // Of a former version: a document instead of a script would only confuse.
    app.get(`${PAGE_PATH}assets/*`, send, async () => {
      throw new Refusal('not_found')
    })
    app.get(`${PAGE_PATH}*`, send, async (_request, reply) => {
      return reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(document)
    })
  }
}

/** The build puts a hash of what is in them into the names of these. */
function cacheControlOf(path: string): string {
  return /[/\\]assets[/\\]/.test(path) ? `public, max-age=${A_YEAR_S}, immutable` : 'no-cache'
}
