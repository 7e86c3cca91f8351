import type { MessageEntity } from '@grammyjs/types'
import type {
  MemberInput,
  MessagesQuery,
  NewBot,
  NewChat,
  NewUser,
  Place,
  RatesConfiguration,
  RemoteFile,
  RequestsQuery,
  SendContent,
  SendInput,
} from '../control-types.ts'
import { asFlag, asNumber, asOneOf, asReference, asText, type ControlInput } from './input.ts'
import { ControlError } from './control-error.ts'

/** From HTTP to the inputs of control-types.ts. */

export function readNewBot(input: ControlInput): NewBot {
  return {
    username: input.text('username'),
    ...input.optional('name', asText),
    ...input.optional('token', asText),
    ...input.optional('readsAllGroupMessages', asFlag),
    ...input.optional('stars', asNumber),
  }
}

export function readNewUser(input: ControlInput): NewUser {
  return {
    ...input.optional('id', asNumber),
    ...input.optional('firstName', asText),
    ...input.optional('lastName', asText),
    ...input.optional('username', asText),
    ...input.optional('languageCode', asText),
  }
}

export function readNewChat(input: ControlInput): NewChat {
  return {
    type: input.oneOf('type', ['group', 'supergroup', 'channel']),
    title: input.text('title'),
    ...input.optional('username', asText),
    ...input.optional('members', (from, name) => from.references(name)),
    ...input.optional('forum', asFlag),
  }
}

export function readMember(input: ControlInput): MemberInput {
  return {
    chat: input.reference('chat'),
    member: input.reference('member'),
    ...input.optional('by', asReference),
  }
}

export function readSend(input: ControlInput): SendInput {
  return { user: input.reference('user'), ...readPlace(input), ...readContent(input) }
}

export function readMessagesQuery(input: ControlInput): MessagesQuery {
  return {
    ...input.optional('user', asReference),
    ...input.optional('bot', asReference),
    ...input.optional('chat', asReference),
    ...input.optional('after', asNumber),
    ...input.optional('limit', asNumber),
    ...input.optional('includeDeleted', asFlag),
  }
}

export function readRequestsQuery(input: ControlInput): RequestsQuery {
  return {
    ...input.optional('bot', asReference),
    ...input.optional('method', asText),
    ...input.optional('chat', asReference),
    ...input.optional('after', asNumber),
    ...input.optional('limit', asNumber),
  }
}

export function readRates(input: ControlInput): RatesConfiguration {
  return {
    ...input.optional('profile', asOneOf('documented', 'strict', 'off')),
    ...input.optional('absorb', asFlag),
    ...input.optional('scope', asOneOf('chat', 'bot', 'random')),
    ...input.optional('longTextWeight', asFlag),
    ...input.optional('penalty', asFlag),
    ...input.optional('channelLimit', asFlag),
  }
}

export function readRemoteFile(input: ControlInput): RemoteFile {
  return {
    url: input.text('url'),
    mimeType: input.text('mimeType'),
    sizeBytes: input.number('sizeBytes'),
    ...input.optional('failure', asOneOf('unreachable', 'wrong_type')),
  }
}

function readPlace(input: ControlInput): Place {
  if (input.has('bot') === input.has('chat')) throw new ControlError('invalid_input', 'Name either "bot" or "chat".')
  return input.has('bot') ? { bot: input.reference('bot') } : { chat: input.reference('chat') }
}

function readContent(input: ControlInput): SendContent {
  return {
    ...input.optional('text', asText),
    ...input.optional('entities', readEntities),
    ...input.optional('photo', (from, name) => (from.raw(name) === true ? true : from.text(name))),
    ...input.optional('document', (from, name) => readDocument(from.object(name))),
    ...input.optional('sticker', asText),
    ...input.optional('contact', (from, name) => {
      const contact = from.object(name)
      return { phoneNumber: contact.text('phoneNumber'), firstName: contact.text('firstName') }
    }),
    ...input.optional('replyTo', asNumber),
    ...input.optional('forwardedFrom', asReference),
    ...input.optional('topic', asNumber),
  }
}

function readDocument(input: ControlInput): NonNullable<SendContent['document']> {
  return { name: input.text('name'), ...input.optional('mimeType', asText), ...input.optional('content', asText) }
}

const STYLES = ['bold', 'italic', 'underline', 'strikethrough', 'spoiler', 'code', 'blockquote'] as const

/** People format with the app's menu: styles, nothing that needs details. */
function readEntities(input: ControlInput, name: string): MessageEntity[] {
  const list = input.raw(name)
  if (!Array.isArray(list)) throw new ControlError('invalid_input', `"${name}" has to be a list.`)
  return list.map((_, index) => {
    const entity = input.object(name).object(String(index))
    return { type: entity.oneOf('type', STYLES), offset: entity.number('offset'), length: entity.number('length') }
  })
}
