import type { BotCommand, MenuButton } from '@grammyjs/types'
import { badRequest } from '../refusal.ts'
import { findTarget } from '../world/access.ts'
import { readLanguage } from './identity.ts'
import { isObject, type JsonObject, readJsonArray, readJsonObject } from './json-parameter.ts'
import type { Method, MethodCall } from './method-call.ts'

/** Bot API, setMyCommands and BotCommand. */
const MOST_COMMANDS = 100
const MOST_COMMAND_LENGTH = 32
const MOST_DESCRIPTION = 256

/** Bot API, setMyCommands: a list for each scope and language; an empty one clears. */
export const setMyCommands: Method<'setMyCommands'> = (call) => {
  const commands = readCommands(call.parameters.text('commands'))
  const place = readPlace(call)
  if (commands.length === 0) delete call.bot.commands[place]
  else call.bot.commands[place] = commands
  call.environment.world.changes.emit({ kind: 'bot', bot: call.bot.id })
  return true
}

/** Bot API, getMyCommands. */
export const getMyCommands: Method<'getMyCommands'> = (call) => call.bot.commands[readPlace(call)] ?? []

/** Bot API, deleteMyCommands. */
export const deleteMyCommands: Method<'deleteMyCommands'> = (call) => {
  delete call.bot.commands[readPlace(call)]
  call.environment.world.changes.emit({ kind: 'bot', bot: call.bot.id })
  return true
}

/** Bot API, setChatMenuButton. */
export const setChatMenuButton: Method<'setChatMenuButton'> = (call) => {
  const given = readJsonObject(call.parameters.text('menu_button'), 'menu button')
  call.bot.menuButtons[readMenuChat(call)] = given === undefined ? { type: 'default' } : readMenuButton(given)
  return true
}

/** Bot API, getChatMenuButton. */
export const getChatMenuButton: Method<'getChatMenuButton'> = (call) => {
  return call.bot.menuButtons[readMenuChat(call)] ?? call.bot.menuButtons.default ?? { type: 'default' }
}

/** The key of the commands that everybody sees: default scope, no language. */
export const EVERYONE = 'default/'

function readCommands(raw: string): BotCommand[] {
  if (raw === '') return []
  const list = readJsonArray(raw)
  if (list === undefined) {
    throw badRequest(isJson(raw) ? 'expected an Array of BotCommand' : "can't parse commands JSON object")
  }
  if (list.length > MOST_COMMANDS) throw badRequest('BOT_COMMANDS_TOO_MUCH')
  return list.map(readCommand)
}

function readCommand(value: unknown): BotCommand {
  if (!isObject(value)) throw badRequest("can't parse BotCommand: expected an Object")
  const command = textField(value, 'command').replace(/^\//, '')
  const description = textField(value, 'description').trim()
  if (command.length > MOST_COMMAND_LENGTH) throw badRequest('command length must not exceed 32')
  if (!/^[a-z0-9_]+$/.test(command)) throw badRequest('BOT_COMMAND_INVALID')
  if (description === '') throw badRequest('command description must be non-empty')
  if (Array.from(description).length > MOST_DESCRIPTION) {
    throw badRequest('command description length must not exceed 256')
  }
  return { command, description }
}

function textField(value: JsonObject, field: string): string {
  const text = value[field]
  if (text === undefined) throw badRequest(`can't parse BotCommand: Can't find field "${field}"`)
  if (typeof text !== 'string') throw badRequest(`can't parse BotCommand: Field "${field}" must be of type String`)
  return text
}

/** Scope and language as one key. A chat's scope needs a chat that the bot may know. */
function readPlace(call: MethodCall): string {
  const scope = readJsonObject(call.parameters.text('scope'), 'BotCommandScope') ?? { type: 'default' }
  return `${readScope(call, scope)}/${readLanguage(call)}`
}

function readScope(call: MethodCall, scope: JsonObject): string {
  const { type, chat_id: chatId, user_id: userId } = scope
  switch (type) {
    case 'default':
    case 'all_private_chats':
    case 'all_group_chats':
    case 'all_chat_administrators':
      return type
    case 'chat':
    case 'chat_administrators':
    case 'chat_member': {
      const target = findTarget(call.environment.world, call.bot, idText(chatId))
      return `${type} ${target.chatId} ${type === 'chat_member' ? idText(userId) : ''}`
    }
    default:
      throw badRequest("can't parse BotCommandScope: unsupported type specified")
  }
}

function idText(value: unknown): string {
  return typeof value === 'number' || typeof value === 'string' ? String(value) : ''
}

function isJson(raw: string): boolean {
  try {
    JSON.parse(raw)
    return true
  } catch {
    return false
  }
}

function readMenuChat(call: MethodCall): string {
  const chatId = call.parameters.text('chat_id')
  return chatId === '' ? 'default' : String(findTarget(call.environment.world, call.bot, chatId).chatId)
}

function readMenuButton(given: JsonObject): MenuButton {
  const { type, text, web_app: app } = given
  if (type === 'commands' || type === 'default') return { type }
  if (type === 'web_app' && typeof text === 'string' && isObject(app) && typeof app.url === 'string') {
    return { type, text, web_app: { url: app.url } }
  }
  throw badRequest("can't parse menu button: unsupported type specified")
}
