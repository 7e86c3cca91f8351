/** What the kill run runs: the program as its users start it, as one process or as several. */
export interface UnderTest {
  /** Kills so far, and how many of them came before the process said that it was up. */
  readonly kills: number
  readonly killsInStart: number
  /** What no process should have done: ended by itself, or logged an error. */
  readonly complaints: readonly string[]
  /** How often it said what, above `info`. */
  readonly warnings: ReadonlyMap<string, number>
  /** Where its API listens: now, or when it is up again. Anywhere, where it listens at several places. */
  url(): Promise<string>
  /** Everything up; again, after a kill. */
  start(): Promise<void>
  /** kill -9 of what delivers */
  kill(): Promise<void>
  /** kill -9 in the midst of the start of what was killed, `afterMs` after the process was made. */
  startAndKill(afterMs: number): Promise<void>
  /** What else happens to it before its next kill; begins while it comes up from the one before. */
  disturb?(scene: Disturbance): Promise<void>
  /** A clean stop. */
  stop(): Promise<void>
  /** What is wrong when all is over. */
  conclude?(): string[]
}

export interface Disturbance {
  /** In [0, 1). */
  dice: number
  /** Lets everybody post at once while `flood` is true. */
  load: { flood: boolean }
}

/** What is given to whatever makes it. */
export interface Surroundings {
  dataDir: string
  apiRoot: string
  env: Record<string, string>
  after: (cleanUp: () => void | Promise<void>) => void
  say: (line: string) => void
}
