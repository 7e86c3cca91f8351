import { isIP } from 'node:net'
import { LOG_LEVELS, type LogLevel } from '../domain/log.ts'

/** Why a value cannot be used, as the end of a sentence that begins with the setting's name. Never holds the value. */
export class Problem {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

export type Parse<T> = (raw: string) => T | Problem

export const text: Parse<string> = (raw) => raw

export const logLevel: Parse<LogLevel> = oneOf(LOG_LEVELS)

/** One of these words, in any case. */
export function oneOf<const T extends string>(words: readonly T[]): Parse<T> {
  return (raw) => words.find((word) => word === raw.toLowerCase()) ?? new Problem(`must be ${words.join(' or ')}`)
}

/** Some of these words, in any case, with commas between; `off` is none of them. */
export function someOf<const T extends string>(words: readonly T[]): Parse<readonly T[]> {
  return (raw) => {
    const given = raw
      .toLowerCase()
      .split(',')
      .map((word) => word.trim())
    if (given.length === 1 && given[0] === 'off') return []
    if (given.every((word) => (words as readonly string[]).includes(word)))
      return words.filter((w) => given.includes(w))
    return new Problem(`must be off, or some of ${words.join(', ')} with commas between`)
  }
}

export function integer(min: number, max: number): Parse<number> {
  return (raw) => {
    const value = /^\d{1,15}$/.test(raw) ? Number(raw) : Number.NaN
    return value >= min && value <= max ? value : new Problem(`must be a whole number from ${min} to ${max}`)
  }
}

const UNITS_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** `250ms`, `30s`, `5m`, `24h`, `7d` as milliseconds. A bare number is refused: nobody can see its unit. */
export function duration(min: string, max: string): Parse<number> {
  const problem = new Problem(`must be a duration from ${min} to ${max}, such as 250ms, 30s, 5m, 24h or 7d`)
  return (raw) => {
    const valueMs = durationMs(raw)
    return valueMs >= durationMs(min) && valueMs <= durationMs(max) ? valueMs : problem
  }
}

function durationMs(raw: string): number {
  const match = /^(\d{1,12})(ms|s|m|h|d)$/.exec(raw)
  return match ? Number(match[1]) * UNITS_MS[match[2] as keyof typeof UNITS_MS] : Number.NaN
}

/** A name or an address to listen on; IPv6 with or without brackets. Answers it without brackets. */
export const host: Parse<string> = (raw) => {
  const bare = raw.replace(/^\[(.*)\]$/, '$1')
  return /^[A-Za-z0-9.:_%-]+$/.test(bare) && !bare.includes('//')
    ? bare
    : new Problem('must be a host name or an IP address, without http:// and without a port')
}

/** IP addresses and networks in CIDR notation, with commas between. */
export const addresses: Parse<readonly string[]> = (raw) => {
  const list = raw.split(',').map((address) => address.trim())
  const wrong = list.find((address) => !isNetwork(address))
  return wrong === undefined
    ? list
    : new Problem('must be IP addresses or networks such as 10.0.0.0/8, with commas between')
}

function isNetwork(text: string): boolean {
  const [, address = '', prefix = '0'] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const version = isIP(address)
  return version !== 0 && Number(prefix) <= (version === 4 ? 32 : 128)
}

/** An http or https address, answered without a slash at its end. */
export const httpUrl: Parse<string> = (raw) => {
  const url = URL.canParse(raw) ? new URL(raw) : undefined
  if (!url || !/^https?:$/.test(url.protocol))
    return new Problem('must be an address that begins with http:// or https://')
  if (url.username || url.password) return new Problem('must not hold a user name or a password')
  if (url.search || url.hash) return new Problem('must not have a part after ? or #')
  return url.href.replace(/\/+$/, '')
}

/** As @BotFather gives it: the bot's number, a colon, its secret. Whether Telegram accepts it is for Telegram to say. */
export const botToken: Parse<string> = (raw) =>
  /^\d{1,16}:[A-Za-z0-9_-]+$/.test(raw)
    ? raw
    : new Problem('must look like 123456789:AAE4f…, a number, a colon and a secret, as @BotFather gives it')

/** Where data is kept: a file of SQLite, or a database of PostgreSQL. */
export type Database = { engine: 'sqlite'; file: string } | { engine: 'postgres'; url: string }

/** The file of a `sqlite:` URL is empty when it names none, which means the usual one in `DATA_DIR`. */
export const databaseUrl: Parse<Database> = (raw) => {
  if (/^postgres(ql)?:/i.test(raw)) return postgresUrl(raw)
  const file = /^sqlite:(?:\/\/(?=\/|$))?(.*)$/i.exec(raw)?.[1]
  if (file === undefined)
    return new Problem('must be sqlite:, sqlite:PATH or postgres://user:password@host:port/database')
  return file === ':memory:'
    ? new Problem('must be a file: what is accepted has to survive a restart')
    : { engine: 'sqlite', file }
}

/** Those of libpq that can be kept: with `allow` and `prefer` nobody would know whether the connection is encrypted. */
const SSL_MODES = ['disable', 'require', 'verify-ca', 'verify-full']

function postgresUrl(raw: string): Database | Problem {
  // PostgreSQL's own URLs may have a user and no host.
  const url = URL.parse(raw.replace('@/', '@localhost/'))
  if (!url?.href.includes('://')) {
    return new Problem(
      'must look like postgres://user:password@host:port/database, with what is no letter or digit in the password as %XX',
    )
  }
  const mode = url.searchParams.get('sslmode')
  if (mode !== null && !SSL_MODES.includes(mode))
    return new Problem(`must have an sslmode of ${SSL_MODES.join(' or ')}`)
  return { engine: 'postgres', url: raw }
}

/** `advice`: what else there is to do, as the end of the sentence. */
export function secretOf(minLength: number, advice: string): Parse<string> {
  const problem = new Problem(`must have at least ${minLength} characters; ${advice}`)
  return (raw) => (raw.length >= minLength ? raw : problem)
}
