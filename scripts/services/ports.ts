import { once } from 'node:events'
import { createServer } from 'node:net'
import { OperatorError } from '../../src/domain/operator-error.ts'

/**
 * The port itself, or a free one for 0. A service that is told to pick one would have to tell the others.
 *
 * @throws OperatorError when the port is taken: what answers there would be mistaken for the service. `setting` is where it comes from.
 */
export async function settlePort(port: number, { host, setting }: { host: string; setting: string }): Promise<number> {
  const server = createServer()
  try {
    server.listen(port, host)
    await once(server, 'listening')
    const address = server.address()
    return typeof address === 'object' && address ? address.port : port
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EADDRINUSE') throw error
    throw new OperatorError(`Port ${port} is taken: stop what uses it, or set ${setting} to another one.`, {
      cause: error,
    })
  } finally {
    server.close()
  }
}
