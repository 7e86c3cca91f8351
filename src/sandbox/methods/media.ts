import type { Message } from '@grammyjs/types'
import { badRequest, refusal } from '../refusal.ts'
import type { MessageContent, MessageData } from '../world/data.ts'
import { renderMessage } from '../world/render.ts'
import { finishText, type FormattedText, MOST_CAPTION_POINTS, readFormattedText } from './formatted-text.ts'
import { imageSize } from './image-size.ts'
import { assertPhotoShape, type InputFile, keepInput, type MediaKind, readInputFile } from './input-file.ts'
import type { Method, MethodCall } from './method-call.ts'
import { send } from './send.ts'
import { readSendSyntax } from './send-options.ts'

/** What a picture measures whose bytes the sandbox does not have or cannot read. */
const UNKNOWN_SHAPE = { width: 640, height: 480 }

/** Bot API, sendPhoto. */
export const sendPhoto: Method<'sendPhoto'> = async (call) => {
  const message = await sendMedia(call, 'photo')
  const rendered = renderMessage(call.environment.world, message, call.bot.id)
  return { ...rendered, photo: rendered.photo ?? [] }
}

/** Bot API, sendDocument. */
export const sendDocument: Method<'sendDocument'> = async (call) => {
  return renderDocument(call, await sendMedia(call, 'document'))
}

/** A message that is known to have a document. */
export function renderDocument(call: MethodCall, message: MessageData): Message.DocumentMessage {
  const rendered = renderMessage(call.environment.world, message, call.bot.id)
  if (rendered.document === undefined) throw badRequest('there is no document in the request')
  return { ...rendered, document: rendered.document }
}

async function sendMedia(call: MethodCall, kind: 'photo' | 'document'): Promise<MessageData> {
  const input = readInputFile(call, kind)
  const caption = readFormattedText(call.environment.world, call.parameters, {
    text: 'caption',
    entities: 'caption_entities',
  })
  const [message] = await send(call, {
    sending: kind === 'photo' ? 'photos' : 'documents',
    syntax: readSendSyntax(call.parameters),
    finish: () => [mediaContent(call, input, kind, finishCaption(caption))],
  })
  if (message === undefined) throw badRequest(`there is no ${kind} in the request`)
  return message
}

/** A caption as it will stand under the picture; empty is fine. */
export function finishCaption(caption: FormattedText): FormattedText {
  return finishText(caption, MOST_CAPTION_POINTS, () => refusal('caption_too_long'))
}

/** Takes the file into the world. */
export function mediaContent(
  call: MethodCall,
  input: InputFile,
  kind: MediaKind,
  { text, entities }: FormattedText,
): MessageContent {
  if (kind !== 'photo') {
    return { kind: 'file', field: kind, file: keepInput(call, input, kind), caption: text, entities }
  }
  const shape = shapeOf(call, input)
  return { kind: 'photo', sizes: [{ file: keepInput(call, input, 'photo'), ...shape }], caption: text, entities }
}

function shapeOf(call: MethodCall, input: InputFile): { width: number; height: number } {
  const bytes =
    input.from === 'upload'
      ? input.file.bytes
      : input.from === 'world'
        ? call.environment.world.files.bytes(input.file.uniqueId)
        : undefined
  const shape = bytes === undefined ? UNKNOWN_SHAPE : imageSize(bytes)
  if (shape === undefined) throw refusal('image_process_failed')
  assertPhotoShape(shape)
  return shape
}
