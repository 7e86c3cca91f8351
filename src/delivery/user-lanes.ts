import type { Lane } from './lane.ts'

/** The chats of one user in memory. */
export interface UserLanes {
  /** Those in line. */
  readonly line: Lane[]
  readonly asleep: Set<Lane>
  /** All of them, those at work included. */
  count: number
}

/** Who has how many chats in memory; whoever has the most is found at once, however many users there are. */
export class Users {
  readonly #users = new Map<string, UserLanes>()
  /** At each place those who have so many chats. */
  readonly #byCount: Set<UserLanes>[] = []

  get(userId: string | undefined): UserLanes | undefined {
    return userId === undefined ? undefined : this.#users.get(userId)
  }

  countOf(userId: string): number {
    return this.#users.get(userId)?.count ?? 0
  }

  /** The lane is this user's now, and nobody else's. */
  give(lane: Lane, userId: string): void {
    if (lane.userId === userId) return
    this.take(lane)
    lane.userId = userId
    const user = this.#users.get(userId) ?? { line: [], asleep: new Set(), count: 0 }
    this.#users.set(userId, user)
    this.#setCount(user, user.count + 1)
  }

  /** The lane is nobody's any more, as far as is counted here. */
  take(lane: Lane): void {
    const user = this.get(lane.userId)
    if (user === undefined || lane.userId === undefined) return
    user.asleep.delete(lane)
    this.#setCount(user, user.count - 1)
    if (user.count === 0) this.#users.delete(lane.userId)
  }

  /** Those who have more chats than this, whoever has the most first. */
  *withMoreThan(count: number): Generator<UserLanes> {
    for (let most = this.#byCount.length - 1; most > count; most--) yield* this.#byCount[most] ?? []
  }

  #setCount(user: UserLanes, count: number): void {
    this.#byCount[user.count]?.delete(user)
    user.count = count
    if (count > 0) {
      while (this.#byCount.length <= count) this.#byCount.push(new Set())
      this.#byCount[count]?.add(user)
    }
    while (this.#byCount.at(-1)?.size === 0) this.#byCount.pop()
  }
}
