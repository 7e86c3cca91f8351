import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

export interface Passed {
  path: string
  headers: IncomingHttpHeaders
  body: string
  /** What was answered; 502 when nobody was behind the door. */
  status: number
}

/** The reverse proxy of an installation: one address, whatever process is behind it now. It remembers what passed. */
export interface FrontDoor {
  url: string
  /** Each request goes to the next of these addresses. */
  lead(...urls: string[]): void
  readonly passed: Passed[]
}

export async function frontDoor(t: TestContext): Promise<FrontDoor> {
  let behind: string[] = []
  let turn = 0
  const passed: Passed[] = []

  async function pass(path: string, headers: IncomingHttpHeaders, body: string, response: ServerResponse) {
    const record: Passed = { path, headers, body, status: 502 }
    passed.push(record)
    try {
      const answer = await forward(behind[turn++ % behind.length], path, headers, body)
      record.status = answer.status
      const retryAfter = answer.headers.get('retry-after')
      response.writeHead(answer.status, retryAfter === null ? {} : { 'retry-after': retryAfter })
      response.end(await answer.text())
    } catch {
      response.writeHead(502).end()
    }
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      void pass(request.url ?? '/', request.headers, Buffer.concat(chunks).toString(), response)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lead: (...urls) => void (behind = urls),
    passed,
  }
}

async function forward(url = 'http://nobody.invalid', path: string, headers: IncomingHttpHeaders, body: string) {
  const secret = headers['x-telegram-bot-api-secret-token']
  return await fetch(url + path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(typeof secret === 'string' && { 'x-telegram-bot-api-secret-token': secret }),
    },
    body,
  })
}
