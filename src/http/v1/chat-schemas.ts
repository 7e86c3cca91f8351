import { type Static, Type } from 'typebox'
import { NAME_LENGTH, NAME_PATTERN } from '../../domain/account.ts'
import type { Chat } from '../../domain/chat.ts'
import type { LinkCode } from '../../usecases/create-link-code.ts'
import { nullable, referTo, WireTime, wireTime } from '../wire.ts'

const CHAT_EXAMPLE = {
  id: 'cht_01kdvtd8000123456789abcdef',
  botId: 'bot_01kdvtd8000123456789abcdef',
  type: 'private',
  title: 'Ann Lee',
  username: 'ann',
  name: null,
  status: 'active',
  isDefault: true,
  linkedAt: '2026-01-01T00:00:00.000Z',
}

export const ChatSchema = Type.Object(
  {
    id: Type.String(),
    botId: Type.String({ description: 'The bot through which the chat is linked.' }),
    type: Type.Enum(['private', 'group', 'supergroup', 'channel']),
    title: nullable(Type.String(), { description: 'Of a private chat: the name of the person in Telegram.' }),
    username: nullable(Type.String(), { description: 'In Telegram, without `@`.' }),
    name: nullable(Type.String(), { description: 'What you call it. Telegram never sees it.' }),
    status: Type.Enum(['active', 'blocked'], {
      description: '`blocked`: the person blocked the bot, or the group removed it. Active again when they return.',
    }),
    isDefault: Type.Boolean({ description: 'Gets the messages that name no chat.' }),
    linkedAt: WireTime,
  },
  { $id: 'Chat', title: 'Chat', examples: [CHAT_EXAMPLE] },
)

export const ChatListSchema = Type.Object(
  { items: Type.Array(referTo(ChatSchema)) },
  { $id: 'ChatList', title: 'ChatList', examples: [{ items: [CHAT_EXAMPLE] }] },
)

export const LinkCodeSchema = Type.Object(
  {
    code: Type.String({ description: 'Send it to the bot from the chat that shall get the messages. Works once.' }),
    deepLink: Type.String({ format: 'uri', description: 'Opens the bot in Telegram and sends the code.' }),
    botUsername: Type.String({ description: 'Without `@`.' }),
    expiresAt: WireTime,
  },
  {
    $id: 'LinkCode',
    title: 'LinkCode',
    examples: [
      {
        code: '7z4k1rq8w2m5n9d3b6c0xtvyeh',
        deepLink: 'https://t.me/PostriderBot?start=7z4k1rq8w2m5n9d3b6c0xtvyeh',
        botUsername: 'PostriderBot',
        expiresAt: '2026-01-01T00:15:00.000Z',
      },
    ],
  },
)

/** Registered with the server, so that the OpenAPI document names them. */
export const CHAT_SCHEMAS = [ChatSchema, ChatListSchema, LinkCodeSchema]

export const NewLinkCodeBody = Type.Object(
  {
    botId: Type.Optional(
      Type.String({ minLength: 1, maxLength: 64, description: "One of the account's own bots; else the shared bot." }),
    ),
  },
  { additionalProperties: false, examples: [{}] },
)

export const ClaimChatBody = Type.Object(
  {
    code: Type.String({
      minLength: 1,
      maxLength: 64,
      description: 'As the bot gave it to a chat. Case, blanks and dashes do not matter.',
    }),
  },
  { additionalProperties: false, examples: [{ code: 'k7qm-2xwd-9hrt' }] },
)

export const ChangeChatBody = Type.Object(
  {
    name: Type.Optional(
      nullable(Type.String({ minLength: NAME_LENGTH.min, maxLength: NAME_LENGTH.max, pattern: NAME_PATTERN }), {
        description: 'What you call it; one line. Null takes the name away.',
      }),
    ),
    isDefault: Type.Optional(
      Type.Boolean({
        description: '`true` makes this chat the default one; to end it, make another chat the default.',
      }),
    ),
  },
  { additionalProperties: false, examples: [{ name: 'Alarms' }, { isDefault: true }] },
)

export function wireChat(chat: Chat): Static<typeof ChatSchema> {
  const { id, botId, type, title, username, name, status, isDefault, linkedAtMs } = chat
  return { id, botId, type, title, username, name, status, isDefault, linkedAt: wireTime(linkedAtMs) }
}

export function wireLinkCode({ code, deepLink, botUsername, expiresAtMs }: LinkCode): Static<typeof LinkCodeSchema> {
  return { code, deepLink, botUsername, expiresAt: wireTime(expiresAtMs) }
}
