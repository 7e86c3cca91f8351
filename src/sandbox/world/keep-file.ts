import { randomWord } from './chance.ts'
import type { FileData } from './data.ts'
import { fileIdFor } from './files.ts'
import type { World } from './world.ts'

/** Keeps a file under a new unique id, which it answers. A file of the web has a size but no bytes. */
export function keepFile(
  world: World,
  about: Pick<FileData, 'kind' | 'name' | 'mimeType'>,
  bytes: Buffer | undefined,
  sizeBytes = bytes?.length ?? 0,
): string {
  const uniqueId = `AQAD${randomWord(world.random, 12)}`
  world.files.add({ uniqueId, ...about, sizeBytes }, bytes)
  return uniqueId
}

const FOLDERS: Record<FileData['kind'], string> = {
  photo: 'photos',
  document: 'documents',
  audio: 'music',
  video: 'videos',
  sticker: 'stickers',
}

/** What getFile answers and the file server takes: `photos/<file_id>.jpg`, and so a path of one bot only. */
export function filePathOf(bot: number, file: FileData): string {
  const extension = /\.([a-z0-9]{1,8})$/i.exec(file.name)?.[1] ?? (file.kind === 'photo' ? 'jpg' : 'bin')
  return `${FOLDERS[file.kind]}/${fileIdFor(bot, file.uniqueId)}.${extension}`
}
