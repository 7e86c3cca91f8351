import { uniqueIdOf } from '../world/files.ts'
import type { BotApi } from './bot-api.ts'
import { type Answer, failure } from './answer.ts'

/** `GET /file/bot<token>/<file_path>`: the bytes, to the bot whose file it is. */
export function answerFile(api: BotApi, file: { token: string; test: boolean; filePath: string }): Answer {
  const { world } = file.test ? api.test : api.production
  const bot = [...world.bots.values()].find(({ id, secret }) => `${id}:${secret}` === file.token)
  if (bot === undefined) return failure(401, 'Unauthorized')
  const fileId = /^(?:photos|documents|stickers|music|videos)\/([A-Za-z0-9_-]+)\.[a-z0-9]+$/i.exec(file.filePath)?.[1]
  const uniqueId = fileId === undefined ? undefined : uniqueIdOf(bot.id, fileId)
  const bytes = uniqueId === undefined ? undefined : world.files.bytes(uniqueId)
  if (bytes === undefined) return failure(404, 'Not Found')
  return { status: 200, contentType: 'application/octet-stream', body: bytes }
}
