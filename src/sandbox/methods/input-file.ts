import type { RemoteFile } from '../control-types.ts'
import type { UploadedFile } from '../parameters/parameters.ts'
import { badRequest, refusal } from '../refusal.ts'
import type { FileData } from '../world/data.ts'
import { uniqueIdOf } from '../world/files.ts'
import { keepFile } from '../world/keep-file.ts'
import type { MethodCall } from './method-call.ts'

/** Bytes (Bot API, "Sending files"). */
const MOST_PHOTO_BYTES = 10 * 1_048_576
const MOST_CLOUD_UPLOAD_BYTES = 50 * 1_048_576
const MOST_PHOTO_URL_BYTES = 5 * 1_048_576
const MOST_URL_BYTES = 20 * 1_048_576
/** sendDocument fetches only these (Bot API, "Sending files"). */
const DOCUMENT_URL_TYPES = ['application/pdf', 'application/zip', 'image/gif']
/** Bot API, sendPhoto. */
const MOST_SIDES = 10_000
const MOST_RATIO = 20

export type MediaKind = 'photo' | 'document' | 'audio' | 'video'

/** A file that a call names: with the call, by URL, or known from before. */
export type InputFile =
  | { from: 'upload'; file: UploadedFile }
  | { from: 'url'; url: string }
  | { from: 'world'; file: FileData }

/** The file of a call's own field (`photo`, `document` …). Throws where there is none. */
export function readInputFile(call: MethodCall, field: MediaKind): InputFile {
  const uploaded = call.parameters.file(field)
  if (uploaded !== undefined) return assertUpload(call, { from: 'upload', file: uploaded }, field)
  const named = call.parameters.text(field)
  if (named === '') throw badRequest(`there is no ${field} in the request`)
  return readNamedFile(call, named, field)
}

/** A file by what a text says of it: `attach://part`, a URL, or a file_id that this bot was given. */
export function readNamedFile(call: MethodCall, named: string, kind: MediaKind): InputFile {
  if (named.startsWith('attach://')) {
    const file = call.parameters.file(named.slice('attach://'.length))
    if (file === undefined) throw badRequest(`there is no ${kind} in the request`)
    return assertUpload(call, { from: 'upload', file }, kind)
  }
  if (/^https?:\/\//i.test(named)) return { from: 'url', url: named }
  const uniqueId = uniqueIdOf(call.bot.id, named)
  const file = uniqueId === undefined ? undefined : call.environment.world.files.byUniqueId(uniqueId)
  if (file === undefined) throw refusal('wrong_file')
  return { from: 'world', file: assertSameKind(file, kind) }
}

/** Puts the file into the world, fetching what has to be fetched. Answers its unique id. */
export function keepInput(call: MethodCall, input: InputFile, kind: MediaKind): string {
  const { remoteFiles, world } = call.environment
  switch (input.from) {
    case 'world':
      return input.file.uniqueId
    case 'upload': {
      const { bytes, mimeType, name } = input.file
      return keepFile(world, { kind, name, mimeType: mimeType || 'application/octet-stream' }, bytes)
    }
    case 'url': {
      const remote = fetchRemote(remoteFiles.get(input.url), kind)
      const name = new URL(input.url).pathname.split('/').at(-1) || 'file'
      return keepFile(world, { kind, name, mimeType: remote.mimeType }, undefined, remote.sizeBytes)
    }
  }
}

function assertUpload(
  call: MethodCall,
  input: Extract<InputFile, { from: 'upload' }>,
  kind: MediaKind,
): Extract<InputFile, { from: 'upload' }> {
  const size = input.file.bytes.length
  if (size === 0) throw refusal('file_empty')
  if (kind === 'photo' && size > MOST_PHOTO_BYTES) {
    throw badRequest(`file of size ${size} bytes is too big for a photo; the maximum size is ${MOST_PHOTO_BYTES} bytes`)
  }
  if (call.environment.rules.cloud && size > MOST_CLOUD_UPLOAD_BYTES) throw refusal('request_too_large')
  return input
}

/** Telegram's look at a picture: sides that add up to too much, or a strip. */
export function assertPhotoShape(size: { width: number; height: number }): void {
  const { width, height } = size
  const ratio = Math.max(width, height) / Math.max(1, Math.min(width, height))
  if (width + height > MOST_SIDES || ratio > MOST_RATIO || width < 1 || height < 1) throw refusal('photo_dimensions')
}

/** A file_id keeps its kind: a document never becomes a photo. */
function assertSameKind(file: FileData, kind: MediaKind): FileData {
  if (file.kind !== kind) throw badRequest(`can't use file of type ${capital(file.kind)} as ${capital(kind)}`)
  return file
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}

/** The web of the sandbox is a list: nothing is really fetched. */
function fetchRemote(remote: RemoteFile | undefined, kind: MediaKind): RemoteFile {
  if (remote === undefined || remote.failure === 'unreachable') throw refusal('url_fetch_failed')
  const fits = kind === 'document' ? DOCUMENT_URL_TYPES.includes(remote.mimeType) : isOfKind(remote.mimeType, kind)
  if (remote.failure === 'wrong_type' || !fits) throw refusal('wrong_page_type')
  if (remote.sizeBytes > (kind === 'photo' ? MOST_PHOTO_URL_BYTES : MOST_URL_BYTES)) throw refusal('url_fetch_failed')
  return remote
}

function isOfKind(mimeType: string, kind: MediaKind): boolean {
  return mimeType.startsWith(kind === 'photo' ? 'image/' : `${kind}/`)
}
