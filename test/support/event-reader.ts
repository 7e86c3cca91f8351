import assert from 'node:assert/strict'
import { get, type IncomingMessage } from 'node:http'

export interface ServerEvent {
  id: string | undefined
  event: string | undefined
  data: unknown
}

/** Reads server-sent events from a real socket, as the HTML standard parses them; comments are kept too. */
export class EventReader {
  readonly response: IncomingMessage
  readonly comments: string[] = []
  retryMs: number | undefined
  readonly #blocks: AsyncGenerator<string, void, void>

  private constructor(response: IncomingMessage) {
    this.response = response
    this.#blocks = blocksOf(response)
  }

  static open(url: string, headers: Record<string, string>): Promise<EventReader> {
    return new Promise((resolve, reject) => {
      // An agent would keep the connection for the next one.
      get(url, { headers, agent: false }, (response) => resolve(new EventReader(response))).on('error', reject)
    })
  }

  /** The next event, or undefined when the stream ended as it should; rejects when it was cut. */
  async next(): Promise<ServerEvent | undefined> {
    for (;;) {
      const event = await this.#nextBlock()
      if (event === undefined || event.data !== undefined) return event
    }
  }

  /** Reads until a comment came. No event may come before it. */
  async nextComment(): Promise<string> {
    const before = this.comments.length
    while (this.comments.length === before) {
      const block = await this.#nextBlock()
      assert.ok(block, 'the stream ended')
      assert.equal(block.data, undefined, `an event came instead: ${JSON.stringify(block)}`)
    }
    return this.comments.at(-1) ?? ''
  }

  /** As many events as asked for. */
  async take(count: number): Promise<ServerEvent[]> {
    const events: ServerEvent[] = []
    while (events.length < count) {
      const event = await this.next()
      assert.ok(event, `the stream ended after ${events.length} events`)
      events.push(event)
    }
    return events
  }

  close(): void {
    this.response.destroy()
  }

  async #nextBlock(): Promise<ServerEvent | undefined> {
    const { value: block, done } = await this.#blocks.next()
    if (done) return undefined
    const fields = block.split('\n').map((line) => /^([^:]*):? ?(.*)$/s.exec(line) ?? [])
    const field = (name: string): string | undefined => fields.find(([, key]) => key === name)?.[2]
    const comment = field('')
    if (comment !== undefined) this.comments.push(comment)
    const retry = field('retry')
    if (retry !== undefined) this.retryMs = Number(retry)
    const data = field('data')
    return { id: field('id'), event: field('event'), data: data === undefined ? undefined : JSON.parse(data) }
  }
}

async function* blocksOf(response: IncomingMessage): AsyncGenerator<string, void, void> {
  response.setEncoding('utf8')
  let text = ''
  for await (const chunk of response) {
    text += String(chunk)
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    yield* blocks
  }
  assert.equal(text, '', 'the stream ended in the middle of an event')
}
