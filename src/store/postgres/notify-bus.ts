import type { Client } from 'pg'
import type { Clock } from '../../domain/clock.ts'
import type { Bus, BusMessage } from '../bus.ts'
import { fragmentsOf, Reassembly } from './fragments.ts'

const CHANNEL = 'postrider'

/** Between two tries to get a connection back, in milliseconds. */
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 5000

/** A connection that is quiet is asked so often whether it lives, and has so long to answer, in milliseconds. */
const PULSE_MS = 15_000
const PULSE_TIMEOUT_MS = 5000

export interface NotifyBusOptions {
  /** A new connection, not connected yet. */
  newClient: () => Client
  clock: Clock
}

/**
 * What processes tell each other by LISTEN and NOTIFY, on a connection of its own. When it breaks it is made anew; in between what the
 * others say is not heard, and what is published is dropped, so here and there listeners are told that something was `missed`.
 */
export class NotifyBus implements Bus {
  readonly #options: NotifyBusOptions
  readonly #listeners = new Set<(message: BusMessage) => void>()
  readonly #closing = new AbortController()
  #client: Client | undefined
  #waiting: BusMessage[] = []
  #dropped = false
  #running: Promise<void> | undefined
  #sending: Promise<void> = Promise.resolve()

  constructor(options: NotifyBusOptions) {
    this.#options = options
  }

  /** Resolves when it listens; rejects when there is no connection to be had. */
  async open(): Promise<void> {
    const client = await this.#connect()
    this.#running = this.#keep(client)
  }

  publish(message: BusMessage): void {
    this.#waiting.push(message)
    if (this.#waiting.length === 1) queueMicrotask(() => this.#flush())
  }

  onMessage(listener: (message: BusMessage) => void): void {
    this.#listeners.add(listener)
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#sending
    await this.#client?.end().catch(() => undefined)
    await this.#running
  }

  async #connect(): Promise<Client> {
    const client = this.#options.newClient()
    try {
      await client.connect()
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
      const reassembly = new Reassembly()
      client.on('notification', ({ processId, payload }) => {
        // Our own come back, too.
        if (processId === rows[0]?.pid) return
        for (const message of reassembly.take(processId, payload ?? '')) this.#tell(message)
      })
      // A word that may be lost need not wait for the disk.
      await client.query('set synchronous_commit = off')
      await client.query(`listen ${CHANNEL}`)
      return client
    } catch (error) {
      await client.end().catch(() => undefined)
      throw error
    }
  }

  async #keep(first: Client): Promise<void> {
    const { signal } = this.#closing
    for (let client: Client | undefined = first; client !== undefined; client = await this.#reconnect()) {
      this.#client = client
      this.#tellOfGaps(client !== first)
      await this.#untilLost(client)
      this.#client = undefined
      await client.end().catch(() => undefined)
      if (signal.aborted) return
    }
  }

  #tellOfGaps(wasLost: boolean): void {
    if (wasLost) this.#tell({ kind: 'missed' })
    if (this.#dropped) this.publish({ kind: 'missed' })
    this.#dropped = false
  }

  /** Resolves when the connection is gone, or when nobody answers on it. */
  async #untilLost(client: Client): Promise<void> {
    const { clock } = this.#options
    const lost = new AbortController()
    client.once('end', () => lost.abort())
    const over = AbortSignal.any([lost.signal, this.#closing.signal])
    while (!over.aborted) {
      await clock.sleep(PULSE_MS, over)
      if (over.aborted) return
      const answered = client.query('select 1').then(
        () => true,
        () => false,
      )
      const patience = new AbortController()
      const tooLate = clock.sleep(PULSE_TIMEOUT_MS, AbortSignal.any([over, patience.signal])).then(() => false)
      const isAlive = await Promise.race([answered, tooLate])
      patience.abort()
      if (!isAlive) return
    }
  }

  async #reconnect(): Promise<Client | undefined> {
    const { clock } = this.#options
    const { signal } = this.#closing
    for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        return await this.#connect()
      } catch {
        await clock.sleep(pauseMs, signal)
      }
    }
    return undefined
  }

  #flush(): void {
    const messages = this.#waiting
    this.#waiting = []
    const client = this.#client
    if (client === undefined) {
      this.#dropped = true
      return
    }
    this.#sending = this.#sending.then(() => this.#send(client, messages))
  }

  async #send(client: Client, messages: readonly BusMessage[]): Promise<void> {
    try {
      await client.query('select pg_notify($1, fragment) from unnest($2::text[]) as fragment', [
        CHANNEL,
        fragmentsOf(messages),
      ])
    } catch {
      this.#dropped = true
    }
  }

  #tell(message: BusMessage): void {
    for (const listener of this.#listeners) listener(message)
  }
}
