import type { IncomingMessage } from 'node:http'
import { gunzipSync, inflateRawSync, inflateSync } from 'node:zlib'
import { readJsonBody } from './json-body.ts'
import { readMultipart } from './multipart.ts'
import { ParameterCollector, type Parameters } from './parameters.ts'
import { readUrlEncoded } from './url-encoded.ts'
import { decodeUtf8 } from './utf8.ts'

/** Names and values of a request, all encodings (Bot API server: 1 MiB). */
const MOST_TEXT_BYTES = 1_048_576
/** Files in one request (Bot API server). */
const MOST_FILES = 50
/** What the cloud takes: 50 MB of file and 64 KB of the rest. */
const MOST_CLOUD_BYTES = 50 * 1_048_576 + 65_536
/** What a server with --local takes. */
const MOST_LOCAL_BYTES = 2_000 * 1_048_576

/** The request, or the status that ends it before any method looks at it. */
export type ReadRequest = { parameters: Parameters } | { refuse: 413 | 415 | 'too_large' | 'gone' }

/** Reads query string and body, in this order: the first value of a name wins. */
export async function readRequest(request: IncomingMessage, query: string, cloud: boolean): Promise<ReadRequest> {
  const collector = new ParameterCollector()
  readUrlEncoded(query, collector)
  const body = await readBytes(request, cloud ? MOST_CLOUD_BYTES : MOST_LOCAL_BYTES)
  if (!Buffer.isBuffer(body)) return body
  const plain = decompress(body, request.headers['content-encoding'])
  if (plain === undefined) return { refuse: 415 }
  readBody(plain, request.headers['content-type'] ?? '', collector)
  if (collector.textBytes > MOST_TEXT_BYTES || collector.fileCount > MOST_FILES) return { refuse: 413 }
  return { parameters: collector.collected() }
}

async function readBytes(request: IncomingMessage, most: number): Promise<Buffer | { refuse: 'too_large' | 'gone' }> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length
      // What is too much is still read, and thrown away: the caller would otherwise see a broken connection, no answer.
      if (size > most) chunks.length = 0
      else chunks.push(chunk)
    }
  } catch {
    return { refuse: 'gone' }
  }
  return size > most ? { refuse: 'too_large' } : Buffer.concat(chunks)
}

/** Undefined for an encoding that the server does not know, or a body that is not in it. */
function decompress(body: Buffer, encoding: string | undefined): Buffer | undefined {
  try {
    switch (encoding?.trim().toLowerCase()) {
      case undefined:
      case '':
      case 'identity':
        return body
      case 'gzip':
      case 'x-gzip':
        return gunzipSync(body)
      case 'deflate':
        return inflate(body)
      default:
        return undefined
    }
  } catch {
    return undefined
  }
}

/** With the zlib header of the standard, or without, as some clients send it. */
function inflate(body: Buffer): Buffer {
  return ((body[0] ?? 0) & 0x0f) === 8 ? inflateSync(body) : inflateRawSync(body)
}

/** Adds the parameters of a body; one of an unknown type has none. */
export function readBody(body: Buffer, contentType: string, into: ParameterCollector): void {
  const type = contentType.toLowerCase()
  if (type.startsWith('application/x-www-form-urlencoded')) readUrlEncoded(body.toString('latin1'), into)
  else if (type.startsWith('application/json')) readJsonBody(decodeUtf8(body), into)
  else if (type.startsWith('multipart/form-data')) readMultipart(body, contentType, into)
}
