import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, sep } from 'node:path'
import { cruise, type ICruiseResult } from 'dependency-cruiser'

export interface Architecture {
  /** Sentences: which file breaks which rule by importing what. */
  violations: string[]
  /** Source files that the tool read. */
  seen: string[]
  /** Source files that are there. Fewer seen than there means that the tool is blind, and its silence worth nothing. */
  there: string[]
  /** Imports that it followed. */
  imports: number
}

/** Where the sources are: of the program, and of the account page. */
const FOLDERS = ['src', 'web/src']

/** Holds the imports in `root/src` and `root/web/src` against `.dependency-cruiser.cjs`. */
export async function readArchitecture(root: string): Promise<Architecture> {
  const { forbidden, options } = createRequire(import.meta.url)('../.dependency-cruiser.cjs')
  const { output } = await cruise(FOLDERS, { ...options, baseDir: root, validate: true, ruleSet: { forbidden } })
  const { modules, summary } = output as ICruiseResult
  return {
    violations: summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} imports ${to}`),
    seen: modules
      .map(({ source }) => source)
      .filter((source) => FOLDERS.some((folder) => source.startsWith(`${folder}/`))),
    there: sourceFiles(root),
    imports: summary.totalDependenciesCruised ?? 0,
  }
}

/** What is wrong with the architecture, in sentences; empty when all is well and the tool is known to have looked. */
export function complaintsAbout({ violations, seen, there, imports }: Architecture): string[] {
  const unseen = there.filter((file) => !seen.includes(file))
  const blind = unseen.map((file) => `dependency-cruiser did not read ${file}, so its silence proves nothing`)
  if (imports < there.length)
    blind.push(`dependency-cruiser followed ${imports} imports in ${there.length} files: too few`)
  return [...blind, ...violations]
}

function sourceFiles(root: string): string[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file))
      .map((file) => `${folder}/${file.replaceAll(sep, '/')}`),
  )
}
