import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { READS, WRITES } from '../../src/sandbox/control/control-routes.ts'
import { ACTIONS } from '../../src/sandbox/control/read-fault.ts'
import { CATALOGUE, type CatalogueEntry } from '../../src/sandbox/faults/catalogue.ts'
import { METHODS } from '../../src/sandbox/methods/method-table.ts'

const text = readFileSync(new URL('../../docs/sandbox.md', import.meta.url), 'utf8')

/** The words in code style of the lines that a pattern finds. */
function words(lines: RegExp, within = text): string[] {
  return [...within.matchAll(lines)].flatMap(([line]) =>
    [...line.matchAll(/`([\w-]+)`/g)].map(([, word]) => word ?? ''),
  )
}

function section(title: string): string {
  const start = text.indexOf(title)
  assert.ok(start >= 0, title)
  const end = text.indexOf('\n## ', start + title.length)
  return text.slice(start, end < 0 ? undefined : end)
}

test('docs/sandbox.md names every method of the sandbox, and no other', () => {
  assert.deepEqual(words(/^Methods: .*$/gm), Object.keys(METHODS).toSorted())
})

test('docs/sandbox.md names every call of the control API, and no other', () => {
  const firstCells = section('## The control API').matchAll(/^\| (`[^|]*`) \|/gm)
  const named = [...firstCells].flatMap(([, cell]) => words(/.+/g, cell))
  assert.deepEqual(named.toSorted(), [...Object.keys(READS), ...Object.keys(WRITES), 'events'].toSorted())
})

test('docs/sandbox.md names every kind of fault, and no other', () => {
  const kinds = [...section('## Faults').matchAll(/^\| F\d+ \| `\{"kind":"(\w+)"/gm)].map(([, kind]) => kind ?? '')
  assert.deepEqual([...new Set(kinds)].toSorted(), Object.keys(ACTIONS).toSorted())
})

test('docs/sandbox.md lists the catalogue of refusals as it is', () => {
  const rows = Object.entries<CatalogueEntry>(CATALOGUE).map(([key, { status, description }]) => {
    return `| \`${key}\` | ${status} | ${description} |`
  })
  const listed = [...section('Entries of F1').matchAll(/^\| `\w+` \| \d{3} \| .* \|$/gm)].map(([row]) => row)
  assert.deepEqual(listed, rows)
})

test('docs/sandbox.md names the numbers of the statements, and each of them has a test of its name', () => {
  const folder = new URL('./', import.meta.url)
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.test.ts'))
    .flatMap((file) => [
      ...readFileSync(new URL(file, folder), 'utf8').matchAll(/^ *(?:test|describe)\(['"]([^:\n]+):/gm),
    ])
    .flatMap(([, numbers]) => numbers?.match(/\b[A-Z]\d+\b/g) ?? [])
  const ranges = [...text.matchAll(/`([A-Z])1` to `\1(\d+)`/g)]
  assert.equal(ranges.length, 9)
  const stated = ranges.flatMap(([, letter, last]) =>
    Array.from({ length: Number(last) }, (_, i) => `${letter}${i + 1}`),
  )
  assert.deepEqual([...new Set(names)].toSorted(), stated.toSorted())
})

test('docs/sandbox.md names every option of the command, and no other', () => {
  const named = [...section('| option of `postrider sandbox`').matchAll(/^\| `(--\w+)/gm)].map(([, name]) => name ?? '')
  const source = readFileSync(new URL('../../src/cli/sandbox.ts', import.meta.url), 'utf8')
  const known = [...source.matchAll(/^ +(?:\.requiredOption\(|\.option\(|new Option\()?\s*'(--\w+)/gm)].map(
    ([, name]) => name ?? '',
  )
  assert.deepEqual(named.toSorted(), known.toSorted())
})
