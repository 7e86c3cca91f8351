import { pino } from 'pino'
import { prettyFactory } from 'pino-pretty'
import type { Log, LogLevel } from '../domain/log.ts'
import { redactText } from '../domain/redaction.ts'
import { redactFields } from './redact-fields.ts'

/** Where lines go: `process.stdout`, `process.stderr`, or an array's end in a test. */
export interface LogStream {
  write(line: string): unknown
  isTTY?: boolean
  /** Of a terminal: false when `NO_COLOR` is set. */
  hasColors?(): boolean
}

export interface LogOptions {
  logLevel: LogLevel
  /** `auto`: for people on a terminal, JSON otherwise. */
  logFormat: 'auto' | 'pretty' | 'json'
  /** Default `process.stdout`. */
  stream?: LogStream
}

/**
 * Writes one line for each event, at once, so that a crash loses none. No secret reaches the line: fields with a secret's name, and
 * whatever looks like a secret in any text, are replaced before the line is made.
 */
export function createLog({ logLevel, logFormat, stream = process.stdout }: LogOptions): Log {
  const pretty = logFormat === 'pretty' || (logFormat === 'auto' && stream.isTTY === true)
  const logger = pino(
    {
      level: logLevel,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      // Errors have been made plain already; pino's own way with `err` would undo it.
      serializers: { err: (error: unknown) => error },
      formatters: { level: (label) => ({ level: label }) },
    },
    pretty ? prettyStream(stream) : stream,
  )
  const write = (level: Exclude<LogLevel, 'silent'>, fields: object, message: string): void => {
    if (logger.isLevelEnabled(level)) logger[level](redactFields(fields), redactText(message))
  }
  return {
    debug: (fields, message) => write('debug', fields, message),
    info: (fields, message) => write('info', fields, message),
    warn: (fields, message) => write('warn', fields, message),
    error: (fields, message) => write('error', fields, message),
  }
}

function prettyStream(stream: LogStream): { write(line: string): void } {
  const colorize = stream.isTTY === true && (stream.hasColors?.() ?? true)
  const format = prettyFactory({ colorize, translateTime: 'SYS:HH:MM:ss.l', singleLine: true })
  return { write: (line) => void stream.write(format(line)) }
}
