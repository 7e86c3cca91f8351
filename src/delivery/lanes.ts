import type { Priority } from '../domain/delivery-options.ts'
import { DueQueue } from './due-queue.ts'
import { type Lane, newLane } from './lane.ts'
import { type UserLanes, Users } from './user-lanes.ts'

/**
 * With more chats than this in memory only those at work hold messages; the others read them again at their turn. With the length below
 * it bounds the memory for texts to 32 MB.
 */
const MOST_WITH_BUFFER = 2000

/** What a chat that waits for its turn holds of texts, in UTF-16 code units: two Telegram messages full. */
const MOST_TEXT_HELD = 8192

/** Sleepers that were stirred may leave so many moments behind before these are cleared away. */
const MOST_OLD_MOMENTS = 100

/** Room beyond the capacity for chats whose sender is not known yet, as a part of it. */
const ANTEROOM = 0.1

/**
 * The chats that have work, each in one place: in line, at work, or asleep. Users take turns, and so do the chats of each user: who
 * writes to a thousand chats has one turn in each round, like everybody else. Memory grows with the chats that are active, up to
 * `capacity`, and never with the messages that wait; beyond it, the chats of whoever has the most are left on disk.
 */
export class Lanes {
  readonly #capacity: number
  readonly #lanes = new Map<number, Lane>()
  readonly #users = new Users()
  /** Chats whose sender must be found out: before all turns, since looking is no turn. */
  readonly #strangers: Lane[] = []
  /** Users with a chat in line, the next one first. */
  readonly #ring = new Set<UserLanes>()
  #asleep = new DueQueue<Lane>()
  #left = false

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get size(): number {
    return this.#lanes.size
  }

  /** Messages in memory. */
  get held(): number {
    return this.#lanes.values().reduce((sum, { buffer }) => sum + buffer.length, 0)
  }

  /** When the first sleeper is due, by the monotonic clock; Infinity when nobody sleeps. */
  get nextDueMs(): number {
    return this.#asleep.nextMs
  }

