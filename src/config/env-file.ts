import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'

export interface EnvFile {
  values: Record<string, string | undefined>
  /** Lines that Node would pass over in silence, by number and never by content: they may hold a secret. */
  problems: string[]
}

/** Reads a `.env` file as `node --env-file` does. No file is an empty one. */
export function readEnvFile(file: string): EnvFile {
  let content: string
  try {
    content = readFileSync(file, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    return { values: {}, problems: code === 'ENOENT' ? [] : [`${file} cannot be read (${code})`] }
  }
  return parseEnvFile(content, file)
}

/** The parsing alone; `name` is what problems call the file. */
export function parseEnvFile(content: string, name = '.env'): EnvFile {
  const plain = content.replace(/^\uFEFF/, '')
  return {
    values: { ...parseEnv(plain) },
    problems: badLines(plain).map(({ line, what }) => `${name} line ${line} ${what}`),
  }
}

const ASSIGNMENT = /^\s*(?:export\s+)?[A-Za-z_][\w.]*\s*=[^\S\n]*(.*)$/

function badLines(content: string): { line: number; what: string }[] {
  const bad: { line: number; what: string }[] = []
  const lines = content.split(/\r?\n/)
  for (let i = 0; i < lines.length; i++) {
    const text = lines[i] ?? ''
    if (/^\s*(#|$)/.test(text)) continue
    const value = ASSIGNMENT.exec(text)?.[1]
    if (value === undefined) {
      bad.push({ line: i + 1, what: 'is not of the form NAME=value' })
      continue
    }
    const end = lastLineOfValue(lines, i, value)
    if (end === undefined) bad.push({ line: i + 1, what: 'opens a quotation mark that is never closed' })
    else i = end
  }
  return bad
}

/** A quoted value may run over several lines. Undefined when its quotation mark is never closed. */
function lastLineOfValue(lines: readonly string[], first: number, value: string): number | undefined {
  const quote = /^["'`]/.exec(value)?.[0]
  if (!quote || value.indexOf(quote, 1) > 0) return first
  const rest = lines.findIndex((line, i) => i > first && line.includes(quote))
  return rest === -1 ? undefined : rest
}
