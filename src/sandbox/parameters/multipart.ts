import type { ParameterCollector } from './parameters.ts'
import { decodeUtf8 } from './utf8.ts'

const LINE_END = Buffer.from('\r\n')
const HEADERS_END = Buffer.from('\r\n\r\n')

/** Adds the parts of a multipart/form-data body. A part with a file name is a file, one without is text. */
export function readMultipart(body: Buffer, contentType: string, into: ParameterCollector): void {
  const boundary = headerParameter(contentType, 'boundary')
  if (boundary === undefined || boundary === '') return
  for (const part of partsOf(body, boundary)) readPart(part, into)
}

/** The bytes between boundaries; a part that no boundary ends is not there. */
function partsOf(body: Buffer, boundary: string): Buffer[] {
  const opening = Buffer.from(`--${boundary}`)
  const closing = Buffer.concat([LINE_END, opening])
  const parts: Buffer[] = []
  let at = body.indexOf(opening)
  if (at < 0) return parts
  at += opening.length
  while (body.subarray(at, at + 2).equals(LINE_END)) {
    // The line end before the part is searched with it: an empty part has no other.
    const end = findDelimiter(body, closing, at)
    if (end === undefined) return parts
    parts.push(body.subarray(at + 2, end))
    at = end + closing.length
  }
  return parts
}

/** A line that only begins like the boundary is content. */
function findDelimiter(body: Buffer, delimiter: Buffer, from: number): number | undefined {
  for (let at = body.indexOf(delimiter, from); at >= 0; at = body.indexOf(delimiter, at + 1)) {
    const next = body.subarray(at + delimiter.length, at + delimiter.length + 2).toString('latin1')
    if (next === '\r\n' || next === '--') return at
  }
  return undefined
}

function readPart(part: Buffer, into: ParameterCollector): void {
  const headersEnd = part.indexOf(HEADERS_END)
  if (headersEnd < 0) return
  const headers = readHeaders(decodeUtf8(part.subarray(0, headersEnd)))
  const content = part.subarray(headersEnd + HEADERS_END.length)
  const disposition = headers.get('content-disposition') ?? ''
  const name = headerParameter(disposition, 'name')
  if (name === undefined) return
  const fileName = headerParameter(disposition, 'filename')
  if (fileName === undefined) into.addText(name, decodeUtf8(content))
  else into.addFile(name, { name: fileName, mimeType: headers.get('content-type') ?? '', bytes: content })
}

function readHeaders(block: string): Map<string, string> {
  const lines = block.split('\r\n').map((line) => line.split(':'))
  return new Map(lines.map(([name, ...value]) => [name?.trim().toLowerCase() ?? '', value.join(':').trim()]))
}

/** `name="value"` or `name=value` out of a header. */
function headerParameter(header: string, name: string): string | undefined {
  const found = new RegExp(`(?:^|[;\\s])${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]*))`, 'i').exec(header)
  return found === null ? undefined : (found[1]?.replaceAll(/\\(.)/g, '$1') ?? found[2])
}
