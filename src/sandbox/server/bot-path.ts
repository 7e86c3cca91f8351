import { percentDecode } from '../parameters/url-encoded.ts'

/** A path of the Bot API taken apart. */
export interface BotPath {
  token: string
  test: boolean
  /** As written; may be empty. */
  method: string
}

/** `/bot<token>[/test]/<method>`; undefined where the path is no such thing. */
export function readBotPath(path: string): BotPath | undefined {
  const decoded = percentDecode(path.replaceAll('+', '%2B'))
  const parts = /^\/bot([^/]*)(\/test)?\/(.*)$/s.exec(decoded)
  if (parts === null) return undefined
  return { token: parts[1] ?? '', test: parts[2] !== undefined, method: parts[3] ?? '' }
}

/** `/file/bot<token>[/test]/<file path>` */
export function readFilePath(path: string): { token: string; test: boolean; filePath: string } | undefined {
  if (!path.startsWith('/file/bot')) return undefined
  const read = readBotPath(path.slice('/file'.length))
  return read === undefined ? undefined : { token: read.token, test: read.test, filePath: read.method }
}

const MOST_TOKEN_LENGTH = 80

/** Whether a token has the shape of one; says nothing of whose it is. */
export function isTokenShaped(token: string): boolean {
  return token.length <= MOST_TOKEN_LENGTH && /^[1-9]\d*:[A-Za-z0-9_-]+$/.test(token)
}

/** The path as it may be written down: without the token's secret. */
export function redactPath(path: string): string {
  return path.replace(/(\/bot)([^/]*)/, (_, bot: string, token: string) => {
    const id = /^\d+(?=:|%3a)/i.exec(token)
    return id === null ? `${bot}***` : `${bot}${id[0]}:***`
  })
}
