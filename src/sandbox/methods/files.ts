import { badRequest, refusal } from '../refusal.ts'
import { fileIdFor, uniqueIdOf } from '../world/files.ts'
import { filePathOf } from '../world/keep-file.ts'
import type { Method } from './method-call.ts'

/** Bot API, getFile; a local server has no limit. */
const MOST_CLOUD_BYTES = 20 * 1_048_576

/** Bot API, getFile. */
export const getFile: Method<'getFile'> = (call) => {
  const { rules, world } = call.environment
  const fileId = call.parameters.text('file_id')
  if (fileId === '') throw badRequest('file_id not specified')
  const uniqueId = uniqueIdOf(call.bot.id, fileId)
  const file = uniqueId === undefined ? undefined : world.files.byUniqueId(uniqueId)
  if (file === undefined) throw badRequest('wrong file_id or the file is temporarily unavailable')
  if (rules.cloud && file.sizeBytes > MOST_CLOUD_BYTES) throw refusal('file_too_big')
  return {
    file_id: fileIdFor(call.bot.id, file.uniqueId),
    file_unique_id: file.uniqueId,
    file_size: file.sizeBytes,
    file_path: filePathOf(call.bot.id, file),
  }
}

/** Bot API, getUserProfilePhotos: nobody here has a picture. */
export const getUserProfilePhotos: Method<'getUserProfilePhotos'> = (call) => {
  const user = call.parameters.integer('user_id', 0, 0, Number.MAX_SAFE_INTEGER)
  if (user === 0) throw badRequest('invalid user_id specified')
  if (!call.environment.world.users.has(user)) throw badRequest('user not found')
  return { total_count: 0, photos: [] }
}
