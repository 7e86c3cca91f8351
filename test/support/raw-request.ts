import { once } from 'node:events'
import { connect } from 'node:net'

/** Sends bytes as they are and reads until the other side ends: for what no HTTP client would send. */
export async function rawRequest(
  port: number,
  bytes: string,
): Promise<{ status: number; headers: Record<string, string>; body: string }> {
  const socket = connect(port, '127.0.0.1')
  const received: Uint8Array[] = []
  socket.on('data', (chunk: Buffer) => received.push(chunk))
  // A refused request may be cut off while we still write; the answer is what counts.
  socket.on('error', () => undefined)
  socket.write(bytes, 'latin1')
  await once(socket, 'close')
  const [head = '', ...rest] = Buffer.concat(received).toString().split('\r\n\r\n')
  const [statusLine = '', ...headerLines] = head.split('\r\n')
  const headers = Object.fromEntries(
    headerLines.map((line) => [line.split(':', 1)[0]?.toLowerCase(), line.replace(/^[^:]*:\s*/, '')]),
  )
  return { status: Number(statusLine.split(' ')[1]), headers, body: rest.join('\r\n\r\n') }
}
