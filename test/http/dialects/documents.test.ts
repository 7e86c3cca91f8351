import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { DIALECT_NAMES } from '../../../src/domain/dialects.ts'
import { dialectsNamed } from '../../../src/http/dialects/all-dialects.ts'
import type { DialectDeps } from '../../../src/http/dialects/dialect.ts'

const PAGE = readFileSync(new URL('../../../docs/dialects.md', import.meta.url), 'utf8')

/** `POST /users/signup`: one for each method that a row of the section's table of paths, which has two columns, names before a path. */
function pathsOnPage(name: string): string[] {
  const section = PAGE.split(/^## /m).find((part) => part.startsWith(`${name}\n`)) ?? ''
  const rows = [...section.matchAll(/^\| (`[A-Z]+[^|]*) \| [^|]*\|$/gm)].map(([, cell = '']) => cell)
  return rows.flatMap((cell) => {
    const words = cell.match(/[^`,\s]+/g) ?? []
    const path = words.find((word) => word.startsWith('/'))
    return words.filter((word) => /^[A-Z]+$/.test(word)).map((method) => `${method} ${path}`)
  })
}

describe('docs/dialects.md', () => {
  // The routes are data: nothing is asked of the use cases before a request comes.
  const deps = {} as DialectDeps
  for (const dialect of dialectsNamed(DIALECT_NAMES)) {
    test(`lists the paths of ${dialect.name}, and no others`, () => {
      const routes = dialect
        .routes(deps)
        .map(({ method, path }) => `${String(method)} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
      assert.ok(routes.length > 0)
      if (dialect.home) routes.push('GET /')
      assert.deepEqual(pathsOnPage(dialect.name).sort(), routes.sort())
    })
  }

  test('has a section for each dialect that is spoken', () => {
    for (const { name } of dialectsNamed(DIALECT_NAMES)) assert.match(PAGE, new RegExp(`^## ${name}$`, 'm'))
  })
})
