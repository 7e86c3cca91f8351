/** A part of a multipart body that has a file name. */
export interface UploadedFile {
  name: string
  mimeType: string
  bytes: Buffer
}

/** What a call was given, by name. Every value is text, as in the Bot API server; an absent value reads as ''. */
export class Parameters {
  readonly #values: ReadonlyMap<string, string>
  readonly #files: ReadonlyMap<string, UploadedFile>

  constructor(values: ReadonlyMap<string, string>, files: ReadonlyMap<string, UploadedFile>) {
    this.#values = values
    this.#files = files
  }

  text(name: string): string {
    return this.#values.get(name) ?? ''
  }

  /** True for `true`, `yes` and `1`, in any case, with spaces around. */
  flag(name: string): boolean {
    return ['true', 'yes', '1'].includes(this.text(name).trim().toLowerCase())
  }

  /** The leading integer, garbage as 0, kept between `least` and `most`; `fallback` when absent. */
  integer(name: string, fallback: number, least: number, most: number): number {
    const raw = this.text(name)
    return raw === '' ? fallback : Math.min(most, Math.max(least, leadingInteger(raw)))
  }

  file(name: string): UploadedFile | undefined {
    return this.#files.get(name)
  }

  /** For the record of requests: files by name and size. */
  describe(): Record<string, string> {
    const files = [...this.#files].map(([name, file]) => [name, `<${file.name}, ${file.bytes.length} bytes>`] as const)
    return Object.fromEntries([...this.#values, ...files])
  }
}

/** `12abc` is 12, `abc` is 0: how the server reads numbers. */
export function leadingInteger(raw: string): number {
  const digits = /^-?\d+/.exec(raw)
  return digits === null ? 0 : Number(digits[0])
}

/** Collects values in the order they come: the first of a name wins. */
export class ParameterCollector {
  readonly values = new Map<string, string>()
  readonly files = new Map<string, UploadedFile>()
  /** Bytes of all names and values. */
  textBytes = 0
  fileCount = 0

  addText(name: string, value: string): void {
    this.textBytes += Buffer.byteLength(name) + Buffer.byteLength(value)
    if (!this.values.has(name)) this.values.set(name, value)
  }

  addFile(name: string, file: UploadedFile): void {
    this.fileCount += 1
    if (!this.files.has(name)) this.files.set(name, file)
  }

  collected(): Parameters {
    return new Parameters(this.values, this.files)
  }
}
