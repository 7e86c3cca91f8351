import { answerCallbackQuery } from './callbacks.ts'
import { getChatAdministrators } from './chat-administrators.ts'
import { getChat, getChatMember, getChatMemberCount, leaveChat, sendChatAction } from './chats.ts'
import { deleteMyCommands, getChatMenuButton, getMyCommands, setChatMenuButton, setMyCommands } from './commands.ts'
import { deleteMessage, deleteMessages, editMessageCaption, editMessageReplyMarkup, editMessageText } from './edit.ts'
import {
  close,
  getMe,
  getMyDescription,
  getMyName,
  getMyShortDescription,
  logOut,
  setMyDescription,
  setMyName,
  setMyShortDescription,
} from './identity.ts'
import type { Method, MethodCall, MethodName } from './method-call.ts'
import { sendMessage } from './send-message.ts'
import { getUpdates } from './updates.ts'
import { deleteWebhook, getWebhookInfo, setWebhook } from './webhooks.ts'

/** Every method that the sandbox knows, in the documentation's spelling. */
const METHODS = {
  answerCallbackQuery,
  close,
  deleteMessage,
  deleteMessages,
  deleteMyCommands,
  deleteWebhook,
  editMessageCaption,
  editMessageReplyMarkup,
  editMessageText,
  getChat,
  getChatAdministrators,
  getChatMember,
  getChatMemberCount,
  getChatMenuButton,
  getMe,
  getMyCommands,
  getMyDescription,
  getMyName,
  getMyShortDescription,
  getUpdates,
  getWebhookInfo,
  leaveChat,
  logOut,
  sendChatAction,
  sendMessage,
  setChatMenuButton,
  setMyCommands,
  setMyDescription,
  setMyName,
  setMyShortDescription,
  setWebhook,
} satisfies { [Name in MethodName]?: Method<Name> }

export type SupportedMethod = keyof typeof METHODS

const BY_LOWER_CASE = new Map(
  Object.entries(METHODS).map(([name, method]) => [name.toLowerCase(), { name, method }] as const),
)

/** Finds a method in any case; undefined when there is none of that name. */
export function findMethod(written: string): { name: string; method: (call: MethodCall) => unknown } | undefined {
  return BY_LOWER_CASE.get(written.toLowerCase())
}
