import type { BotReference, NewBot, NewUser, UserChange, UserReference } from '../control-types.ts'
import type { Environment } from '../environment.ts'
import { isTokenShaped } from '../server/bot-path.ts'
import { firstUpdateId } from '../updates/update-queue.ts'
import { randomWord } from '../world/chance.ts'
import type { BotData, UserData } from '../world/data.ts'
import { ControlError } from './control-error.ts'
import { findBot, findUser } from './lookup.ts'

/** Characters of a token after the colon, as BotFather hands them out. */
const SECRET_LENGTH = 35

/** What BotFather and Telegram's registration do. */

/** A new bot, or the one that has this username. */
export function createBot(environment: Environment, input: NewBot): BotData {
  const { world } = environment
  const username = input.username.replace(/^@/, '')
  const existing = world.botByName(username)
  if (existing !== undefined) return existing
  if (!/^[a-z][a-z0-9_]{1,28}bot$/i.test(username)) {
    throw new ControlError('invalid_input', 'A bot\'s username has 5 to 32 of a-z, 0-9 and _, and ends in "bot".')
  }
  assertNameFree(environment, username)
  const { id, secret } = readToken(environment, input.token)
  const bot: BotData = {
    id,
    secret,
    username,
    name: input.name ?? username,
    readsAllGroupMessages: input.readsAllGroupMessages ?? false,
    stars: input.stars ?? 0,
    names: {},
    descriptions: {},
    shortDescriptions: {},
    commands: {},
    menuButtons: {},
    nextMessageId: 1,
    updates: { nextId: firstUpdateId(world), lastAddedAtMs: world.clock.now(), entries: [] },
  }
  world.bots.set(id, bot)
  world.changes.emit({ kind: 'bot', bot: id })
  return bot
}

/** The old token is rejected from now on; the bot, its chats and its messages stay. */
export function revokeToken(environment: Environment, reference: BotReference): BotData {
  const { world } = environment
  const bot = findBot(world, reference)
  bot.secret = newSecret(environment)
  environment.polls.forget(bot.id)
  environment.launches.delete(bot.id)
  world.changes.emit({ kind: 'bot', bot: bot.id })
  return bot
}

/** The bot may come back after logOut. */
export function revive(environment: Environment, reference: BotReference): BotData {
  const bot = findBot(environment.world, reference)
  delete bot.loggedOutAtMs
  environment.launches.delete(bot.id)
  environment.world.changes.emit({ kind: 'bot', bot: bot.id })
  return bot
}

export function createUser(environment: Environment, input: NewUser): UserData {
  const { world } = environment
  const id = input.id ?? world.freeAccountId()
  if (!Number.isSafeInteger(id) || id <= 0) throw new ControlError('invalid_input', 'A user id is a positive number.')
  if (world.users.has(id) || world.bots.has(id)) throw new ControlError('not_possible', `The id ${id} is taken.`)
  const username = input.username?.replace(/^@/, '')
  if (username !== undefined) assertNameFree(environment, username)
  const user: UserData = {
    id,
    firstName: input.firstName ?? 'User',
    ...(input.lastName !== undefined && { lastName: input.lastName }),
    ...(username !== undefined && { username }),
    ...(input.languageCode !== undefined && { languageCode: input.languageCode }),
    deleted: false,
  }
  world.users.set(id, user)
  world.changes.emit({ kind: 'user' })
  return user
}

/** What is absent stays. */
export function changeUser(environment: Environment, input: UserChange): UserData {
  const user = findUser(environment.world, input.user)
  if (input.firstName !== undefined) user.firstName = input.firstName
  if (input.languageCode !== undefined) user.languageCode = input.languageCode
  environment.world.changes.emit({ kind: 'user' })
  return user
}

export function deleteAccount(environment: Environment, reference: UserReference): void {
  const user = findUser(environment.world, reference)
  user.deleted = true
  environment.world.changes.emit({ kind: 'user' })
}

export function assertNameFree({ world }: Environment, username: string): void {
  const taken = world.botByName(username) ?? world.userByName(username) ?? world.chatByName(username)
  if (taken !== undefined) throw new ControlError('not_possible', `The username ${username} is taken.`)
}

function readToken(environment: Environment, token: string | undefined): { id: number; secret: string } {
  const { world } = environment
  if (token === undefined) return { id: world.freeAccountId(), secret: newSecret(environment) }
  if (!isTokenShaped(token)) throw new ControlError('invalid_input', 'A token is <number>:<A-Z a-z 0-9 _ ->.')
  const [id = '', secret = ''] = token.split(':')
  if (world.bots.has(Number(id)) || world.users.has(Number(id))) {
    throw new ControlError('not_possible', `The id ${id} is taken.`)
  }
  return { id: Number(id), secret }
}

function newSecret({ world }: Environment): string {
  return randomWord(world.random, SECRET_LENGTH)
}