  /** There is new work for this chat. False when there is no room to remember it. */
  wake(peerId: number): boolean {
    const known = this.#lanes.get(peerId)
    if (known !== undefined) {
      known.again = true
      return true
    }
    if (this.#lanes.size >= this.#capacity + Math.ceil(this.#capacity * ANTEROOM)) return false
    this.#strangers.push(this.#add(peerId))
    return true
  }

  /**
   * A lane for a chat without work, busy from the start, for a message of this user that is about to be stored. Undefined when the chat
   * has work, when others are in line, or when there is no room.
   */
  occupy(peerId: number, userId: string): Lane | undefined {
    const isOthersTurn = this.#strangers.length > 0 || this.#ring.size > 0
    if (isOthersTurn || this.#lanes.size >= this.#capacity || this.#lanes.has(peerId)) return undefined
    const lane = this.#add(peerId)
    this.#users.give(lane, userId)
    lane.state = 'busy'
    return lane
  }

  /**
   * There is work on disk for this chat, and its first message is this user's. False when it stays there for now: there is no room, and
   * nobody has so many chats in memory that one of them should make some.
   */
  find(peerId: number, userId: string): boolean {
    const known = this.#lanes.get(peerId)
    if (known !== undefined) {
      known.again = true
      return true
    }
    if (this.#lanes.size >= this.#capacity && !this.#makeRoom(this.#users.countOf(userId) + 1)) return false
    const lane = this.#add(peerId)
    this.#users.give(lane, userId)
    this.requeue(lane)
    return true
  }

  /** There is work for this chat that goes before what is lower: what was read is read anew, and a sleeper looks again. */
  overtake(peerId: number, priority: Priority): void {
    const lane = this.#lanes.get(peerId)
    if (lane === undefined) return
    if (lane.state === 'asleep' && lane.sleepsFor < priority) this.requeue(lane)
    if (lane.buffer.some((message) => message.priority < priority)) lane.buffer = []
  }

  /** Something that waited there was taken away: it looks again at once, in case that was what it slept for. */
  stir(peerId: number): void {
    const lane = this.#lanes.get(peerId)
    if (lane === undefined) return
    lane.again = true
    lane.stirred = true
    if (lane.state === 'asleep') this.requeue(lane)
  }

  /** False when there are so many chats that what was read ahead would be forgotten before its turn. */
  get keepsBuffers(): boolean {
    return this.#lanes.size <= MOST_WITH_BUFFER
  }

  /** The next lane whose turn it is; it is busy until it is given to one of the methods below. */
  take(nowMs: number): Lane | undefined {
    this.#rouse(nowMs)
    const lane = this.#strangers.shift() ?? this.#nextInRing()
    if (lane !== undefined) lane.state = 'busy'
    return lane
  }

  /**
   * Its first message is this user's. False when that was not known: then it was not its turn, and it is in the line of the user now, or
   * left on disk because the user has most of the room already.
   */
  belongsTo(lane: Lane, userId: string): boolean {
    if (lane.userId === userId) return true
    const wasKnown = lane.userId !== undefined
    this.#users.give(lane, userId)
    const isIn = wasKnown || this.#lanes.size <= this.#capacity || this.#makeRoom(this.#users.countOf(userId))
    if (isIn) this.requeue(lane)
    else this.#leaveOnDisk(lane)
    return false
  }

  /** To the end of the line of its user. */
  requeue(lane: Lane): void {
    lane.state = 'ready'
    if (!this.keepsBuffers || lengthOf(lane.buffer) > MOST_TEXT_HELD) lane.buffer = []
    const [first] = lane.buffer
    if (first !== undefined) this.#users.give(lane, first.userId)
    const user = this.#users.get(lane.userId)
    if (user === undefined) return void this.#strangers.push(lane)
    user.asleep.delete(lane)
    user.line.push(lane)
    this.#ring.add(user)
  }

  /** Sleeps until then, by the monotonic clock, and forgets what it had read. */
  sleep(lane: Lane, untilMs: number): void {
    lane.state = 'asleep'
    lane.sleepsFor = lane.buffer[0]?.priority ?? 0
    lane.buffer = []
    lane.dueMs = untilMs
    this.#users.get(lane.userId)?.asleep.add(lane)
    this.#asleep.push(untilMs, lane)
    if (this.#asleep.size > 2 * this.#lanes.size + MOST_OLD_MOMENTS) this.#forgetStirred()
  }

  /** It ran dry: forgotten, unless new work came meanwhile. */
  finish(lane: Lane): void {
    if (lane.again) return this.requeue(lane)
    this.#forget(lane)
  }

  /** True once when chats were left on disk and there is room again. */
  takeLeft(): boolean {
    if (!this.#left || this.#lanes.size > this.#capacity * (1 - ANTEROOM)) return false
    this.#left = false
    return true
  }

  #nextInRing(): Lane | undefined {
    const [user] = this.#ring
    if (user === undefined) return undefined
    this.#ring.delete(user)
    const lane = user.line.shift()
    if (user.line.length > 0) this.#ring.add(user)
    return lane
  }

  #add(peerId: number): Lane {
    const lane = newLane(peerId)
    this.#lanes.set(peerId, lane)
    return lane
  }

  #forget(lane: Lane): void {
    lane.state = 'gone'
    lane.buffer = []
    this.#lanes.delete(lane.peerId)
    this.#users.take(lane)
  }

  #leaveOnDisk(lane: Lane): void {
    this.#left = true
    this.#forget(lane)
  }

  /**
   * For a user who has `count` chats with it: whoever has the most leaves one on disk, the last in line, or one that sleeps. False when
   * nobody has more.
   */
  #makeRoom(count: number): boolean {
    for (const user of this.#users.withMoreThan(count)) {
      const last = user.line.pop()
      if (last !== undefined && user.line.length === 0) this.#ring.delete(user)
      const [victim] = last === undefined ? user.asleep : [last]
      if (victim === undefined) continue
      this.#leaveOnDisk(victim)
      return true
    }
    return false
  }

  #rouse(nowMs: number): void {
    for (let due = this.#asleep.shiftDue(nowMs); due !== undefined; due = this.#asleep.shiftDue(nowMs)) {
      const { item: lane, atMs } = due
      if (lane.state === 'asleep' && lane.dueMs === atMs) this.requeue(lane)
    }
  }

  /** Those that were stirred leave their old moments behind. */
  #forgetStirred(): void {
    this.#asleep = new DueQueue()
    for (const lane of this.#lanes.values()) if (lane.state === 'asleep') this.#asleep.push(lane.dueMs, lane)
  }
}

function lengthOf(messages: Lane['buffer']): number {
  return messages.reduce((sum, { text }) => sum + text.length, 0)
}
