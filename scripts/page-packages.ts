/**
 * Names the packages that only the account page needs: those of `dependencies` that nothing in `src/` asks for. They are there to build the
 * page; deploy/Dockerfile takes them out again when it is built. What the program needs is seen in its sources, so a package that is added
 * for the page need not be written down anywhere.
 */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')

const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>
}
const sources = globSync('src/**/*.ts', { cwd: ROOT }).map((file) => readFileSync(join(ROOT, file), 'utf8'))
// Imported, resolved or named for a worker: in quotes always, alone or with a path in the package.
const asked = new Set(
  sources.flatMap((source) =>
    [...source.matchAll(/['"]((?:@[\w.-]+\/)?[\w.-]+)(?:\/[^'"\n]*)?['"]/g)].map(([, name]) => name),
  ),
)
console.log(
  Object.keys(dependencies)
    .filter((name) => !asked.has(name))
    .join(' '),
)
