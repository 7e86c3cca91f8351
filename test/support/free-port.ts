import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** Systems give ports by themselves from above these: Linux from 32768 on (ip(7)), others from 49152 on (RFC 6335). */
const OURS = { from: 10_240, below: 32_768 }

/**
 * A port on 127.0.0.1 for a server that cannot pick one by itself, or has to come back to the one that it had. Meanwhile nobody is given
 * it: no server that listens on port 0, and no connection as the port that it comes from, least of all the one that looks whether the
 * server is there, which would meet itself.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(OURS.from, OURS.below)
    if (await isFree(port)) return port
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  const isListening = await once(server.listen(port, '127.0.0.1'), 'listening').then(
    () => true,
    () => false,
  )
  if (isListening) await once(server.close(), 'close')
  return isListening
}
