import type { EventEmitter } from 'node:events'
import type { ReadStream, WriteStream } from 'node:tty'
import { styleText } from 'node:util'

/** The world outside of a command, as an argument: tests hand in their own. */
export interface Io {
  env: Readonly<Record<string, string | undefined>>
  stdin: NodeJS.ReadableStream & Partial<Pick<ReadStream, 'isTTY'>>
  stdout: Output
  stderr: Output
  /** Where SIGINT and SIGTERM are heard; usually `process`. */
  signals: Pick<EventEmitter, 'on' | 'off'>
  /** Ends the program at once; for the second signal. */
  exit: (code: number) => void
}

export type Output = NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY' | 'hasColors'>>

export function line(output: Output, text = ''): void {
  output.write(`${text}\n`)
}

type Style = Parameters<typeof styleText>[0]

/** Coloured on a terminal that shows colours, unless `NO_COLOR` is set. */
export function paint(io: Io, output: Output, style: Style, text: string): string {
  return wantsColour(io, output) ? styleText(style, text, { validateStream: false }) : text
}

export function wantsColour(io: Io, output: Output): boolean {
  return output.isTTY === true && !io.env['NO_COLOR'] && output.hasColors?.() !== false
}

/** Rows under their headings, in columns as wide as they need to be. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, i) => Math.max(heading.length, ...rows.map((row) => (row[i] ?? '').length)))
  return [headings, ...rows]
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
