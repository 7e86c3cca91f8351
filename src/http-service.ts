import type { FastifyInstance } from 'fastify'
import type { Config } from './config/load-config.ts'
import type { Clock } from './domain/clock.ts'
import { OperatorError } from './domain/operator-error.ts'
import type { Service } from './ops/lifecycle.ts'

/**
 * How long a stop waits for requests that are half here or half answered: at most so many milliseconds, and at most this part of the
 * stop's time. Whoever sends half a request and no more must not use up the time of the deliveries under way.
 */
const MOST_PATIENCE_MS = 2000
const PATIENCE_PART = 0.25

export interface HttpConfig extends Pick<Config, 'host' | 'port' | 'drainTimeoutMs'> {
  /** What names the port. Default `PORT`. */
  setting?: 'PORT' | 'BOT_PORT'
}

/** The HTTP server as a part of the program that starts and stops. */
export class HttpService implements Service {
  readonly name = 'http'
  readonly #config: HttpConfig
  readonly #clock: Clock
  readonly #build: () => Promise<FastifyInstance>
  #server: FastifyInstance | undefined

  constructor(config: HttpConfig, clock: Clock, build: () => Promise<FastifyInstance>) {
    this.#config = config
    this.#clock = clock
    this.#build = build
  }

  /** 0 before the start. */
  get port(): number {
    const address = this.#server?.server.address()
    return typeof address === 'object' ? (address?.port ?? 0) : 0
  }

  async start(): Promise<void> {
    const { host, port, setting = 'PORT' } = this.#config
    this.#server = await this.#build()
    await this.#server.listen({ host, port }).catch((error: unknown) => {
      throw listenError(error, { host, port, setting })
    })
  }

  async stop(hard: AbortSignal): Promise<void> {
    const server = this.#server
    if (!server?.server.listening) return
    const ended = new AbortController()
    const closed = server.close().then(() => ended.abort())
    const patienceMs = Math.min(MOST_PATIENCE_MS, this.#config.drainTimeoutMs * PATIENCE_PART)
    await this.#clock.sleep(patienceMs, AbortSignal.any([hard, ended.signal]))
    server.server.closeAllConnections()
    await closed
  }
}

/** What the operator can do about a server that cannot listen; any other error as it is. */
export function listenError(
  error: unknown,
  at: { host: string; port: number; setting: 'PORT' | 'BOT_PORT' | 'SANDBOX_PORT' | 'PAGE_PORT' },
): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException
  // A file that may not be read has the same codes.
  if (syscall !== 'listen' && syscall !== 'getaddrinfo') return error
  const place = `${at.host}:${at.port}`
  const elsewhere = `set ${at.setting} to another port`
  switch (code) {
    case 'EADDRINUSE':
      return new OperatorError(`Another program listens on ${place} already: stop it, or ${elsewhere}.`, {
        cause: error,
      })
    case 'EACCES':
      return new OperatorError(`This user may not listen on ${place}: ${elsewhere} above 1023.`, { cause: error })
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new OperatorError(`${at.host} is no address of this machine: set HOST to one that is.`, { cause: error })
    default:
      return error
  }
}
