import { sendMediaGroup } from './album.ts'
import { answerCallbackQuery } from './callbacks.ts'
import { getChatAdministrators } from './chat-administrators.ts'
import { getChat, getChatMember, getChatMemberCount, leaveChat, sendChatAction } from './chats.ts'
import { deleteMyCommands, getChatMenuButton, getMyCommands, setChatMenuButton, setMyCommands } from './commands.ts'
import { copyMessage, copyMessages, forwardMessage, forwardMessages } from './copy.ts'
import { deleteMessage, deleteMessages, editMessageCaption, editMessageReplyMarkup, editMessageText } from './edit.ts'
import { getFile, getUserProfilePhotos } from './files.ts'
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
import { sendDocument, sendPhoto } from './media.ts'
import type { Method, MethodCall, MethodName } from './method-call.ts'
import { sendMessage } from './send-message.ts'
import { getUpdates } from './updates.ts'
import { deleteWebhook, getWebhookInfo, setWebhook } from './webhooks.ts'

/** Every method that the sandbox knows, in the documentation's spelling. */
export const METHODS = {
  answerCallbackQuery,
  close,
  copyMessage,
  copyMessages,
  deleteMessage,
  deleteMessages,
  deleteMyCommands,
  deleteWebhook,
  editMessageCaption,
  editMessageReplyMarkup,
  editMessageText,
  forwardMessage,
  forwardMessages,
  getChat,
  getChatAdministrators,
  getChatMember,
  getChatMemberCount,
  getChatMenuButton,
  getFile,
  getMe,
  getMyCommands,
  getMyDescription,
  getMyName,
  getMyShortDescription,
  getUpdates,
  getUserProfilePhotos,
  getWebhookInfo,
  leaveChat,
  logOut,
  sendChatAction,
  sendDocument,
  sendMediaGroup,
  sendMessage,
  sendPhoto,
  setChatMenuButton,
  setMyCommands,
  setMyDescription,
  setMyName,
  setMyShortDescription,
  setWebhook,
} satisfies { [Name in MethodName]?: Method<Name> }

const BY_LOWER_CASE = new Map(
  Object.entries(METHODS).map(([name, method]) => [name.toLowerCase(), { name, method }] as const),
)

/** Finds a method in any case; undefined when there is none of that name. */
export function findMethod(written: string): { name: string; method: (call: MethodCall) => unknown } | undefined {
  return BY_LOWER_CASE.get(written.toLowerCase())
}
