import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Refusal } from '../domain/refusals.ts'
import { SESSION_COOKIE } from './openapi.ts'

/** Where the account page lives; `web/vite.config.ts` says the same. Nothing else is below it. */
export const PAGE_PATH = '/app/'

const A_YEAR_S = 365 * 24 * 60 * 60

export interface PageRoutesDeps {
  /** With `index.html` in it. */
  folder: string
  /** The sandbox's phone stands beside the account. */
  hasPhone: boolean
}

/**
 * The account page, as `scripts/build-page.ts` built it. Whatever is no file of it is its document: which of its pages that is, the page
 * itself knows.
 */
export function pageRoutes({ folder, hasPhone }: PageRoutesDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const document = await readFile(join(folder, 'index.html'), 'utf8')
    // What the page need not ask for, because the answer to most would be a refusal, and a refusal is an error to a browser's console.
    const told = (isSignedIn: boolean): string =>
      document.replace(
        '<html ',
        `<html data-session="${isSignedIn ? 'maybe' : 'none'}" ${hasPhone ? 'data-phone ' : ''}`,
      )
    const documents = { signedIn: told(true), signedOut: told(false) }
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
    app.get(`${PAGE_PATH}*`, send, async ({ cookies }, reply) => {
      reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').header('vary', 'cookie')
      return cookies[SESSION_COOKIE] === undefined ? documents.signedOut : documents.signedIn
    })
  }
}

/** The build puts a hash of what is in them into the names of these. */
function cacheControlOf(path: string): string {
  return /[/\\]assets[/\\]/.test(path) ? `public, max-age=${A_YEAR_S}, immutable` : 'no-cache'
}
