import { readFile } from 'node:fs/promises'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorsPage } from './errors-page.ts'
import { openApiDocument } from './openapi.ts'

/** The OpenAPI document and what draws it. Nothing is loaded from any other host, so it works without the internet. */
export function docsRoutes(): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get('/openapi.json', HIDDEN, async () => openApiDocument(app))

    await app.register(swaggerUi, {
      routePrefix: '/docs',
      theme: { title: 'Postrider API' },
      uiConfig: { layout: 'BaseLayout', deepLinking: true, displayRequestDuration: true, tryItOutEnabled: true },
    })

    const errors = errorsPage(await readFile(new URL('../../docs/errors.md', import.meta.url), 'utf8'))
    app.get('/docs/errors', HIDDEN, async (_request, reply) => reply.type(HTML).send(errors))

    for (const path of ['/redoc', '/redoc/']) {
      app.get(path, HIDDEN, async (_request, reply) => reply.type(HTML).send(REDOC_PAGE))
    }
    app.get('/redoc/start.js', HIDDEN, async (_request, reply) => reply.type(SCRIPT).send(REDOC_START))
    app.get('/redoc/logo.svg', HIDDEN, async (_request, reply) => reply.type('image/svg+xml').send(EMPTY_IMAGE))
    app.get('/redoc/redoc.standalone.js', HIDDEN, async (_request, reply) => {
      return reply
        .type(SCRIPT)
        .header('cache-control', 'public, max-age=3600')
        .send(await redocScript())
    })
  }
}

const HIDDEN = { schema: { hide: true } }
const HTML = 'text/html; charset=utf-8'
const SCRIPT = 'text/javascript; charset=utf-8'

const REDOC_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Postrider API</title>
<link rel="icon" href="data:,">
<style>body { margin: 0 }</style>
</head>
<body>
<div id="redoc"></div>
<script src="/redoc/redoc.standalone.js"></script>
<script src="/redoc/start.js"></script>
</body>
</html>
`

/** A file, because the page's policy runs no script that stands in the page. */
const REDOC_START = `Redoc.init('/openapi.json', { hideDownloadButton: false }, document.getElementById('redoc'))
`

const EMPTY_IMAGE = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'

/** Redoc's bundle, whose footer would load its makers' logo from their host. Read when first asked for: it is a megabyte. */
async function redocScript(): Promise<string> {
  const bundle = new URL(import.meta.resolve('redoc/bundles/redoc.standalone.js'))
  const script = await readFile(bundle, 'utf8')
  return script.replaceAll('https://cdn.redoc.ly/redoc/logo-mini.svg', '/redoc/logo.svg')
}
