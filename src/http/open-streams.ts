import type { ServerResponse } from 'node:http'

/** `x-accel-buffering` tells nginx to pass each event on at once. The connection serves nothing else, so it ends with the stream. */
export const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
  connection: 'close',
}

/** The streams that must be told when the server stops. */
export class OpenStreams {
  readonly #ends = new Set<() => void>()
  #stopped = false

  /** The signal aborts when the reader is gone and when the server stops. */
  open(response: ServerResponse): AbortSignal {
    const ending = new AbortController()
    const end = (): void => {
      ending.abort()
      // A reader that does not read would hold up the stop; it comes back with its last id as after any cut connection.
      if (response.writableNeedDrain) response.destroy()
    }
    this.#ends.add(end)
    response.once('close', () => {
      this.#ends.delete(end)
      ending.abort()
    })
    if (this.#stopped) end()
    return ending.signal
  }

  endAll(): void {
    this.#stopped = true
    for (const end of this.#ends) end()
  }
}
