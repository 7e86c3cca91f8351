import { mkdir, readdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Clock } from '../domain/clock.ts'
import { OperatorError } from '../domain/operator-error.ts'
import type { ChangeEvent } from './control-types.ts'
import { MessageJournal, replay } from './message-journal.ts'
import type { WorldData } from './world/data.ts'
import type { World } from './world/world.ts'

/** Changes that come together are saved together. */
const GATHER_MS = 20
/** Saving may take one part in so many of the time, however large the world. */
const REST_FACTOR = 10
/** When saving failed. */
const RETRY_MS = 1_000

interface WorldFileData {
  version: 1
  production: WorldData
  test: WorldData
}

/** Keeps two worlds in a JSON file, and the bytes of their files in a folder beside it. */
export class WorldFile {
  readonly #path: string
  readonly #worlds: { production: World; test: World }
  readonly #clock: Clock
  readonly #stopping = new AbortController()
  readonly #savedFiles = new Set<string>()
  readonly #journal: MessageJournal
  #dirty = false
  #saving: Promise<void> | undefined

  constructor(path: string, worlds: { production: World; test: World }, clock: Clock) {
    this.#path = path
    this.#worlds = worlds
    this.#clock = clock
    this.#journal = new MessageJournal(path)
  }

  /**
   * Fills the worlds from the file, if there is one, and from now on writes down every message at once, and saves the whole soon after each
   * change.
   *
   * @throws OperatorError for a file that is no world, or that cannot be read or written.
   */
  async open(): Promise<void> {
    try {
      await this.#load()
      this.#watch()
    } catch (problem) {
      throw explained(problem, this.#path)
    }
  }

  async #load(): Promise<void> {
    await makeFolder(this.#filesFolder)
    const text = await readFile(this.#path, 'utf8').catch((problem: unknown) => {
      if (isMissing(problem)) return undefined
      throw problem
    })
    const data = text === undefined ? undefined : readData(text, this.#path)
    const lines = await this.#journal.read()
    if (data === undefined) return
    for (const world of this.#all) {
      const saved = world.test ? data.test : data.production
      world.load({ ...saved, messages: replay(saved.messages, lines, world.test) })
      await this.#loadBytes(world)
    }
  }

  #watch(): void {
    this.#journal.turnPage()
    for (const world of this.#all) {
      world.changes.subscribe((event) => {
        if (event.kind === 'request') return
        this.#writeDown(world, event)
        this.#changed()
      })
    }
  }

  /** Saves what is not saved yet. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#saving
    if (this.#dirty) await this.#save()
    this.#journal.close()
  }

  get #all(): World[] {
    return [this.#worlds.production, this.#worlds.test]
  }

  #writeDown(world: World, { kind, message: key }: ChangeEvent): void {
    const { test } = world
    if (kind === 'reset') this.#journal.append({ test, reset: true })
    const message = kind === 'message' && key !== undefined ? world.messages.byKey(key) : undefined
    if (message !== undefined) this.#journal.append({ test, message })
  }

  get #filesFolder(): string {
    return `${this.#path}.files`
  }

  #changed(): void {
    this.#dirty = true
    if (!this.#stopping.signal.aborted)
      this.#saving ??= this.#saveUntilClean().finally(() => (this.#saving = undefined))
  }

  async #saveUntilClean(): Promise<void> {
    while (this.#dirty && !this.#stopping.signal.aborted) {
      await this.#clock.sleep(GATHER_MS, this.#stopping.signal)
      const startedMs = this.#clock.now()
      // A disk that is full now may have room later; the stop says what remains wrong.
      const saved = await this.#save().then(
        () => true,
        () => false,
      )
      const tookMs = this.#clock.now() - startedMs
      await this.#clock.sleep(saved ? REST_FACTOR * tookMs : RETRY_MS, this.#stopping.signal)
    }
  }

  /** Writes a new file and puts it in the place of the old one: a crash leaves one of the two, never half. */
  async #save(): Promise<void> {
    this.#dirty = false
    try {
      await makeFolder(this.#filesFolder)
      const { production, test } = this.#worlds
      const data: WorldFileData = { version: 1, production: production.toData(), test: test.toData() }
      const text = JSON.stringify(data)
      // In the same turn of the loop, so that every message is in the text or on the new page.
      this.#journal.turnPage()
      for (const world of this.#all) await this.#saveBytes(world)
      await writeFile(`${this.#path}.new`, text, { mode: 0o600 })
      await rename(`${this.#path}.new`, this.#path)
      await this.#journal.dropOlderPages()
    } catch (problem) {
      this.#dirty = true
      throw problem
    }
  }

  async #saveBytes(world: World): Promise<void> {
    for (const { uniqueId } of world.files.list()) {
      const bytes = this.#savedFiles.has(uniqueId) ? undefined : world.files.bytes(uniqueId)
      if (bytes === undefined) continue
      await writeFile(join(this.#filesFolder, uniqueId), bytes, { mode: 0o600 })
      this.#savedFiles.add(uniqueId)
    }
    await this.#forgetBytes()
  }

  /** After a reset the bytes of the old world go, too. */
  async #forgetBytes(): Promise<void> {
    const { production, test } = this.#worlds
    for (const uniqueId of this.#savedFiles) {
      if (production.files.byUniqueId(uniqueId) ?? test.files.byUniqueId(uniqueId)) continue
      await unlink(join(this.#filesFolder, uniqueId)).catch(() => undefined)
      this.#savedFiles.delete(uniqueId)
    }
  }

  async #loadBytes(world: World): Promise<void> {
    const kept = new Set(await readdir(this.#filesFolder))
    for (const { uniqueId } of world.files.list()) {
      if (!kept.has(uniqueId)) continue
      world.files.restoreBytes(uniqueId, await readFile(join(this.#filesFolder, uniqueId)))
      this.#savedFiles.add(uniqueId)
    }
  }
}

function readData(text: string, path: string): WorldFileData {
  try {
    const data: unknown = JSON.parse(text)
    if (isWorldFile(data)) return data
  } catch {
    // Said below, together with a file that is JSON but no world.
  }
  throw new OperatorError(`${path} is no world of the sandbox: move it away to start with an empty one.`)
}

function explained(problem: unknown, path: string): unknown {
  if (problem instanceof OperatorError || !(problem instanceof Error)) return problem
  const { code, path: at = path } = problem as NodeJS.ErrnoException
  if (code === undefined) return problem
  return new OperatorError(
    `${at} cannot be used for the world of the sandbox (${code}): make it and its folder readable and writable for this user, or move it away.`,
    { cause: problem },
  )
}

/** The sandbox wrote it, so that its version is all there is to check. */
function isWorldFile(data: unknown): data is WorldFileData {
  return typeof data === 'object' && data !== null && 'version' in data && data.version === 1 && 'production' in data
}

/**
 * With those above it that are missing, one by one: Node's own recursive `mkdir` tries for ever where the system answers ENOENT although
 * the folder above is there, as `/proc` does.
 */
async function makeFolder(folder: string): Promise<void> {
  if (await exists(folder)) return
  if (!(await exists(dirname(folder)))) await makeFolder(dirname(folder))
  await mkdir(folder, { mode: 0o700 })
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  )
}

function isMissing(problem: unknown): boolean {
  return problem instanceof Error && 'code' in problem && problem.code === 'ENOENT'
}
