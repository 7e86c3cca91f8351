import type { Config } from '../config/load-config.ts'
import type { BotAnswer } from '../domain/bot.ts'
import type { Clock } from '../domain/clock.ts'
import type { Contents } from '../domain/contents.ts'
import type { LostBotTokens } from '../usecases/lost-bot-tokens.ts'
import type { ListUsers } from '../usecases/list-users.ts'
import type { RegisterUser } from '../usecases/register-user.ts'
import type { RemoveUser } from '../usecases/remove-user.ts'
import type { SetPassword } from '../usecases/set-password.ts'
import type { SetRole } from '../usecases/set-role.ts'

/** What the commands need of the rest of the house. `main.ts` puts it together; the commands know no engine and no server. */
export interface House {
  /** Of this program. */
  version: string
  clock: Clock
  createApp: (config: Config, role: Role) => Promise<RunningApp>
  /**
   * Opens the database of an installation, making the folder and the file where they are missing. Migrates nothing. `say`: told
   * whom a migration waits for.
   */
  openDesk: (config: Config, say?: (sentence: string) => void) => Promise<Desk>
  /**
   * Opens a database to carry it elsewhere, or to fill it, and brings its tables up to date. A source must be there and may be in use; a
   * target is made where it is missing, and nobody else may work with it.
   */
  openMovable: (config: Config, role: 'source' | 'target') => Promise<Movable>
  /** Asks Telegram who the bot of this token is. */
  askBot: (config: Config, token: string) => Promise<BotAnswer>
  startSandbox: (options: SandboxOptions) => Promise<RunningSandbox>
}

/** What a process does: everything, the HTTP API alone, or the bots alone. The last two share a database with others. */
export type Role = 'up' | 'api' | 'bot'

export interface RunningApp {
  /** Rejects with a sentence when something is in the way; nothing runs then. */
  start: () => Promise<void>
  /** Takes no new work and resolves when the work under way is done, or was cut when the patience of `DRAIN_TIMEOUT` ended. */
  stop: () => Promise<void>
  /** Ends the patience now. */
  cutShort: () => void
  /** Where to look, once it has started: a few words and an address each. */
  readonly places: readonly Place[]
}

export interface Place {
  what: string
  where: string
}

export interface RunningSandbox {
  readonly places: readonly Place[]
  stop: () => Promise<void>
}

export interface SandboxOptions {
  host: string
  /** 0 picks a free one. */
  port: number
  profile: 'documented' | 'strict' | 'off'
  /** As strict as api.telegram.org; otherwise as a local Bot API server. */
  cloud?: true
  /** JSON file that keeps the bots, people and chats; read at the start, written after changes. */
  worldFile?: string
  /** A bot that is there from the start. Where the world has one of this username already, that one stays as it is. */
  bot?: { username: string; token: string }
}

/** An operator's desk: what can be done to the accounts of an installation, whether its server runs or not. */
export interface Desk {
  migrate: () => Promise<number>
  /** How many steps that would be. Rejects when the database is newer than this program. */
  missingSteps: () => Promise<number>
  ping: () => Promise<void>
  registerUser: RegisterUser
  listUsers: ListUsers
  setPassword: SetPassword
  removeUser: RemoveUser
  setRole: SetRole
  lostBotTokens: LostBotTokens
  close: () => Promise<void>
}

/** A database as a whole. */
export interface Movable {
  /** Calls `take` with everything, as it is at this moment, also while the program works with it. */
  read: <T>(take: (contents: Contents) => Promise<T>) => Promise<T>
  /** All or nothing. Rejects with an OperatorError when it is not empty, or the contents are not what they should be. */
  fill: (contents: Contents) => Promise<void>
  close: () => Promise<void>
}
