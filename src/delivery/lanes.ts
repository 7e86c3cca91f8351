import type { Priority } from '../domain/delivery-options.ts'
import type { Outbound } from '../store/store.ts'
import { DueQueue } from './due-queue.ts'

/** One chat with work: its messages go one after the other. Holds a few of them at most, and none while it sleeps. */
export interface Lane {
  readonly peerId: number
  /** Whose message is the first; undefined until it was read. In a group it may be another's after each message. */
  userId: string | undefined
  /** `ready` waits for its turn, `busy` has it, `asleep` waits for a moment, `gone` is no longer remembered. */
  state: 'ready' | 'busy' | 'asleep' | 'gone'
  /** Read from the store and not yet sent, in order. */
  buffer: Outbound[]
  /** Telegram told this chat to wait until then, as the store had it when the buffer was read. */
  notBeforeMs: number
  /** The chat was thought to be closed when the buffer was read. */
  blocked: boolean
  /** Failures of our own in a row (the store, a bug), for the delay after the next one. */
  troubles: number
  /** New work came since it last read: it must read again before it may be forgotten. */
  again: boolean
  /** Something was taken away since it last read: what it read may not be there any more. */
  stirred: boolean
  /** When it wakes up, by the monotonic clock. */
  dueMs: number
  /** The priority of the message for which it sleeps. */
  sleepsFor: number
  /** What its first message waits for: a moment of the machine's clock, and what that was on the monotonic one when first seen. */
  until: { wallMs: number; monotonicMs: number } | undefined
}

interface UserLanes {
  /** Those in line. */
  line: Lane[]
  /** All of them. */
  count: number
}

/** With more chats than this in memory only those at work hold messages; the others read them again at their turn. */
const MOST_WITH_BUFFER = 100

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
  readonly #users = new Map<string, UserLanes>()
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

  /** There is work for this chat. False when there is no room to remember it; what was just accepted gets in sooner. */
  wake(peerId: number, isNew = true): boolean {
    const known = this.#lanes.get(peerId)
    if (known !== undefined) {
      known.again = true
      return true
    }
    if (this.#lanes.size >= this.#capacity + (isNew ? Math.ceil(this.#capacity * ANTEROOM) : 0)) return false
    const lane: Lane = {
      peerId,
      userId: undefined,
      state: 'ready',
      buffer: [],
      notBeforeMs: 0,
      blocked: false,
      troubles: 0,
      again: false,
      stirred: false,
      dueMs: 0,
      until: undefined,
      sleepsFor: 0,
    }
    this.#lanes.set(peerId, lane)
    this.#strangers.push(lane)
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
    this.#setUser(lane, userId)
    if (wasKnown || this.#lanes.size <= this.#capacity) this.requeue(lane)
    else this.#makeRoomFor(lane, userId)
    return false
  }

  /** To the end of the line of its user. */
  requeue(lane: Lane): void {
    lane.state = 'ready'
    if (this.#lanes.size > MOST_WITH_BUFFER) lane.buffer = []
    const [first] = lane.buffer
    if (first !== undefined) this.#setUser(lane, first.userId)
    const user = lane.userId === undefined ? undefined : this.#users.get(lane.userId)
    if (user === undefined) return void this.#strangers.push(lane)
    user.line.push(lane)
    this.#ring.add(user)
  }

  /** Sleeps until then, by the monotonic clock, and forgets what it had read. */
  sleep(lane: Lane, untilMs: number): void {
    lane.state = 'asleep'
    lane.sleepsFor = lane.buffer[0]?.priority ?? 0
    lane.buffer = []
    lane.dueMs = untilMs
    this.#asleep.push(untilMs, lane)
    if (this.#asleep.size > 2 * this.#lanes.size + MOST_WITH_BUFFER) this.#forgetStirred()
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

  #setUser(lane: Lane, userId: string): void {
    if (lane.userId === userId) return
    this.#leaveUser(lane)
    lane.userId = userId
    const user = this.#users.get(userId) ?? { line: [], count: 0 }
    user.count++
    this.#users.set(userId, user)
  }

  #leaveUser({ userId }: Lane): void {
    const user = userId === undefined ? undefined : this.#users.get(userId)
    if (userId === undefined || user === undefined) return
    if (--user.count === 0) this.#users.delete(userId)
  }

  #forget(lane: Lane): void {
    lane.state = 'gone'
    lane.buffer = []
    this.#lanes.delete(lane.peerId)
    this.#leaveUser(lane)
  }

  /** Whoever has the most chats in memory leaves one on disk, its last in line; if that is this user, it is this chat. */
  #makeRoomFor(lane: Lane, userId: string): void {
    this.#left = true
    const mine = this.#users.get(userId)?.count ?? 0
    let most: UserLanes | undefined
    for (const user of this.#users.values()) {
      if (user.line.length > 0 && user.count > Math.max(mine, most?.count ?? 0)) most = user
    }
    const victim = most?.line.pop()
    if (most === undefined || victim === undefined) return this.#forget(lane)
    if (most.line.length === 0) this.#ring.delete(most)
    this.#forget(victim)
    this.requeue(lane)
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
