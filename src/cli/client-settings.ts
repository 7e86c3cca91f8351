import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { httpUrl, Problem } from '../config/parsers.ts'
import { OperatorError } from '../domain/operator-error.ts'
import { makeFolder } from '../ops/data-dir.ts'
import { UsageError } from './failure.ts'
import type { Io } from './io.ts'

/** Where to send and who we are. */
export interface ClientSettings {
  url: string
  token: string
}

const DEFAULT_URL = 'http://127.0.0.1:8000'

/**
 * Options win over the environment, and the environment over the file. The token of the file is for the server of the file: it is not
 * handed to another one.
 *
 * @throws OperatorError when there is no token, or the address is none; UsageError when it was given as an option.
 */
export function readClientSettings(io: Io, options: { url?: string; token?: string }): ClientSettings {
  const saved = readSaved(io)
  const given = options.url ?? (io.env['POSTRIDER_URL'] || undefined)
  const url = httpUrl(given ?? saved.url ?? DEFAULT_URL)
  if (url instanceof Problem) {
    const complaint = `The address of the server ${url.text}: see --url or POSTRIDER_URL.`
    throw options.url === undefined ? new OperatorError(complaint) : new UsageError(complaint)
  }
  const savedToken = url === saved.url ? saved.token : undefined
  const token = (options.token ?? (io.env['POSTRIDER_TOKEN'] || undefined) ?? savedToken)?.trim()
  if (token) return { url, token }
  throw new OperatorError(
    `There is no API token for ${url}: make one with the scope "send" in your account, and set POSTRIDER_TOKEN (or give --token once with --save).`,
  )
}

/** Keeps both for the next time, readable for this user alone. Answers the file's name. */
export function saveClientSettings(io: Io, settings: ClientSettings): string {
  const file = settingsFile(io)
  const draft = `${file}.${process.pid}`
  try {
    makeFolder(dirname(file))
    writeFileSync(draft, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 })
    renameSync(draft, file)
  } catch (error) {
    throw new OperatorError(`${file} cannot be written (${(error as NodeJS.ErrnoException).code}).`, { cause: error })
  }
  return file
}

function settingsFile(io: Io): string {
  const base = io.env['XDG_CONFIG_HOME'] || join(io.env['HOME'] || homedir(), '.config')
  return join(base, 'postrider', 'config.json')
}

function readSaved(io: Io): Partial<ClientSettings> {
  const file = settingsFile(io)
  try {
    const saved: unknown = JSON.parse(readFileSync(file, 'utf8'))
    const { url, token } = saved as Record<string, unknown>
    return { ...(typeof url === 'string' && { url }), ...(typeof token === 'string' && { token }) }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw new OperatorError(`${file} cannot be read as JSON: mend it or delete it.`, { cause: error })
  }
}
