import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'

/** One call as the process that made it saw it, in milliseconds of `performance.now()`. */
export interface LineCall {
  method: string
  fromMs: number
  /** The answer began, or the connection ended. */
  untilMs: number
}

/** What only one process may do for a bot at a time. */
const OF_THE_OWNER = new Set(['sendMessage', 'getUpdates'])

/** News of two connections that come in the same breath are told in any order, in milliseconds. */
const SAME_BREATH_MS = 100

/** The wire between one process and the Bot API, which passes everything on as it is and knows when that process called. */
export class TelegramLine {
  readonly calls: LineCall[] = []
  readonly #target: URL
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(target: string) {
    this.#target = new URL(target)
    this.#server = createServer((caller) => this.#pass(caller))
  }

  static async open(target: string): Promise<TelegramLine> {
    const line = new TelegramLine(target)
    line.#server.listen(0, '127.0.0.1')
    await once(line.#server, 'listening')
    return line
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** When a call that only the bot's owner may make began last; before all times when none did. */
  get lastCallMs(): number {
    return this.calls.at(-1)?.fromMs ?? Number.NEGATIVE_INFINITY
  }

  close(): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  #pass(caller: Socket): void {
    const telegram = connect(Number(this.#target.port), this.#target.hostname)
    let call: LineCall | undefined
    const answered = (): void => {
      if (call !== undefined) call.untilMs = performance.now()
      call = undefined
    }
    // One call at a time on each connection: HTTP/1.1 without pipelining.
    caller.on('data', (chunk: Buffer) => (call ??= this.#begin(chunk)))
    telegram.on('data', answered)
    caller.on('close', answered)
    join(caller, telegram)
    join(telegram, caller)
    for (const socket of [caller, telegram]) {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    }
  }

  #begin(chunk: Buffer): LineCall | undefined {
    const method = /^[A-Z]+ \S*\/(\w+)(?:\?\S*)? HTTP/.exec(chunk.toString('latin1', 0, 200))?.[1]
    if (method === undefined || !OF_THE_OWNER.has(method)) return undefined
    const call = { method, fromMs: performance.now(), untilMs: Number.POSITIVE_INFINITY }
    this.calls.push(call)
    return call
  }
}

/** What one says the other hears, also how it ends: in an orderly way or by a reset. */
function join(from: Socket, to: Socket): void {
  from.on('data', (chunk) => to.write(chunk))
  from.on('end', () => to.end())
  // A socket that has ended cannot be reset any more: Node would leave it open for ever.
  from.on('error', () => (to.writableEnded ? to.destroy() : to.resetAndDestroy()))
  from.on('close', () => from.readableEnded || to.destroy())
}

/** Calls of two processes that were under way for the same bot at the same time, in words. */
export function findTwoAtATime(lines: ReadonlyMap<string, TelegramLine>): string[] {
  const all = [...lines].flatMap(([name, { calls }]) => calls.map((call) => ({ name, ...call })))
  const wrong: string[] = []
  let open: typeof all = []
  for (const call of all.toSorted((a, b) => a.fromMs - b.fromMs)) {
    open = open.filter(({ untilMs }) => untilMs > call.fromMs + SAME_BREATH_MS)
    for (const other of open.filter(({ name }) => name !== call.name)) {
      wrong.push(`${call.name} called ${call.method} while ${other.name} was at ${other.method}`)
    }
    open.push(call)
  }
  return wrong
}
