import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

const ROOT = new URL('../', import.meta.url)

test('docs/guarantees.md names tests that exist, at least one for each guarantee', () => {
  const page = readFileSync(new URL('docs/guarantees.md', ROOT), 'utf8')
  for (const section of page.split(/^## /m).slice(1)) {
    const named = [...section.matchAll(/^- `(test\/[^`]+)`: (.+)$/gm)]
    assert.ok(named.length > 0, section.slice(0, 60))
    for (const [, file = '', name = ''] of named) {
      const source = readFileSync(new URL(file, ROOT), 'utf8')
      assert.ok(source.includes(`test('${name}'`), `${file} has no test "${name}"`)
    }
  }
})
