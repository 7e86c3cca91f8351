import type { RequestsQuery, SandboxControl } from '../../src/sandbox/control-types.ts'
import type { Store } from '../../src/store/store.ts'
import type { TelegramClient } from '../../src/telegram/telegram-client.ts'
import type { ManualClock } from './manual-clock.ts'

/** What was begun and has not ended. */
interface UnderWay {
  /** True when it cannot end before time moves. */
  waitsForTime: () => boolean
}

/** In real milliseconds, for a machine that does ten other things: no promise is measured by it. */
const PATIENCE_MS = 120_000

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/**
 * Moves time for a program that runs over a real store and a real sandbox, and only while the program is at rest: when it waits for
 * nothing but time. It may wait for its store, for Telegram and for the clock. The first two are counted here; and what it does
 * between them is done in promises, so it is over before the event loop takes its next turn.
 *
 * A program at rest stays so until time moves. So a test that looks at it then, and does not see what it waits for, does not miss it.
 */
export class TimeLapse {
  readonly #clock: ManualClock
  readonly #control: SandboxControl
  readonly #underWay = new Set<UnderWay>()

  constructor({ clock, control }: { clock: ManualClock; control: SandboxControl }) {
    this.#clock = clock
    this.#control = control
  }

  /** The same store; time stands still while it works. */
  overStore(store: Store): Store {
    const outbox = this.#counted(store.outbox)
    return this.#counted(store, { outbox })
  }

  /** The same client; time stands still while it works, unless the sandbox has the request in hand and does not answer yet. */
  overTelegram(client: TelegramClient): TelegramClient {
    return {
      ...client,
      sendText: (message, signal) =>
        this.#during(client.sendText(message, signal), this.#inHand({ chat: message.chatId })),
      getMe: (signal) => this.#during(client.getMe(signal), this.#inHand({ method: 'getMe' })),
    }
  }

  /** Lets everything happen that takes no time. */
  async rest(): Promise<void> {
    const patience = patient()
    while (!(await this.#isAtRest())) await patience('the program never came to rest')
  }

  /** Moves time on, from one moment at which somebody wakes to the next, until it holds. */
  async until(holds: () => boolean | Promise<boolean>): Promise<void> {
    const patience = patient()
    for (;;) {
      const wasAtRest = await this.#isAtRest()
      // Looked at after that, never before: time must not move when it has come to hold meanwhile.
      if (await holds()) return
      if (!wasAtRest || this.#clock.advanceToNext() === 0) await patience('it did not come to pass')
    }
  }

  /** Lets so much time pass, and everything happen that happens in it. */
  async pass(ms: number): Promise<void> {
    let isOver = false
    void this.#clock.sleep(ms).then(() => (isOver = true))
    await this.until(() => isOver)
    await this.rest()
  }

  async #isAtRest(): Promise<boolean> {
    await new Promise((resolve) => setImmediate(resolve))
    return this.#underWay.values().every(({ waitsForTime }) => waitsForTime())
  }

  #during<T>(work: Promise<T>, waitsForTime = () => false): Promise<T> {
    const one: UnderWay = { waitsForTime }
    this.#underWay.add(one)
    return work.finally(() => this.#underWay.delete(one))
  }

  /** The sandbox answers at once, but for a delay, which is its clock's: whatever it has not answered waits for time. */
  #inHand(which: RequestsQuery): () => boolean {
    const after = this.#control.requests({ limit: 1 })[0]?.sequence ?? 0
    return () => this.#control.requests({ ...which, after }).some(({ answeredAtMs }) => answeredAtMs === undefined)
  }

  #counted<T extends object>(real: T, parts: Partial<T> = {}): T {
    return new Proxy(real, {
      get: (target, name) => {
        const value: unknown = Reflect.get(name in parts ? parts : target, name)
        if (typeof value !== 'function') return value
        return (...given: unknown[]) => {
          const result: unknown = Reflect.apply(value, target, given)
          return result instanceof Promise ? this.#during(result) : result
        }
      },
    })
  }
}

/** Waits a little each time, and rejects when it has been too long. */
function patient(): (complaint: string) => Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  return async (complaint) => {
    if (performance.now() > deadline) throw new Error(complaint)
    await pause(1)
  }
}
