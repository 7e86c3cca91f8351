import type { FastifyRequest, FastifySchema } from 'fastify'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { PAGE_PATH } from './page-routes.ts'
import { prefersHtml } from './prefers-html.ts'

export interface HomeRoutesDeps {
  /** There is an account page to go to. */
  hasPage: boolean
  /** Where the sandbox's phone is; null when Telegram is the real one. */
  phoneUrl: string | null
  /** What whoever does not ask for HTML gets instead of the page; null: the page. */
  forPrograms: { schema: FastifySchema; handle: (request: FastifyRequest) => unknown } | null
}

/** What a browser sees first: the account page, or where else to look. */
export function homeRoutes({ hasPage, phoneUrl, forPrograms }: HomeRoutesDeps): FastifyPluginAsyncTypebox {
  const page = homePage(phoneUrl)
  return async (app) => {
    app.get('/', { schema: forPrograms?.schema ?? { hide: true } }, async (request, reply) => {
      reply.header('vary', 'accept')
      if (forPrograms && !prefersHtml(request.headers.accept)) return forPrograms.handle(request)
      return hasPage ? reply.redirect(PAGE_PATH) : reply.type('text/html; charset=utf-8').send(page)
    })
  }
}

function homePage(phoneUrl: string | null): string {
  const phone =
    phoneUrl === null ? '' : entry(phoneUrl, 'Phone', 'the sandbox: a Telegram on this machine, not the real one')
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Postrider</title>
<style>
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 12vh auto; padding: 0 1.25rem }
  h1 { font-size: 1.75rem; margin-bottom: .25rem }
  dl { margin-top: 2rem } dt { font-weight: 600 } dd { margin: 0 0 1rem }
</style>
<main>
<h1>Postrider is running</h1>
<p>It carries messages from an HTTP API to the Telegram chat of the person they are for.</p>
<dl>
${entry('/docs', 'API', 'every request, to read and to try out')}
${entry('/redoc', 'API reference', 'the same, to read at length')}
${entry('/openapi.json', 'OpenAPI 3.1', 'the same, for programs')}
${phone}
</dl>
</main>
</html>
`
}

function entry(url: string, name: string, about: string): string {
  return `<dt><a href="${url}">${name}</a></dt><dd>${about}</dd>`
}
