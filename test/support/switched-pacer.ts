import { CALLS_GRACE_MS } from '../../src/delivery/bot-seat.ts'
import { KeptPacers } from '../../src/delivery/kept-pacers.ts'
import { Pacer, type Turn, type Urgency } from '../../src/delivery/pacer.ts'
import type { Clock } from '../../src/domain/clock.ts'

/** A bot is switched off `afterMs` after it was on for the last time, and for `offMs` once all that called by it has ended. */
export interface Switch {
  afterMs: number
  offMs: number
}

interface Seat {
  pacer: Pacer
  stopping: AbortController
  cut: AbortController
  underWay: Set<Promise<void>>
}

/** The pacer of a bot that is switched off and on: leave is given while it is on, and a call that it holds up is cut. */
export class SwitchedPacer {
  readonly #clock: Clock
  readonly #kept: KeptPacers
  #fence = 0
  #on = Promise.withResolvers<Seat>()

  constructor(clock: Clock, switches: readonly Switch[]) {
    this.#clock = clock
    this.#kept = new KeptPacers(clock)
    this.#begin()
    void this.#switch(switches)
  }

  /** Makes the call as soon as it may be made; `cut` aborts when it takes too long. */
  async send(chatId: number, urgency: Urgency, call: (cut: AbortSignal) => Promise<void>): Promise<void> {
    for (;;) {
      const seat = await this.#on.promise
      const turn = await seat.pacer.turn(chatId, urgency, seat.stopping.signal)
      if (turn !== undefined) return await carry(seat, turn, call)
      await this.#clock.sleep(Math.max(1, seat.pacer.chatWaitMs(chatId)), seat.stopping.signal)
    }
  }

  #begin(): void {
    const formerFence = this.#fence++
    const pacer =
      this.#kept.take({ botId: 'bot', fence: this.#fence }, formerFence) ?? new Pacer({ clock: this.#clock })
    this.#on.resolve({ pacer, stopping: new AbortController(), cut: new AbortController(), underWay: new Set() })
  }

  async #switch(switches: readonly Switch[]): Promise<void> {
    for (const { afterMs, offMs } of switches) {
      await this.#clock.sleep(afterMs)
      const seat = await this.#on.promise
      this.#on = Promise.withResolvers()
      await this.#end(seat)
      this.#kept.keep({ botId: 'bot', fence: this.#fence }, seat.pacer)
      await this.#clock.sleep(offMs)
      this.#begin()
    }
  }

  async #end({ stopping, cut, underWay }: Seat): Promise<void> {
    stopping.abort()
    const over = new AbortController()
    void this.#clock.sleep(CALLS_GRACE_MS, over.signal).then(() => cut.abort())
    await Promise.all(underWay)
    over.abort()
  }
}

async function carry(seat: Seat, turn: Turn, call: (cut: AbortSignal) => Promise<void>): Promise<void> {
  const done = call(seat.cut.signal).then(() => turn.end(true))
  seat.underWay.add(done)
  await done
  seat.underWay.delete(done)
}
