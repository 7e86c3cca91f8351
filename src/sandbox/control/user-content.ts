import type { SendContent } from '../control-types.ts'
import { cleanText } from '../entities/clean-text.ts'
import { detectEntities } from '../entities/detect-entities.ts'
import type { Environment } from '../environment.ts'
import { imageSize } from '../methods/image-size.ts'
import type { MessageContent } from '../world/data.ts'
import { keepFile } from '../world/keep-file.ts'
import { ControlError } from './control-error.ts'

/** A grey PNG of one pixel, for tests that only need some picture. */
const PICTURE = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=='

const PHOTO = { kind: 'photo', name: 'photo.jpg', mimeType: 'image/jpeg' } as const
const STICKER = { kind: 'sticker', name: 'sticker.webp', mimeType: 'image/webp' } as const

/** What a person sends, in the form in which it is stored. */
export function userContent(environment: Environment, input: SendContent): MessageContent {
  const { text, entities } = finish(input)
  if (input.photo !== undefined) return photoContent(environment, input.photo, text, entities)
  if (input.document !== undefined) {
    const { name, mimeType = 'application/octet-stream', content = '' } = input.document
    const file = keepFile(environment.world, { kind: 'document', name, mimeType }, Buffer.from(content, 'base64'))
    return { kind: 'file', field: 'document', file, caption: text, entities }
  }
  if (input.sticker !== undefined) {
    const file = keepFile(environment.world, STICKER, Buffer.alloc(0))
    return { kind: 'file', field: 'sticker', file, emoji: input.sticker, caption: '', entities: [] }
  }
  if (input.contact !== undefined) return { kind: 'contact', ...input.contact }
  if (text === '') throw new ControlError('invalid_input', 'There is nothing to send.')
  return { kind: 'text', text, entities }
}

function finish(input: SendContent): { text: string; entities: NonNullable<SendContent['entities']> } {
  const { text, entities } = cleanText(input.text ?? '', input.entities ?? [])
  return { text, entities: detectEntities(text, entities) }
}

function photoContent(
  environment: Environment,
  photo: string | true,
  caption: string,
  entities: NonNullable<SendContent['entities']>,
): MessageContent {
  const bytes = Buffer.from(photo === true ? PICTURE : photo, 'base64')
  const file = keepFile(environment.world, PHOTO, bytes)
  return { kind: 'photo', sizes: [{ file, ...(imageSize(bytes) ?? { width: 1, height: 1 }) }], caption, entities }
}
