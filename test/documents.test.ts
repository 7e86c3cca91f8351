import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'

const ROOT = new URL('../', import.meta.url)
const PAGES = globSync(['*.md', 'docs/**/*.md'], { cwd: ROOT })

test('every page links to files that are there', () => {
  assert.ok(PAGES.includes('ARCHITECTURE.md'))
  for (const page of PAGES) {
    const text = readFileSync(new URL(page, ROOT), 'utf8')
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)) {
      assert.ok(existsSync(new URL(target, new URL(page, ROOT))), `${page} links to ${target}`)
    }
  }
})

test('every path of the sources that a page names is there', () => {
  for (const page of PAGES) {
    const text = readFileSync(new URL(page, ROOT), 'utf8')
    for (const [, path = ''] of text.matchAll(/`((?:src|test|scripts|docs|bin)\/[\w./-]+)`/g)) {
      assert.ok(existsSync(new URL(path, ROOT)), `${page} names ${path}`)
    }
  }
})

test('the architecture page has a row for each folder of the sources', () => {
  const text = readFileSync(new URL('ARCHITECTURE.md', ROOT), 'utf8')
  const folders = globSync('src/*/', { cwd: ROOT }).map((folder) => `${folder.replace(/\/$/, '')}/`)
  assert.ok(folders.length > 5)
  for (const folder of folders) assert.ok(text.includes(`| \`${folder}\` |`), folder)
})
