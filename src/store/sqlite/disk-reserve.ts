import { randomFillSync } from 'node:crypto'
import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Between two looks whether there is room again, in milliseconds. */
const LOOK_EVERY_MS = 1000

/**
 * Room on the disk that nobody uses, beside the database. When the disk is full it is given up: then what was accepted can still be
 * marked, sent and settled, while nothing new is taken in. Taken again as soon as there is room for it twice.
 */
export class DiskReserve {
  readonly #file: string
  readonly #bytes: number
  #taken = false
  #nextLookMs = 0

  /** 0 bytes: no reserve, and intake is never refused because of it. */
  constructor(databaseFile: string, bytes: number) {
    this.#file = `${databaseFile}-reserve`
    this.#bytes = bytes
    if (bytes > 0) this.#take()
  }

  /** True while the reserve is in use and the disk has not got room for more. Looks again by itself, once in a second at most. */
  isUsedUp(): boolean {
    if (this.#taken || this.#bytes === 0) return false
    const nowMs = performance.now()
    if (nowMs >= this.#nextLookMs) {
      this.#nextLookMs = nowMs + LOOK_EVERY_MS
      if (this.#freeBytes() >= this.#bytes * 2) this.#take()
    }
    return !this.#taken
  }

  /** The disk is full. True when that made room. */
  release(): boolean {
    const had = this.#taken
    this.#remove()
    return had
  }

  close(): void {
    this.#remove()
  }

  #take(): void {
    try {
      // A file system that compresses would keep no room for zeros.
      writeFileSync(this.#file, randomFillSync(Buffer.allocUnsafe(this.#bytes)), { mode: 0o600 })
      this.#taken = true
    } catch {
      this.#remove()
    }
  }

  #remove(): void {
    this.#taken = false
    rmSync(this.#file, { force: true })
  }

  #freeBytes(): number {
    const { bavail, bsize } = statfsSync(dirname(this.#file))
    return bavail * bsize
  }
}
