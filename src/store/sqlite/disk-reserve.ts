import { randomFillSync } from 'node:crypto'
import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Between two looks whether there is room again, in milliseconds. Each that was in vain, because the room was not there although the file
 * system said so or because it was used up again at once, makes the next one wait twice as long.
 */
const LOOK_EVERY_MS = 1000
const LONGEST_PAUSE_MS = 60_000

/**
 * Room on the disk that nobody uses, beside the database. When the disk is full it is given up: then what was accepted can still be
 * marked, sent and settled, while nothing new is taken in. Taken again as soon as there is room for it twice.
 */
export class DiskReserve {
  readonly #file: string
  readonly #bytes: number
  #taken = false
  #takenSinceMs = 0
  #nextLookMs = 0
  #pauseMs = LOOK_EVERY_MS

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
    if (nowMs >= this.#nextLookMs) this.#look(nowMs)
    return !this.#taken
  }

  /** The disk is full. True when that made room. */
  release(): boolean {
    if (!this.#taken) return false
    const nowMs = performance.now()
    if (nowMs - this.#takenSinceMs > LONGEST_PAUSE_MS) this.#pauseMs = LOOK_EVERY_MS
    this.#remove()
    this.#waitLonger(nowMs)
    return true
  }

  close(): void {
    this.#remove()
  }

  /** The file system knows nothing of a quota, nor of a limit on the size of files: whether there is room, only writing tells. */
  #look(nowMs: number): void {
    this.#nextLookMs = nowMs + LOOK_EVERY_MS
    if (this.#freeBytes() < this.#bytes * 2) return
    const trial = `${this.#file}-trial`
    this.#take()
    if (this.#taken && !this.#write(trial)) this.#remove()
    rmSync(trial, { force: true })
    if (!this.#taken) this.#waitLonger(nowMs)
  }

  #waitLonger(nowMs: number): void {
    this.#nextLookMs = nowMs + this.#pauseMs
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS)
  }

  #take(): void {
    if (!this.#write(this.#file)) return this.#remove()
    this.#taken = true
    this.#takenSinceMs = performance.now()
  }

  #write(file: string): boolean {
    try {
      // A file system that compresses would keep no room for zeros.
      writeFileSync(file, randomFillSync(Buffer.allocUnsafe(this.#bytes)), { mode: 0o600 })
      return true
    } catch {
      return false
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
