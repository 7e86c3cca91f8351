import { badRequest, type Refusal } from '../refusal.ts'
import { Parameters } from '../parameters/parameters.ts'
import { randomDigits } from '../world/chance.ts'
import type { MessageContent, MessageData } from '../world/data.ts'
import { renderMessage } from '../world/render.ts'
import { type FormattedText, readFormattedText } from './formatted-text.ts'
import { type InputFile, type MediaKind, readNamedFile } from './input-file.ts'
import { isObject } from './json-parameter.ts'
import { finishCaption, mediaContent, renderDocument } from './media.ts'
import type { Method, MethodCall, ResultOf } from './method-call.ts'
import { send } from './send.ts'
import { readSendSyntax } from './send-options.ts'

/** Bot API, sendMediaGroup. */
const MOST_ITEMS = 10
const LEAST_STRICT_ITEMS = 2

interface AlbumItem {
  kind: MediaKind
  input: InputFile
  caption: FormattedText
}

/** Bot API, sendMediaGroup. It can fail after a part of it was sent; here only a fault makes it. */
export const sendMediaGroup: Method<'sendMediaGroup'> = async (call) => {
  const items = readItems(call)
  const mediaGroupId = randomDigits(call.environment.world.random)
  const stopAfter = call.albumFault?.stored ?? items.length
  const messages = await send(call, {
    sending: items[0]?.kind === 'photo' ? 'photos' : 'documents',
    // Albums have no keyboards: a reply_markup is not even looked at.
    syntax: { reply: readSendSyntax(withoutMarkup(call)).reply, markup: {} },
    mediaGroupId,
    finish: () => items.map((item) => albumContent(call, item)).slice(0, stopAfter),
    weight: () => items.length,
  })
  if (call.albumFault !== undefined && stopAfter < items.length) throw partlySent(stopAfter, call.albumFault)
  return messages.map((message) => renderItem(call, message))
}

function partlySent(stored: number, fault: { retryAfterSeconds: number }): Refusal {
  const nested = `Too Many Requests: retry after ${fault.retryAfterSeconds}`
  return badRequest(`failed to send message #${stored + 1} with the error message "${nested}"`)
}

function readItems(call: MethodCall): AlbumItem[] {
  const list = readList(call.parameters.text('media'))
  if (list.length === 0) throw badRequest('there are no messages to send')
  if (list.length > MOST_ITEMS) throw badRequest('too many messages to send as an album')
  if (call.environment.rules.strict && list.length < LEAST_STRICT_ITEMS) {
    throw badRequest('too few messages to send as an album')
  }
  const items = list.map((value) => readItem(call, value))
  assertSameKinds(items)
  return items
}

function readList(raw: string): unknown[] {
  if (raw === '') return []
  let list: unknown
  try {
    list = JSON.parse(raw)
  } catch {
    throw badRequest("can't parse media JSON object")
  }
  if (!Array.isArray(list)) throw badRequest('expected an Array of InputMedia')
  return list
}

function readItem(call: MethodCall, value: unknown): AlbumItem {
  if (!isObject(value)) throw badRequest("can't parse InputMedia: expected an Object")
  const kind = (['photo', 'document', 'audio', 'video'] as const).find((name) => name === value.type)
  if (kind === undefined) throw badRequest(`type "${String(value.type)}" can't be used in an album`)
  if (typeof value.media !== 'string' || value.media === '') throw badRequest('media not found')
  const caption = readFormattedText(call.environment.world, captionParameters(value), {
    text: 'caption',
    entities: 'caption_entities',
  })
  return { kind, input: readNamedFile(call, value.media, kind), caption }
}

/** An item's caption has its own parse_mode: the fields of the item, read as if they were a call's. */
function captionParameters(value: Record<string, unknown>): Parameters {
  const fields = ['caption', 'parse_mode', 'caption_entities'].flatMap((name) => {
    const field = value[name]
    if (field === undefined) return []
    return [[name, typeof field === 'string' ? field : JSON.stringify(field)] as const]
  })
  return new Parameters(new Map(fields), new Map())
}

function withoutMarkup({ parameters }: MethodCall): Parameters {
  const names = ['reply_parameters', 'reply_to_message_id', 'allow_sending_without_reply']
  return new Parameters(new Map(names.map((name) => [name, parameters.text(name)])), new Map())
}

function assertSameKinds(items: readonly AlbumItem[]): void {
  const kinds = new Set(items.map(({ kind }) => kind))
  for (const kind of ['document', 'audio'] as const) {
    if (kinds.has(kind) && kinds.size > 1) throw badRequest(`${kind} can't be mixed with other media types`)
  }
}

function albumContent(call: MethodCall, { kind, input, caption }: AlbumItem): MessageContent {
  return mediaContent(call, input, kind, finishCaption(caption))
}

function renderItem(call: MethodCall, message: MessageData): ResultOf<'sendMediaGroup'>[number] {
  const rendered = renderMessage(call.environment.world, message, call.bot.id)
  if (rendered.photo !== undefined) return { ...rendered, photo: rendered.photo }
  if (rendered.audio !== undefined) return { ...rendered, audio: rendered.audio }
  if (rendered.video !== undefined) return { ...rendered, video: rendered.video }
  return renderDocument(call, message)
}
