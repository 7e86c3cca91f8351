import type { FileData } from './data.ts'

/** The bytes that people and bots sent, by the file's unique id. */
export class FileStore {
  readonly #files = new Map<string, FileData>()
  readonly #bytes = new Map<string, Buffer>()

  add(file: FileData, bytes: Buffer | undefined): void {
    this.#files.set(file.uniqueId, file)
    if (bytes !== undefined) this.#bytes.set(file.uniqueId, bytes)
  }

  /** A file whose bytes are looked up later, after a restart. */
  addKnown(file: FileData): void {
    this.#files.set(file.uniqueId, file)
  }

  byUniqueId(uniqueId: string): FileData | undefined {
    return this.#files.get(uniqueId)
  }

  /** Undefined for a file of the web, of which only name and size are known. */
  bytes(uniqueId: string): Buffer | undefined {
    return this.#bytes.get(uniqueId)
  }

  restoreBytes(uniqueId: string, bytes: Buffer): void {
    this.#bytes.set(uniqueId, bytes)
  }

  list(): FileData[] {
    return [...this.#files.values()]
  }

  clear(): void {
    this.#files.clear()
    this.#bytes.clear()
  }
}

/** A file_id belongs to one bot: another bot cannot use it. */
export function fileIdFor(bot: number, uniqueId: string): string {
  return Buffer.from(`${bot}/${uniqueId}`).toString('base64url')
}

/** The unique id, when this file_id was given to this bot. */
export function uniqueIdOf(bot: number, fileId: string): string | undefined {
  const [owner, uniqueId] = Buffer.from(fileId, 'base64url').toString('utf8').split('/')
  return owner === String(bot) ? uniqueId : undefined
}
