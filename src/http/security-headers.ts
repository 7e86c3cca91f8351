import helmet from '@fastify/helmet'
import Fastify from 'fastify'

/** Nothing from any other host, and no script that does not come as a file from here. */
const OPTIONS = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      // Swagger UI, Redoc and the account page's components write their styles into the page as they draw.
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:'],
      fontSrc: ["'self'"],
      connectSrc: ["'self'"],
      // Redoc searches in a worker that it makes out of a blob.
      workerSrc: ["'self'", 'blob:'],
      // The sandbox's phone stands beside the account.
      frameSrc: ["'self'"],
      manifestSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
  // Whoever ends TLS before us says it for the whole host; over plain HTTP browsers ignore it.
  strictTransportSecurity: false,
  crossOriginEmbedderPolicy: false,
}

/**
 * The headers that helmet puts on every answer, asked once: none of ours depends on the request, and working them out for each costs
 * more than finding the route.
 */
export async function securityHeaders(): Promise<Record<string, string>> {
  const bare = await headersOf(false)
  const helmeted = await headersOf(true)
  return Object.fromEntries(Object.entries(helmeted).filter(([name]) => !(name in bare)))
}

async function headersOf(withHelmet: boolean): Promise<Record<string, string>> {
  const app = Fastify()
  if (withHelmet) await app.register(helmet, OPTIONS)
  app.get('/', async () => '')
  const { headers } = await app.inject('/')
  await app.close()
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}
