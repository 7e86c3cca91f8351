import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

/** The first two bytes of gzip (RFC 1952, 2.3.1). */
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b])

const LINE_FEED = 0x0a

/** Far more than a row can have; whatever is longer is no archive, and is not collected. */
const LONGEST_LINE = 64 * 2 ** 20

/** The same bytes, unzipped where they are gzipped. */
export async function* unzipped(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const chunks = input[Symbol.asyncIterator]()
  let start: Buffer = Buffer.alloc(0)
  while (start.length < GZIP_MAGIC.length) {
    const next = await chunks.next()
    if (next.done) break
    start = Buffer.concat([start, next.value])
  }
  const whole = restOf(start, chunks)
  if (!start.subarray(0, GZIP_MAGIC.length).equals(GZIP_MAGIC)) return yield* whole
  // What fails on the way comes out of the last stream, which is read here.
  yield* pipeline(Readable.from(whole), createGunzip(), () => undefined) as AsyncIterable<Buffer>
}

async function* restOf(start: Buffer, chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield start
  yield* { [Symbol.asyncIterator]: () => chunks }
}

/** Lines with their ends; the last one may have none. Rejects at one that is too long to be a line. */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let begun: Buffer[] = []
  let length = 0
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      yield Buffer.concat([...begun, chunk.subarray(start, end + 1)])
      begun = []
      length = 0
      start = end + 1
    }
    begun.push(chunk.subarray(start))
    length += chunk.length - start
    if (length > LONGEST_LINE) throw new RangeError('a line is too long')
  }
  if (length > 0) yield Buffer.concat(begun)
}
