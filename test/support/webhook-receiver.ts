import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import type { Update } from '@grammyjs/types'
import { until } from './until.ts'

export interface ReceivedUpdate {
  headers: IncomingHttpHeaders
  update: Update
}

export interface Reply {
  status: number
  headers?: Record<string, string>
  body?: string
}

/** A bot's own server: notes what Telegram posts to it and answers as told. */
export class WebhookReceiver {
  readonly received: ReceivedUpdate[] = []
  readonly url: string
  /** May wait before it answers. */
  reply: (received: ReceivedUpdate) => Reply | Promise<Reply> = () => ({ status: 200 })

  constructor(url: string) {
    this.url = url
  }

  /** Resolves once so many updates came; rejects after ten seconds. */
  async count(count: number): Promise<void> {
    await until(`${count} updates came`, () => this.received.length >= count)
  }
}

export async function webhookReceiver(t: TestContext): Promise<WebhookReceiver> {
  let receiver: WebhookReceiver | undefined
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const update = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Update
      const received = { headers: request.headers, update }
      receiver?.received.push(received)
      void answer(received, response)
    })
  })
  const answer = async (received: ReceivedUpdate, response: ServerResponse): Promise<void> => {
    const reply = await receiver?.reply(received)
    response.writeHead(reply?.status ?? 500, reply?.headers ?? {}).end(reply?.body ?? '')
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  receiver = new WebhookReceiver(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`)
  return receiver
}
